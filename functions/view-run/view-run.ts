import { requireAttempt, requireRun } from '#functions/records/change-run.ts';
import { readJobHistory } from '#functions/records/job-history.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { stopsIn, viewAttempt, viewGroups } from '#functions/records/view-groups.ts';
import { type ViewLocksDeps, viewTurns, viewWaits } from '#functions/records/view-locks.ts';
import type { TurnView } from '#shared/contract/lock-views.ts';
import type { PageQuery, RunQuery } from '#shared/contract/requests.ts';
import {
  type AttemptView,
  type GroupView,
  type MarkView,
  type RunJobView,
  type RunSummary,
  type RunView,
  runJobViewSchema,
  type SliceView,
} from '#shared/contract/run-views.ts';
import { costOf, type PriceTable } from '#shared/cost/prices.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { MarkOrder } from '#shared/model/marks.ts';
import type { Attempt, RunRecord } from '#shared/model/run.ts';
import type { Page, PlanStore, RunStore } from '#shared/ports/store.ts';
import type { UsageStore } from '#shared/ports/usage-store.ts';
import { usedCommandsOf } from './used-commands.ts';

/** What viewing runs needs. */
export interface ViewRunDeps extends ViewLocksDeps {
  readonly store: ViewLocksDeps['store'] &
    Pick<RunStore, 'get' | 'list'> &
    Pick<UsageStore, 'getRunUsage'> &
    Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
  readonly json: JsonBlobs;
  readonly prices: PriceTable;
}

/**
 * A run with its progress; counts only, so that it stays small. With an attempt: what that one did, and nothing of others.
 * @throws AppError `run.not-found`
 */
export const viewRun =
  (deps: ViewRunDeps) =>
  async (runId: RunId, { attempt }: RunQuery = {}): Promise<RunView> => {
    const run = await requireRun(deps.store, runId);
    requireAttempt(run, attempt);
    const jobs = await readJobHistory(deps.json, run);
    const shown = attempt ?? run.attempts.length;
    const [groups, turns, waits, usage] = await Promise.all([
      attempt === undefined ? viewGroups(deps, run, jobs) : viewAttempt(deps, run, jobs, attempt),
      viewTurns(deps, [run]),
      viewWaits(deps, run, jobs.current),
      deps.store.getRunUsage(runId),
    ]);
    return {
      ...(attempt === undefined ? summaryOf(run, turns.get(run)) : attemptSummary(run, attempt)),
      params: run.params,
      ...(run.context === undefined ? {} : { context: run.context }),
      attempts: run.attempts.map(viewOfAttempt),
      ...(run.marks === undefined ? {} : { marks: await viewMarks(deps, run.marks) }),
      ...stopsIn(slicesOf(groups).filter((slice) => slice.attempt === shown)),
      commands: [...usedCommandsOf(jobs.at(shown))],
      gates: run.gates ?? [],
      ...(run.planDigest === undefined ? {} : { planDigest: run.planDigest }),
      groups: [...groups],
      ...(waits.length === 0 ? {} : { waits: [...waits] }),
      usage,
      cost: costOf(usage, deps.prices),
    };
  };

/**
 * The job that a run runs, or that one of its attempts ran, as it was written.
 * @throws AppError `run.not-found`
 */
export const viewRunJob =
  (deps: ViewRunDeps) =>
  async (runId: RunId, { attempt }: RunQuery = {}): Promise<RunJobView> => {
    const run = await requireRun(deps.store, runId);
    requireAttempt(run, attempt);
    const { jobBlob, jobDigest } = run.attempts[(attempt ?? run.attempts.length) - 1] ?? {};
    const job = await deps.json.written({ jobBlob: jobBlob ?? run.jobBlob });
    return { name: job.metadata.name, digest: jobDigest ?? run.jobDigest, job: runJobViewSchema.shape.job.parse(job) };
  };

/** The summary of a run as if it had this attempt only. */
const attemptSummary = (run: RunRecord, number: number): RunSummary => {
  const attempt = run.attempts[number - 1];
  const { status, reason, startedAt, endedAt, actor } = attempt ?? {};
  const { reason: _reason, startedAt: _started, endedAt: _ended, ...summary } = summaryOf(run, undefined);
  return {
    ...summary,
    job: jobTagOf(run.jobName, attempt?.jobDigest === undefined ? run : attempt),
    status: status ?? run.status,
    attempt: number,
    actor: actor ?? run.actor,
    ...(reason === undefined ? {} : { reason }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
  };
};

const viewOfAttempt = ({ jobBlob: _blob, selection, ...attempt }: Attempt): AttemptView => {
  const { picks, ...narrowed } = selection;
  if (picks === undefined) return { ...attempt, selection: narrowed };
  return {
    ...attempt,
    selection: { ...narrowed, picks: { placeCount: picks.placeCount, by: picks.by, force: picks.force } },
  };
};

const viewMarks = (deps: Pick<ViewRunDeps, 'json'>, marks: readonly MarkOrder[]): Promise<MarkView[]> =>
  Promise.all(
    marks.map(async ({ nodesBlob, placesBlob: _places, ...order }) =>
      nodesBlob === undefined ? order : { ...order, nodes: [...(await deps.json.namedNodes(nodesBlob))] },
    ),
  );

const slicesOf = (groups: readonly GroupView[]): readonly SliceView[] =>
  groups.flatMap((group) => group.phases.flatMap((phase) => phase.slices));

/** Runs, newest first. */
export const listRuns =
  (deps: Pick<ViewRunDeps, 'store' | 'clock'>) =>
  async (query: PageQuery): Promise<Page<RunSummary>> => {
    const page = await deps.store.list(
      query.cursor === undefined ? { limit: query.limit } : { cursor: query.cursor, limit: query.limit },
    );
    // Who waits is worth a look at its line; who goes on is not.
    const waiting = page.items.filter(({ status }) => status === 'queued' || status === 'pausing');
    const turns = await viewTurns(deps, waiting);
    return { ...page, items: page.items.map((run) => summaryOf(run, turns.get(run))) };
  };

const summaryOf = (run: RunRecord, turn: TurnView | undefined): RunSummary => ({
  runId: run.runId,
  job: jobTagOf(run.jobName, run),
  status: run.status,
  control: run.control,
  ...(run.reason === undefined ? {} : { reason: run.reason }),
  attempt: run.attempts.length,
  actor: run.actor,
  createdAt: run.createdAt,
  ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }),
  ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
  ...(turn === undefined ? {} : { turn }),
});

const jobTagOf = (
  name: string,
  { jobDigest, jobRevision }: Pick<Attempt, 'jobDigest' | 'jobRevision'>,
): RunSummary['job'] => ({
  name,
  digest: jobDigest ?? '',
  ...(jobRevision === undefined ? {} : { revision: jobRevision }),
});
