import { requireRun } from '#functions/records/change-run.ts';
import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { viewGroups } from '#functions/records/view-groups.ts';
import { type ViewLocksDeps, viewTurns, viewWaits } from '#functions/records/view-locks.ts';
import type { TurnView } from '#shared/contract/lock-views.ts';
import type { PageQuery } from '#shared/contract/requests.ts';
import type { RunSummary, RunView, UsedCommand } from '#shared/contract/run-views.ts';
import { operationSites } from '#shared/job/job-outline.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Job } from '#shared/model/job.ts';
import type { RunRecord } from '#shared/model/run.ts';
import type { Page, PlanStore, RunStore } from '#shared/ports/store.ts';

/** What viewing runs needs. */
export interface ViewRunDeps extends ViewLocksDeps {
  readonly store: ViewLocksDeps['store'] &
    Pick<RunStore, 'get' | 'list'> &
    Pick<PlanStore, 'listGroups' | 'listSlices' | 'listProgress'>;
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
    const job = await deps.json.job(run);
    const [groups, turns, waits] = await Promise.all([
      viewGroups(deps, run, job),
      viewTurns(deps, [run]),
      viewWaits(deps, run, job),
    ]);
    return {
      ...summaryOf(run, turns.get(run)),
      params: run.params,
      ...(run.context === undefined ? {} : { context: run.context }),
      attempts: run.attempts,
      commands: [...commandsOf(job)],
      gates: run.gates ?? [],
      ...(run.planDigest === undefined ? {} : { planDigest: run.planDigest }),
      groups: [...groups],
      ...(waits.length === 0 ? {} : { waits: [...waits] }),
    };
  };

/** The commands of a job, in the order in which its operations use them. */
const commandsOf = (job: Job): readonly UsedCommand[] => {
  const used = new Map<string, UsedCommand>();
  for (const { operation } of operationSites(job)) {
    const { command, id } = operation;
    if (command === undefined) continue;
    const { name, version } = command;
    const known = used.get(`${name}@${version}`)?.operations ?? [];
    const libraries = command.libraries.map((library) => ({ name: library.name, version: library.version }));
    used.set(`${name}@${version}`, { name, version, libraries, operations: [...known, id] });
  }
  return [...used.values()];
};

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
  job: {
    name: run.jobName,
    digest: run.jobDigest,
    ...(run.jobRevision === undefined ? {} : { revision: run.jobRevision }),
  },
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
