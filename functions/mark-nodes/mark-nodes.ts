import { changeRun, currentAttempt, requireRun } from '#functions/records/change-run.ts';
import { type JobHistory, readJobHistory } from '#functions/records/job-history.ts';
import { putJson } from '#functions/records/json-blob.ts';
import { byNodeNames } from '#functions/records/node-names.ts';
import { type RunPlace, type RunPlacesDeps, runPlaces } from '#functions/records/run-places.ts';
import { type SettleMarksDeps, settleMarks } from '#functions/records/settle-marks.ts';
import type { IgnoreRequest, ResetRequest } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { MarkKind, MarkOrder } from '#shared/model/marks.ts';
import type { MarkPlaces } from '#shared/model/places.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { isFailingStatus, isTerminalRunStatus, type NodeStatus } from '#shared/model/status.ts';
import { checkSelection } from '#shared/plan/selection.ts';
import { type Log, nowIso } from '#shared/ports/services.ts';

/** What marking nodes by hand needs. */
export interface MarkNodesDeps extends SettleMarksDeps {
  readonly store: SettleMarksDeps['store'] & RunPlacesDeps['store'];
  readonly log: Log;
}

/**
 * Takes what happened on nodes as tolerated: they count as `ignored` for progress, failure budgets and what is left. Without phases: where they
 * failed, were lost or aborted. With phases: wherever they have not succeeded there, also where they have not been yet. What runs is never
 * changed, so the run has to be paused or at its end. Nodes that are ignored already stay as they are.
 * @throws AppError `run.not-found`, `run.conflict`, `request.invalid`
 */
export const ignoreNodes =
  (deps: MarkNodesDeps) =>
  async (runId: RunId, { reason, only }: IgnoreRequest, actor: string): Promise<void> => {
    if (only.nodes === undefined && only.phases === undefined)
      throw new AppError('request.invalid', 'Nothing says what to ignore', {
        places: [{ path: '/only', message: 'name nodes, or phases, or both' }],
        hint: 'Name the nodes (--node), or a phase of which all nodes are meant (--phase).',
      });
    const mayBePending = only.phases !== undefined;
    const isMeant = (status: NodeStatus) =>
      isFailingStatus(status) || status === 'aborted' || (mayBePending && status === 'pending');
    await mark(deps, runId, { kind: 'ignored', actor, reason, only, isMeant, reachesAhead: mayBePending });
  };

/**
 * Forgets what is known of nodes, so that the next continue runs their operations again from the first. Outputs stay until they are written
 * again. The run has to be paused or at its end.
 * @throws AppError `run.not-found`, `run.conflict`, `request.invalid`
 */
export const resetNodes =
  (deps: MarkNodesDeps) =>
  async (runId: RunId, { reason, only }: ResetRequest, actor: string): Promise<void> => {
    await mark(deps, runId, { kind: 'reset', actor, reason, only, isMeant: () => true, reachesAhead: true });
  };

interface Marking {
  readonly kind: MarkKind;
  readonly actor: string;
  readonly reason: string | undefined;
  readonly only: ResetRequest['only'];
  /** Whether a place of such a status gets the mark. */
  readonly isMeant: (status: NodeStatus) => boolean;
  /** True when the order says something of places that nodes have not come to yet. */
  readonly reachesAhead: boolean;
}

const mark = async (deps: MarkNodesDeps, runId: RunId, marking: Marking): Promise<void> => {
  const before = await settleMarks(deps, await requireRun(deps.store, runId));
  refuseIfUnderWay(before);
  const jobs = await readJobHistory(deps.json, before);
  const { groups, phases } = marking.only;
  checkSelection(jobs.current, { ...(groups && { groups }), ...(phases && { phases }) });
  const found = await findPlaces(deps, before, jobs, marking);
  if (found.count === 0 && !(await reachesAhead(deps, before, jobs, marking))) refuseNothing(before, marking, found);
  const order = await newOrder(deps, before, marking, found);
  if (found.count === 0 && !saysSomethingNew(before, order, marking)) return;
  const changed = await changeRun(deps.store, runId, (run) => {
    refuseIfUnderWay(run);
    if (run.attempts.length !== before.attempts.length || run.marks?.length !== before.marks?.length)
      throw new AppError('run.conflict', `Somebody else changed run ${runId} in between`, { hint: 'Try again.' });
    return { ...run, marks: [...(run.marks ?? []), order] };
  });
  await settleMarks(deps, changed);
  deps.log.info('run.marked', { runId, kind: marking.kind, places: found.count, actor: marking.actor });
};

