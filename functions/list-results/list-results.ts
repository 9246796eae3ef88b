import pMap from 'p-map';
import { requireRun } from '#functions/records/change-run.ts';
import { readJson } from '#functions/records/json-blob.ts';
import { textBlobSchema } from '#functions/records/text-blob.ts';
import type { ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Outcome, Upload } from '#shared/model/outcome.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { type FoundResult, findInBatch, newSince, placeOf, resultSources } from './find-results.ts';
import { cutPage, placedPage } from './paging.ts';
import { listSources, type SourceDeps } from './sources.ts';

/** Text blobs read at once. */
const blobWidth = 16;

/** What a result holds of both streams at most, and what it is beside that, as JSON. */
const mostTextBytes = 24_000;
const restBytes = 2000;

/** So much is read for a page. What it comes to as JSON is counted afterwards: control characters take six times as much there. */
const mostPageBytes = 3_000_000;

const scales = {
  most: mostPageBytes,
  weigh: ({ result: { outcome } }: FoundResult): number =>
    restBytes + Math.min(outcome.stdoutBytes + outcome.stderrBytes, mostTextBytes),
};

/** What listing results needs. */
export interface ListResultsDeps extends SourceDeps {
  readonly blobs: Blobs;
}

/**
 * What each operation did on each node, with its output, over all attempts, in the order of the plan. Text that was moved to a blob is put
 * back; of streams that the nodes uploaded it says that they are kept. A page ends early where there is much text.
 * @throws AppError `run.not-found`, `request.invalid`
 */
export const listResults =
  (deps: ListResultsDeps) =>
  async (runId: RunId, query: ResultsQuery): Promise<Page<ResultView>> => {
    const run = await requireRun(deps.store, runId);
    const sources = resultSources(await listSources(deps, run, query.attempt), query);
    const mayHaveNew = newSince(deps, runId, query.since);
    const rowsOf = async (source: (typeof sources)[number]) =>
      (await mayHaveNew(source)) ? findInBatch(deps, runId, { source, filter: query }) : [];
    const page = await placedPage(sources, query, rowsOf, scales);
    return cutPage(await pMap(page.items, (found) => viewOf(deps, found), { concurrency: blobWidth }), page);
  };

const uploadsOf = ({ uploads, stdoutBytes, stderrBytes }: Outcome): Pick<ResultView, 'uploads' | 'uploadProblem'> => {
  if (uploads === undefined) return {};
  const view = (upload: Upload | undefined, bytes: number) => upload && { bytes, sha256: upload.sha256 };
  const stdout = view(uploads.stdout, stdoutBytes);
  const stderr = view(uploads.stderr, stderrBytes);
  return {
    ...(stdout || stderr ? { uploads: { ...(stdout ? { stdout } : {}), ...(stderr ? { stderr } : {}) } } : {}),
    ...(uploads.problem === undefined ? {} : { uploadProblem: uploads.problem }),
  };
};

const viewOf = async (deps: ListResultsDeps, found: FoundResult): Promise<ResultView> => {
  const { source, result, invocation } = found;
  const { textBlob, uploads: _uploads, ...outcome } = result.outcome;
  const text = textBlob === null ? {} : await readJson(deps.blobs, textBlob, textBlobSchema);
  return {
    ...outcome,
    ...text,
    ...uploadsOf(result.outcome),
    ...placeOf(found),
    round: source.round,
    ...(result.invocationId === undefined ? {} : { invocationId: result.invocationId }),
    ...(invocation?.agentInvocationId === undefined ? {} : { agentInvocationId: invocation.agentInvocationId }),
    recordedAt: result.recordedAt,
  };
};
