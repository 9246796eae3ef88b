import { type AddAttemptDeps, addAttempt, runAtItsEnd } from '#functions/records/add-attempt.ts';
import { requireRun } from '#functions/records/change-run.ts';
import { putJson } from '#functions/records/json-blob.ts';
import { type ChangedJobDeps, readChangedJob } from '#functions/targets/changed-job.ts';
import type { RetryRequest } from '#shared/contract/requests.ts';
import type { RetryPreview } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { type ChoosePlacesDeps, choosePlaces, picksOf } from './choose-places.ts';

/** Places that a preview shows; the rest is counted. */
const shownPlaces = 1000;

/** What retrying needs. */
export interface RetryRunDeps extends AddAttemptDeps, ChangedJobDeps {
  readonly store: AddAttemptDeps['store'] & ChangedJobDeps['store'];
  readonly json: AddAttemptDeps['json'];
}

/**
 * Adds an attempt that runs chosen nodes in the phases where they were chosen, and nothing else. What is chosen is resolved once and kept with
 * the attempt.
 * @throws AppError `run.not-found`, `run.conflict` when the run is not at its end, as `choosePlaces`, and as `readChangedJob`
 */
export const retryRun =
  (deps: RetryRunDeps) =>
  async (runId: RunId, request: RetryRequest, actor: string): Promise<void> => {
    const before = await runAtItsEnd(deps, runId);
    const job =
      request.job === undefined
        ? undefined
        : await readChangedJob(deps, before, { document: request.job, again: request.force });
    const chosen = await choosePlaces(deps, before, request);
    const blob = await putJson(deps.blobs, `runs/${runId}/picks`, picksOf(chosen));
    const selection = {
      mode: 'retry' as const,
      groups: [...new Set(chosen.map(({ group }) => group))],
      phases: [...new Set(chosen.map(({ phase }) => phase))],
      picks: { blob, placeCount: chosen.length, by: request.nodes, force: request.force },
    };
    await addAttempt(deps, before, { selection, actor, job });
  };

/**
 * What a retry would run, without doing it.
 * @throws AppError `run.not-found`, and as `choosePlaces` and `readChangedJob`
 */
export const previewRetry =
  (deps: ChangedJobDeps & ChoosePlacesDeps & Pick<RetryRunDeps, 'store'>) =>
  async (runId: RunId, request: RetryRequest): Promise<RetryPreview> => {
    const run = await requireRun(deps.store, runId);
    if (request.job !== undefined) await readChangedJob(deps, run, { document: request.job, again: request.force });
    const chosen = await choosePlaces(deps, run, request);
    return { total: chosen.length, items: chosen.slice(0, shownPlaces) };
  };
