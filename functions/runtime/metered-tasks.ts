import * as z from 'zod';
import { countedByOthers, usageOfTask } from '#shared/cost/task-usage.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import { addUsage } from '#shared/model/usage.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';
import type { TaskBehaviour, TaskBehaviours, TaskName } from '#shared/workflow/task-registry.ts';
import type { UsageMeter } from './usage-meter.ts';

/** What counting tasks needs. */
export interface MeteredDeps {
  readonly meter: UsageMeter;
  /** Opened when something is to be written. */
  readonly usage: () => Pick<UsageStore, 'addRunUsage'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Of an input, what says whose counters are meant. */
const partSchema = z.object({ runId: runIdSchema, batchId: z.string().optional(), sliceId: z.string().optional() });

interface Call<T> {
  readonly name: TaskName;
  readonly work: () => Promise<T>;
  readonly input: unknown;
}

const record = async (deps: MeteredDeps, runId: RunId, part: string, used: Parameters<typeof addUsage>[0]) => {
  try {
    // The write that says so is one, too.
    await deps.usage().addRunUsage(runId, part, addUsage([...used, { tableWrites: 1 }]));
  } catch (error) {
    deps.log.warn('usage.not-counted', { runId, reason: messageOf(error) });
  }
};

/**
 * Does a task's work and adds what it used to the counters of its run, also when it failed: that is paid too. Counting never makes a task fail.
 */
const measureTask = async <T>(deps: MeteredDeps, { name, work, input }: Call<T>): Promise<T> => {
  const startedMs = deps.clock.now();
  const { settled, used } = await deps.meter.measure(work);
  const read = partSchema.safeParse(input);
  if (read.success && !countedByOthers.has(name)) {
    const { runId, batchId, sliceId = '' } = read.data;
    const output = settled.status === 'fulfilled' ? settled.value : undefined;
    const durationMs = deps.clock.now() - startedMs;
    await record(deps, runId, batchId ?? sliceId, [used, ...usageOfTask({ name, input, output, durationMs })]);
  }
  if (settled.status === 'rejected') throw settled.reason;
  return settled.value;
};

/** A task that is counted. */
export const meteredTask =
  <N extends TaskName>(deps: MeteredDeps, name: N, behaviour: TaskBehaviour<N>): TaskBehaviour<N> =>
  (input) =>
    measureTask(deps, { name, work: () => behaviour(input), input });

/** All tasks, counted. */
export const meteredTasks = (tasks: TaskBehaviours, deps: MeteredDeps): TaskBehaviours => ({
  startRun: meteredTask(deps, 'startRun', tasks.startRun),
  nextStage: meteredTask(deps, 'nextStage', tasks.nextStage),
  awaitTurn: meteredTask(deps, 'awaitTurn', tasks.awaitTurn),
  openPhase: meteredTask(deps, 'openPhase', tasks.openPhase),
  invokeOperation: meteredTask(deps, 'invokeOperation', tasks.invokeOperation),
  awaitPermit: meteredTask(deps, 'awaitPermit', tasks.awaitPermit),
  awaitAgent: tasks.awaitAgent,
  collectResults: meteredTask(deps, 'collectResults', tasks.collectResults),
  closePhase: meteredTask(deps, 'closePhase', tasks.closePhase),
  hold: meteredTask(deps, 'hold', tasks.hold),
  finishRun: meteredTask(deps, 'finishRun', tasks.finishRun),
  onAgentEvent: tasks.onAgentEvent,
  settleRun: tasks.settleRun,
  sweepRuns: tasks.sweepRuns,
});
