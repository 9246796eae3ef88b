import { completeBudget } from '#shared/model/failure-budget.ts';
import { type BatchId, formatBatchId, formatSliceId, parseSliceId } from '#shared/model/ids.ts';
import type { Group, Job } from '#shared/model/job.ts';
import type { FrozenTargets, Selection } from '#shared/model/run.ts';
import {
  addCounts,
  countStatuses,
  failingCount,
  type OutcomeStatus,
  type PhaseStatus,
  type StatusCounts,
} from '#shared/model/status.ts';
import { type BatchPlan, type PlannedBatch, planBatches } from '#shared/plan/batches.ts';
import { isBudgetSpent } from '#shared/plan/budget.ts';
import { type LedgerBatch, ledgerOf, whatIsLeft } from '#shared/plan/ledger.ts';
import { batchStatuses, nextOperationOfBatch, type ResultStep } from '#shared/plan/node-progress.ts';
import { sliceNodes, toCandidates } from '#shared/plan/slice-nodes.ts';
import { planStages, type SlicePlan, type Stage } from '#shared/plan/stages.ts';
import { phaseStatus, sliceStatus } from '#shared/plan/statuses.ts';
import { phaseWidth } from '#shared/plan/width.ts';
import { limitOf, resultOf } from './plan-fixtures.ts';

/** What an attempt of a group did, told in order. */
export interface Told {
  /** `phase#node.operation`, in the order in which they ran. */
  readonly ran: readonly string[];
  /** Nodes at once at most, by phase. */
  readonly most: Readonly<Record<string, number>>;
  readonly statuses: Readonly<Record<string, PhaseStatus>>;
  readonly counts: Readonly<Record<string, StatusCounts>>;
  readonly stopped: boolean;
  /** Batches with results of this attempt and those before it, for a further attempt. */
  readonly history: readonly LedgerBatch[];
}

interface Attempt {
  readonly job: Job;
  readonly group: Group;
  readonly targets: FrozenTargets;
  /** How an operation ends on a node; succeeded unless it says something. */
  readonly outcome?: (nodeId: string, operationId: string) => OutcomeStatus | undefined;
  readonly attempt?: number;
  readonly mode?: Selection['mode'];
  readonly history?: readonly LedgerBatch[];
}

/** Runs one attempt of a group by the rules of the plan alone: as many batches at once as planned, nothing started after the budget is spent. */
export const simulate = (given: Attempt): Told => {
  const run = new Simulation(given);
  const stages = planStages(given.job, given.group, given.targets.nodes.length);
  for (const stage of stages) {
    if (run.stopped()) break;
    for (const slice of stage.slices) run.slice(stage, slice);
  }
  return run.told(stages);
};

class Simulation {
  readonly #given: Attempt;
  readonly #ran: string[] = [];
  readonly #most: Record<string, number> = {};
  readonly #history: LedgerBatch[];
  /** Counts of each slice, by phase. */
  readonly #slices = new Map<number, StatusCounts[]>();
  #failures = 0;

  constructor(given: Attempt) {
    this.#given = given;
    this.#history = [...(given.history ?? [])];
  }

  stopped(): boolean {
    return isBudgetSpent(
      completeBudget(this.#given.group.maxFailures).max,
      this.#given.targets.nodes.length,
      this.#failures,
    );
  }

  slice(stage: Stage, slice: SlicePlan): void {
    const plan = this.#batches(slice);
    const phase = this.#given.group.phases[slice.phaseIndex]!;
    const sizes = plan.batches.map((batch) => batch.nodes.length).toSorted((a, b) => b - a);
    const most = sizes.slice(0, plan.width).reduce((a, b) => a + b, 0);
    this.#most[phase.name] = Math.max(this.#most[phase.name] ?? 0, most);
    const counts: StatusCounts[] = [];
    const key = { attempt: this.#given.attempt ?? 1, groupIndex: 0, stageIndex: stage.stageIndex, pass: 0 };
    const sliceId = formatSliceId({ ...key, phaseIndex: slice.phaseIndex });
    for (let first = 0; first < plan.batches.length; first += plan.width) {
      const wave = plan.batches.slice(first, first + plan.width);
      const start = !this.stopped();
      const ended = wave.map((batch, i) => this.#batch(batch, slice, formatBatchId(sliceId, first + i), start));
      counts.push(...ended);
      this.#failures += failingCount(addCounts(ended));
    }
    this.#slices.set(slice.phaseIndex, [...(this.#slices.get(slice.phaseIndex) ?? []), addCounts(counts)]);
  }

  #batches(slice: SlicePlan): BatchPlan {
    const { job, group, targets, mode = 'all', attempt = 1 } = this.#given;
    const { phaseIndex } = slice;
    const phase = group.phases[phaseIndex]!;
    const known = this.#history.filter(({ batch }) => parseSliceId(batch.batchId).phaseIndex === phaseIndex);
    const nodes = sliceNodes(slice, targets);
    const left = whatIsLeft(nodes, ledgerOf(phase.operations, known), { mode, attempt });
    const width = phaseWidth(job, group, phase, nodes.length);
    return planBatches({ nodes: toCandidates({ phase, phaseIndex, left, targets }), width, limitOf });
  }

  #batch({ nodes }: PlannedBatch, slice: SlicePlan, batchId: BatchId, start: boolean): StatusCounts {
    const { name, operations } = this.#given.group.phases[slice.phaseIndex]!;
    const results: ResultStep[] = [];
    while (start) {
      const next = nextOperationOfBatch(operations, nodes, results);
      if (next === undefined) break;
      const { id } = operations[next.operationIndex]!;
      for (const { node } of next.nodes) {
        this.#ran.push(`${name}#${node.id}.${id}`);
        results.push(resultOf(node.id, next.operationIndex, this.#given.outcome?.(node.id, id) ?? 'succeeded'));
      }
    }
    this.#history.push({ batch: { batchId, nodes: [...nodes] }, results });
    return countStatuses(batchStatuses(operations, nodes, results));
  }

  told(stages: readonly Stage[]): Told {
    const stopped = this.stopped();
    const { group } = this.#given;
    const expected = (index: number) =>
      stages.filter((stage) => stage.slices.some((slice) => slice.phaseIndex === index)).length;
    const each = <T>(tell: (index: number) => T) =>
      Object.fromEntries(group.phases.map((phase, index) => [phase.name, tell(index)]));
    return {
      ran: this.#ran,
      most: this.#most,
      statuses: each((index) => {
        const slices = (this.#slices.get(index) ?? []).map((counts) => sliceStatus(counts, { stopped }));
        return phaseStatus(slices, { expected: expected(index), stopped });
      }),
      counts: each((index) => addCounts(this.#slices.get(index) ?? [])),
      stopped,
      history: this.#history,
    };
  }
}
