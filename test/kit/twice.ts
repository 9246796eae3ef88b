import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';

type Behaviour = (input: never) => Promise<unknown>;

/**
 * Every task is delivered twice, one after the other, and the second answer is the one that counts: what a retry after a lost answer looks
 * like to a use case.
 */
export const everyTaskTwice = (tasks: TaskBehaviours): TaskBehaviours =>
  mapTasks(tasks, (task) => async (input) => {
    await task(input);
    return task(input);
  });

/** Every task is delivered twice at the same time; the answer that comes last counts. */
export const everyTaskTwiceAtOnce = (tasks: TaskBehaviours): TaskBehaviours =>
  mapTasks(tasks, (task) => async (input) => (await Promise.all([task(input), task(input)]))[1]);

/** The same change for each task. */
export const mapTasks = (tasks: TaskBehaviours, change: (task: Behaviour, name: string) => Behaviour): TaskBehaviours =>
  Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, change(task as Behaviour, name)]),
  ) as unknown as TaskBehaviours;