const refuseIfUnderWay = (run: RunRecord): void => {
  if (isTerminalRunStatus(run.status) || run.status === 'paused' || run.status === 'waitingApproval') return;
  throw new AppError('run.conflict', `Run ${run.runId} is ${run.status}: nodes are marked only while nothing runs`, {
    hint:
      run.status === 'pausing'
        ? `Wait until it is paused: drover run watch ${run.runId}`
        : `Pause it first: drover run pause ${run.runId}`,
  });
};

interface Found {
  readonly places: MarkPlaces;
  readonly count: number;
  /** Places that the request names, whether or not they get a mark. */
  readonly named: number;
  /** Of these, how many an operator or a tolerated failure ignored before. */
  readonly ignored: number;
}

const findPlaces = async (
  deps: MarkNodesDeps,
  run: RunRecord,
  jobs: JobHistory,
  { kind, only, isMeant }: Marking,
): Promise<Found> => {
  const batches = new Map<RunPlace['batchId'], MarkPlaces[number]['nodes']>();
  let [count, named, ignored] = [0, 0, 0];
  for await (const { batchId, node, entry } of runPlaces(deps, run, jobs, only)) {
    named += 1;
    if (entry.status === 'ignored') ignored += 1;
    const isUntouched = entry.status === 'pending' && entry.nextOperation === 0;
    if (!isMeant(entry.status) || (kind === 'reset' && isUntouched)) continue;
    count += 1;
    batches.set(batchId, [...(batches.get(batchId) ?? []), { id: node.id, was: entry.status }]);
  }
  return { places: [...batches].map(([batchId, nodes]) => ({ batchId, nodes })), count, named, ignored };
};

const refuseNothing = (run: RunRecord, { only }: Marking, { named, ignored }: Found): void => {
  const who = (only.nodes ?? []).join(', ');
  if (named === 0)
    throw new AppError('run.conflict', `Run ${run.runId} has come to no node ${who}`, {
      hint: `See its nodes with: drover run nodes ${run.runId}`,
    });
  if (ignored === 0)
    throw new AppError('run.conflict', `Nothing failed on ${who} that could be ignored`, {
      hint: `See how they stand with: drover run nodes ${run.runId}`,
    });
};

/** True when an order can be about nodes that have not come to a phase yet: where the targets are known already, one of them has to be named. */
const reachesAhead = async (
  deps: MarkNodesDeps,
  run: RunRecord,
  jobs: JobHistory,
  { reachesAhead: mayReach, only }: Marking,
): Promise<boolean> => {
  if (!mayReach || only.nodes === undefined) return mayReach;
  const isNamed = byNodeNames(only.nodes);
  const records = (await deps.store.listGroups(run.runId)).filter(({ attempt, groupIndex }) => {
    const group = jobs.at(attempt).spec.groups[groupIndex];
    return group !== undefined && (only.groups?.includes(group.name) ?? true);
  });
  for (const { targetsBlob } of records)
    if ((await deps.json.targets(targetsBlob)).nodes.some(({ node }) => isNamed(node))) return true;
  return records.length === 0;
};

/** An order that marks no place is new unless the last one with the same reach says the same. */
const saysSomethingNew = (
  { marks = [] }: RunRecord,
  order: MarkOrder,
  { reachesAhead: mayReach }: Marking,
): boolean => {
  if (!mayReach) return false;
  const reachOf = ({ groups, phases, nodesBlob }: MarkOrder) =>
    JSON.stringify([groups ?? null, phases ?? null, nodesBlob ?? null]);
  const last = marks.findLast((one) => reachOf(one) === reachOf(order));
  return last?.kind !== order.kind && (order.kind === 'ignored' || marks.some(({ kind }) => kind === 'ignored'));
};

const newOrder = async (
  deps: MarkNodesDeps,
  run: RunRecord,
  { kind, actor, reason, only }: Marking,
  { places, count }: Found,
): Promise<MarkOrder> => {
  const folder = `runs/${run.runId}/marks`;
  return {
    kind,
    at: nowIso(deps.clock),
    actor,
    ...(reason === undefined ? {} : { reason }),
    attempt: currentAttempt(run),
    ...(only.groups === undefined ? {} : { groups: only.groups }),
    ...(only.phases === undefined ? {} : { phases: only.phases }),
    ...(only.nodes === undefined ? {} : { nodesBlob: await putJson(deps.blobs, folder, only.nodes) }),
    ...(count === 0 ? {} : { placesBlob: await putJson(deps.blobs, folder, places) }),
    placeCount: count,
    applied: count === 0,
  };
};
