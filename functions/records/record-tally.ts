import { textOfCelValue } from '#shared/expression/cel-values.ts';
import { parseExpression } from '#shared/expression/expression.ts';
import type { Scope } from '#shared/expression/scope.ts';
import type { Tally } from '#shared/model/failure-budget.ts';
import type { Group } from '#shared/model/job.ts';
import type { Node } from '#shared/model/node.ts';
import type { BatchRecord, GroupRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';
import { budgetsOf, type NamedBudget, spentPart, tallyOf } from '#shared/plan/budget.ts';
import { progressOfNodes } from '#shared/plan/node-progress.ts';
import { planStages } from '#shared/plan/stages.ts';
import type { Log } from '#shared/ports/services.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import type { JsonBlobs } from './json-blob.ts';
import type { PhasePlace } from './phase-place.ts';

/** What telling a group of its failed nodes needs. */
export interface RecordTallyDeps {
  readonly store: Pick<PlanStore, 'setTally' | 'updateGroup' | 'listGroups'>;
  readonly json: Pick<JsonBlobs, 'targets'>;
  readonly log: Pick<Log, 'warn'>;
}

/** A batch and its results. */
export interface TallyView {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
  readonly results: readonly ResultRecord[];
}

/**
 * Tells the group what a batch means for the failure budgets of run, group and phase, and stops the group when one of them is spent. Without
 * failures nothing is written, unless there were some before, or a budget waits for a sample of ended nodes. Derived from the results, so
 * twice is once.
 */
export const recordTally = async (deps: RecordTallyDeps, view: TallyView): Promise<void> => {
  const { place, batch } = view;
  // What judges a round is no part of the work: its failure is a question, not a failed node.
  if (place.phase.judge !== undefined) return;
  const budgets = budgetsOf(place.job, place.group, place.key.phaseIndex);
  const tally = tallyOfBatch(budgets, view);
  const waitsForSample = budgets.some(({ minSample }) => minSample > 1);
  const known = place.record.tallies[batch.batchId];
  if (known === undefined && !tally.some(({ failed }) => failed > 0) && !(waitsForSample && tally.length > 0)) return;
  if (JSON.stringify(known) === JSON.stringify(tally) && place.record.stopped) return;
  const group = await deps.store.setTally(place.record, batch.batchId, tally);
  if (group.stopped) return;
  const reason = await whySpent(deps, view, budgets, group);
  if (reason === undefined) return;
  await deps.store.updateGroup(place.record, { stopped: true, stopReason: reason });
  deps.log.warn('group.stopped', { runId: view.run.runId, attempt: place.key.attempt, group: place.group.name });
};

const tallyOfBatch = (budgets: readonly NamedBudget[], { run, place, batch, results }: TallyView): readonly Tally[] => {
  const progress = progressOfNodes(place.phase.operations, batch.nodes, results);
  return budgets.flatMap((budget) =>
    tallyOf(
      budget,
      batch.nodes.map(({ node }) => ({
        status: progress.get(node.id)?.status ?? 'pending',
        part: partOf(budget, { run, place, node }),
      })),
    ),
  );
};

const partOf = (
  { per }: NamedBudget,
  { run, place, node }: { readonly run: RunRecord; readonly place: PhasePlace; readonly node: Node },
): string => {
  if (per === undefined) return '';
  if (per === 'round') return roundPart(place.group, roundOf(place));
  const scope: Scope = {
    params: run.params,
    node,
    run: { id: run.runId, attempt: run.attempts.length, job: run.jobName },
    outputs: {},
  };
  return textOfCelValue(parseExpression(per).evaluate(scope));
};

const roundPart = (group: Group, round: number): string => `round ${round} of '${group.name}'`;

const roundOf = ({ job, group, key, record }: PhasePlace): number =>
  planStages(job, group, record.nodeCount)[key.stageIndex]?.round ?? 0;

const whySpent = async (
  deps: RecordTallyDeps,
  view: TallyView,
  budgets: readonly NamedBudget[],
  group: GroupRecord,
): Promise<string | undefined> => {
  for (const budget of budgets) {
    const groups = budget.name === 'run' ? await groupsOfAttempt(deps, group) : [group];
    const sizes = await partSizes(deps, view, budget, groups);
    const tallies = groups.flatMap((one) => Object.values(one.tallies).flat());
    const spent = spentPart(budget, tallies, (part) => sizes.get(part) ?? 0);
    if (spent !== undefined)
      return `The failure budget of ${labelOf(view, budget)}${spent.part === '' ? '' : ` for ${spent.part}`} is spent: ${spent.failed} ${spent.failed === 1 ? 'node' : 'nodes'} failed, ${spent.allowed} may.`;
  }
  return undefined;
};

const labelOf = ({ place }: TallyView, { name }: NamedBudget): string => {
  if (name === 'run') return 'the run';
  return name === 'group' ? `group '${place.group.name}'` : `phase '${place.phase.name}'`;
};

/** The groups of this attempt so far, the given one as it is now: another read could be older. */
const groupsOfAttempt = async (deps: RecordTallyDeps, group: GroupRecord): Promise<readonly GroupRecord[]> => {
  const others = await deps.store.listGroups(group.runId);
  return [...others.filter((one) => one.attempt === group.attempt && one.groupIndex !== group.groupIndex), group];
};

/** How many nodes each part of a budget has. A percentage of the run is one of the nodes of the groups begun so far. */
const partSizes = async (
  deps: RecordTallyDeps,
  view: TallyView,
  budget: NamedBudget,
  groups: readonly GroupRecord[],
): Promise<ReadonlyMap<string, number>> => {
  const sizes = new Map<string, number>();
  const add = (part: string, n: number) => sizes.set(part, (sizes.get(part) ?? 0) + n);
  for (const record of groups) {
    const { place, run } = view;
    const group = place.job.spec.groups[record.groupIndex];
    if (group === undefined) continue;
    if (budget.per === undefined) add('', record.nodeCount);
    else if (budget.per === 'round')
      for (const [round, n] of roundSizes(place, record)) add(roundPart(group, round), n);
    else
      for (const { node } of (await deps.json.targets(record.targetsBlob)).nodes)
        add(partOf(budget, { run, place, node }), 1);
  }
  return sizes;
};

const roundSizes = ({ job }: PhasePlace, { groupIndex, nodeCount }: GroupRecord): ReadonlyMap<number, number> => {
  const group = job.spec.groups[groupIndex];
  const stages = group === undefined ? [] : planStages(job, group, nodeCount);
  return new Map(
    stages.flatMap(({ round, slices }) =>
      slices.filter(({ kind }) => kind === 'nodes').map(({ from, to }): [number, number] => [round, to - from]),
    ),
  );
};
