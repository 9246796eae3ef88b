import { requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { stopsIn, viewGroups } from '#functions/records/view-groups.ts';
import type { PageQuery } from '#shared/contract/requests.ts';
import type { GroupView, RunSummary, RunView, SliceView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { Page, PlanStore, RunStore } from '#shared/ports/store.ts';

/** What viewing runs needs. */
export interface ViewRunDeps {
  readonly store: Pick<RunStore, 'get' | 'list'> & Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
  readonly json: JsonBlobs;
}

/**
 * A run with its progress; counts only, so that it stays small.
 * @throws AppError `run.not-found`
 */
export const viewRun =
  (deps: ViewRunDeps) =>
  async (runId: RunId): Promise<RunView> => {
    const run = await requireRun(deps.store, runId);
    const groups = await viewGroups(deps, run, await deps.json.job(run));
    return {
      ...summaryOf(run),
      params: run.params,
      ...(run.context === undefined ? {} : { context: run.context }),
      attempts: run.attempts,
      ...stopsIn(slicesOf(groups).filter((slice) => slice.attempt === run.attempts.length)),
      groups: [...groups],
    };
  };

const slicesOf = (groups: readonly GroupView[]): readonly SliceView[] =>
  groups.flatMap((group) => group.phases.flatMap((phase) => phase.slices));

/** Runs, newest first. */
export const listRuns =
  (deps: Pick<ViewRunDeps, 'store'>) =>
  async (query: PageQuery): Promise<Page<RunSummary>> => {
    const page = await deps.store.list(
      query.cursor === undefined ? { limit: query.limit } : { cursor: query.cursor, limit: query.limit },
    );
    return { ...page, items: page.items.map(summaryOf) };
  };

const summaryOf = (run: RunRecord): RunSummary => ({
  runId: run.runId,
  job: { name: run.jobName, digest: run.jobDigest },
  status: run.status,
  control: run.control,
  ...(run.reason === undefined ? {} : { reason: run.reason }),
  attempt: run.attempts.length,
  actor: run.actor,
  createdAt: run.createdAt,
  ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
  ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
});
