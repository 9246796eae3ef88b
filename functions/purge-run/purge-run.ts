import pMap from 'p-map';
import { changeRun } from '#functions/records/change-run.ts';
import type { Purged } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord, SliceRecord } from '#shared/model/run.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { PurgeStore } from '#shared/ports/purge-store.ts';
import { type Blobs, type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { PlanStore, RunStore } from '#shared/ports/store.ts';

/** Batches that are removed at once, and how long one request goes on; API Gateway gives up after 30 seconds. */
const batchesAtOnce = 8;
const longestMs = 15_000;

/** Folders of the blobs of a run. What is named by its content is shared with other runs, and ends by its age. */
const foldersOf = (runId: RunId): readonly string[] =>
  ['output', 'runs', 'secrets'].map((folder) => `${folder}/${runId}/`);

/** What removing a run needs. */
export interface PurgeRunDeps {
  readonly store: PurgeStore & Pick<RunStore, 'get' | 'replace'> & Pick<PlanStore, 'listSlices' | 'listProgress'>;
  readonly blobs: Pick<Blobs, 'removeBelow'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Removes a run with its results and outputs. A large one takes several requests: each removes what it can in a quarter of a minute and says
 * whether all is gone. From the first one on nobody can continue the run. The run itself goes last, so that what died in between is taken up by
 * the next request; a run that is gone already is done. What it cost stays in the sums of its month.
 * @throws AppError `run.conflict` when the run is not at its end
 */
export const purgeRun =
  (deps: PurgeRunDeps) =>
  async (runId: RunId, actor: string): Promise<Purged> => {
    const known = await deps.store.get(runId);
    if (known === undefined) return { runId, done: true, batches: 0 };
    await changeRun(deps.store, runId, (run) => closed(run, nowIso(deps.clock)));
    const deadlineMs = deps.clock.now() + longestMs;
    let batches = 0;
    for (const slice of await deps.store.listSlices(runId)) {
      const removed = await removeSlice(deps, slice, deadlineMs);
      batches += removed.batches;
      if (!removed.done) return { runId, done: false, batches };
    }
    for (const folder of foldersOf(runId)) await deps.blobs.removeBelow(folder);
    await deps.store.removeRun(runId);
    deps.log.info('run.purged', { runId, actor });
    return { runId, done: true, batches };
  };

/** The run as nobody can continue it; undefined when it is so already. */
const closed = (run: RunRecord, at: string): RunRecord | undefined => {
  if (!isTerminalRunStatus(run.status))
    throw new AppError('run.conflict', `Run ${run.runId} is ${run.status}: only a run at its end can be removed`, {
      hint: `End it first with: drover run abort ${run.runId}`,
    });
  return run.purgedAt === undefined ? { ...run, purgedAt: at } : undefined;
};

const removeSlice = async (deps: PurgeRunDeps, slice: SliceRecord, deadlineMs: number) => {
  const { runId, sliceId } = slice;
  const left = await deps.store.listProgress(runId, sliceId);
  let batches = 0;
  await pMap(
    left,
    async ({ batchId }) => {
      if (deps.clock.now() > deadlineMs) return;
      await deps.store.removeBatch(runId, batchId);
      batches += 1;
    },
    { concurrency: batchesAtOnce },
  );
  const done = batches === left.length;
  if (done) await deps.store.removeSlice(slice);
  return { done, batches };
};
