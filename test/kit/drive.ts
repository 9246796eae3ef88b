import type { BatchId, InvocationId, RunId, SliceId } from '#shared/model/ids.ts';
import type { RunStatus } from '#shared/model/status.ts';
import type { TaskBehaviours, TaskOutput } from '#shared/workflow/task-registry.ts';
import type { HandClock } from './rig.ts';

/** What the state machine's states need when they are walked by hand: the tasks, and a clock that waiting moves. */
export interface Walk {
  readonly tasks: TaskBehaviours;
  readonly clock: HandClock;
}

/** One group's end. */
export type GroupEnd = 'done' | 'failed' | 'held';

/** Waits once for an agent, and looks. */
export const awaitAndLook = async (
  { tasks, clock }: Walk,
  { runId, batchId, invocationId, look }: { runId: RunId; batchId: BatchId; invocationId: InvocationId; look: number },
): Promise<TaskOutput<'collectResults'>> => {
  await tasks.awaitAgent({ runId, invocationId, token: `token of ${invocationId}` });
  clock.advance(look);
  return tasks.collectResults({ runId, batchId, invocationId });
};

/** Invoke, await, collect, until the batch is at its end. */
export const driveBatch = async (walk: Walk, runId: RunId, batchId: BatchId): Promise<void> => {
  for (let turn = 0; turn < 100; turn += 1) {
    const sent = await walk.tasks.invokeOperation({ runId, batchId });
    if (sent.state === 'done' || sent.invocationId === '') return;
    let seen: TaskOutput<'collectResults'> = { state: 'open', invocationId: sent.invocationId, look: sent.look };
    while (seen.state === 'open') seen = await awaitAndLook(walk, { runId, batchId, ...seen });
    if (seen.state === 'done') return;
  }
  throw new Error(`Batch ${batchId} has no end`);
};

/** Opens a slice, goes through its batches one by one, and closes it. */
export const driveSlice = async (walk: Walk, runId: RunId, sliceId: SliceId): Promise<void> => {
  const { batches } = await walk.tasks.openPhase({ runId, sliceId });
  for (const batchId of batches) await driveBatch(walk, runId, batchId);
  await walk.tasks.closePhase({ runId, sliceId });
};

/** Stage after stage, until the group ends or the run is held. */
export const driveGroup = async (walk: Walk, runId: RunId, attempt: number, group: number): Promise<GroupEnd> => {
  for (let turn = 0; turn < 100; turn += 1) {
    const next = await walk.tasks.nextStage({ runId, attempt, group });
    if (next.kind === 'done' || next.kind === 'failed') return next.kind;
    if (next.kind === 'soak') walk.clock.advance((Date.parse(next.until) - walk.clock.now()) / 1000);
    if (next.kind === 'hold') {
      await walk.tasks.hold({ runId, attempt, token: `hold of ${runId}` });
      return 'held';
    }
    for (const sliceId of next.slices) await driveSlice(walk, runId, sliceId);
  }
  throw new Error(`Group ${group} has no end`);
};

/** A whole attempt, as the state machine goes through it. Stops where the run is held. */
export const driveAttempt = async (walk: Walk, runId: RunId, attempt = 1): Promise<RunStatus | 'held'> => {
  const { groups } = await walk.tasks.startRun({ runId, attempt });
  let error = { Error: '', Cause: '' };
  for (const group of groups) {
    const end = await driveGroup(walk, runId, attempt, group);
    if (end === 'held') return end;
    if (end === 'failed') {
      error = { Error: 'group.failed', Cause: 'A group has failed.' };
      break;
    }
  }
  return (await walk.tasks.finishRun({ runId, attempt, error })).status;
};

/** Starts an attempt and opens the first slice of a group. */
export const openFirst = async (
  { tasks }: Pick<Walk, 'tasks'>,
  runId: RunId,
  { attempt = 1, group = 0 } = {},
): Promise<{ readonly sliceId: SliceId; readonly batches: readonly BatchId[]; readonly width: number }> => {
  await tasks.startRun({ runId, attempt });
  const { slices } = await tasks.nextStage({ runId, attempt, group });
  const [sliceId] = slices;
  if (sliceId === undefined) throw new Error(`Group ${group} opens nothing`);
  return { sliceId, ...(await tasks.openPhase({ runId, sliceId })) };
};

/** Invokes the next operation of a batch that has one to send. */
export const invoke = async (
  { tasks }: Pick<Walk, 'tasks'>,
  runId: RunId,
  batchId: BatchId,
): Promise<{ readonly runId: RunId; readonly batchId: BatchId; readonly invocationId: InvocationId }> => {
  const { invocationId } = await tasks.invokeOperation({ runId, batchId });
  if (invocationId === '') throw new Error(`Batch ${batchId} sends nothing`);
  return { runId, batchId, invocationId };
};
