import * as z from 'zod';
import type { Usage } from '../model/usage.ts';
import { type TaskName, taskRegistry } from '../workflow/task-registry.ts';

const finishSchema = z.object({ error: z.object({ Error: z.string() }) });
const stageSchema = z.object({ kind: z.enum(['run', 'wait', 'hold', 'soak', 'done', 'failed']) });
const batchesSchema = z.object({ batches: z.array(z.unknown()) });
const stateSchema = z.object({ state: z.string() });

/** The state itself, and those that come after it until the next task, as `run-machine.ts` has them. */
const transitionsAfter: Readonly<Record<TaskName, (input: unknown, output: unknown) => number>> = {
  // For Each Group.
  startRun: () => 2,
  // What Next?, and Phases Of Stage, Soak, Group Done or Group Failed; waits and holds are tasks.
  nextStage: (_, output) => {
    const stage = stageSchema.safeParse(output);
    return stage.success && (stage.data.kind === 'wait' || stage.data.kind === 'hold') ? 2 : 3;
  },
  awaitTurn: () => 1,
  // For Each Batch, and one for the start of each batch.
  openPhase: (_, output) => 2 + (batchesSchema.safeParse(output).data?.batches.length ?? 0),
  // Sent?, and Batch Done.
  invokeOperation: (_, output) => (stateSchema.safeParse(output).data?.state === 'done' ? 3 : 2),
  awaitPermit: () => 1,
  awaitAgent: () => 1,
  // Settled?, and Batch Done.
  collectResults: (_, output) => (stateSchema.safeParse(output).data?.state === 'done' ? 3 : 2),
  // Phase Done.
  closePhase: () => 2,
  hold: () => 1,
  // Nothing Wrong before it where that was so, and Run Done.
  finishRun: (input) => (finishSchema.safeParse(input).data?.error.Error === '' ? 3 : 2),
  onAgentEvent: () => 0,
  settleRun: () => 0,
  sweepRuns: () => 0,
};

/** How long parking a token or signalling one takes on Lambda, milliseconds: one or two calls of the table. */
const shortTaskMs = 25;

const shortCall = (name: TaskName, more: Partial<Usage>): Partial<Usage> => ({
  functionCalls: 1,
  functionMibMs: taskRegistry[name].memoryMiB * shortTaskMs,
  ...more,
});

/**
 * What goes before each look: the token was parked, and where the look found the end, an event of the agent has said so. Both make the same
 * few calls each time, so that the look counts them too, and no write is spent on counting them.
 */
const beforeLook = (output: unknown): readonly Partial<Usage>[] => {
  const parked = shortCall('awaitAgent', { transitions: 1, tableWrites: 1 });
  const event = shortCall('onAgentEvent', { tableReads: 1, tableWrites: 1 });
  return stateSchema.safeParse(output).data?.state === 'open' ? [parked] : [parked, event];
};

/** Tasks that write nothing of what they use: others count them, or they look after runs that have ended, of which the sum is drawn. */
export const countedByOthers: ReadonlySet<TaskName> = new Set<TaskName>([
  'awaitAgent',
  'onAgentEvent',
  'settleRun',
  'sweepRuns',
]);

/** One call of a task. */
export interface TaskCall {
  readonly name: TaskName;
  readonly input: unknown;
  /** Undefined when it failed. */
  readonly output: unknown;
  readonly durationMs: number;
}

/** What a call of a task stands for beside the calls that it made itself: its function, its states, and the tasks that it counts. */
export const usageOfTask = ({ name, input, output, durationMs }: TaskCall): readonly Partial<Usage>[] => [
  {
    transitions: output === undefined ? 1 : transitionsAfter[name](input, output),
    functionCalls: 1,
    functionMibMs: Math.max(1, Math.ceil(durationMs)) * taskRegistry[name].memoryMiB,
  },
  ...(name === 'collectResults' && output !== undefined ? beforeLook(output) : []),
];

/** What the last task of a run adds once it has written what the run used. */
export const lastTaskUsage: Partial<Usage> = shortCall('finishRun', { transitions: 3, tableReads: 8, tableWrites: 3 });
