import { jsonDigest } from '../job/job-digest.ts';
import { parseDurationMs } from '../model/duration.ts';
import { completeBudget } from '../model/failure-budget.ts';
import type { Group, Job, Operation, ParamValues, Phase } from '../model/job.ts';
import type { TurnSettings } from '../model/lock.ts';
import type { AgentKind } from '../model/node.ts';
import type { AppliedCommand } from '../model/operation.ts';
import type { FrozenTargets } from '../model/run.ts';
import { allowedFailures } from './budget.ts';
import { checkPlanLimits } from './limits.ts';
import type { NodeBudget } from './node-budgets.ts';
import { planRounds } from './plan-rounds.ts';
import { planWarnings } from './plan-warnings.ts';
import type { PlanGroup, PlanOperation, PlanPhase, PlanSecret, RunPlan } from './run-plan.ts';
import { needsRunner } from './runners.ts';
import { type Narrowed, narrowStages, selectsGroup, selectsPhase } from './selection.ts';
import { sizeWarnings } from './size-warnings.ts';
import { frozenRunner } from './slice-nodes.ts';
import { planStages } from './stages.ts';
import { systemWarnings } from './system-warnings.ts';
import type { LeftOut, TargetNode } from './targets.ts';

/** The targets of one group as a run would freeze them now, and the nodes that do not take part. */
export type PlanTargets = FrozenTargets & { readonly leftOut: readonly LeftOut[] };

/** What `planRun` needs. */
export interface PlanRequest {
  readonly job: Job;
  /** Values of its params; secrets are references. */
  readonly params?: ParamValues;
  /** One entry per group of the job, in its order; those of groups that do not take part are not looked at. */
  readonly groups: readonly PlanTargets[];
  /** Instances that one call of an agent takes. */
  readonly limitOf: (agent: AgentKind) => number;
  /** Bytes of script that one call of an agent takes; without it sizes are not looked at. */
  readonly scriptLimitOf?: (agent: AgentKind) => number;
  /** The secrets that its operations would be given. */
  readonly secrets?: readonly PlanSecret[];
  /** Disruption budgets there are now. */
  readonly budgets?: readonly NodeBudget[];
  /** Under which key the run takes its turn. */
  readonly turn?: TurnSettings | undefined;
  /** Narrows the plan to groups and phases. Nodes are narrowed beforehand. */
  readonly selection?: Narrowed;
}

/**
 * The preview of a run: everything that will happen if nothing fails, and what is odd about it. The same request gives the same plan.
 * @throws AppError `plan.limit-exceeded`; `plan.budget-closed`; `plan.no-runner` when a phase needs a runner and `groups` has none for it.
 */
export const planRun = (request: PlanRequest): RunPlan => {
  const { job, scriptLimitOf, selection = {} } = request;
  const taking = job.spec.groups.flatMap((group, index) => {
    const targets = request.groups[index] ?? { nodes: [], runners: {}, leftOut: [] };
    return selectsGroup(selection, group) ? [{ group, targets }] : [];
  });
  checkPlanLimits(
    { ...job, spec: { ...job.spec, groups: taking.map(({ group }) => group) } },
    taking.map(({ targets }) => targets.nodes.length),
  );
  const groups = taking.map(({ group, targets }) => planGroup(request, group, targets));
  const plan = {
    job: job.metadata.name,
    ...(request.params === undefined ? {} : { paramsDigest: jsonDigest(request.params) }),
    ...(request.turn === undefined ? {} : { concurrency: request.turn }),
    groups,
    totals: {
      nodes: new Set(taking.flatMap(({ targets }) => targets.nodes.map(({ node }) => node.id))).size,
      ...callTotals(groups),
    },
    warnings: taking.flatMap(({ group, targets }) => [
      ...planWarnings(group, targets, selection),
      ...systemWarnings(group, targets, selection),
      ...(scriptLimitOf === undefined ? [] : sizeWarnings({ group, targets, selection, scriptLimitOf })),
    ]),
    secrets: [...(request.secrets ?? [])],
  };
  return { ...plan, digest: jsonDigest(plan) };
};

const planGroup = (request: PlanRequest, group: Group, targets: PlanTargets): PlanGroup => {
  const { job, limitOf, selection = {}, budgets = [] } = request;
  const nodeCount = targets.nodes.length;
  const stages = narrowStages(planStages(job, group, nodeCount), group, selection);
  return {
    name: group.name,
    strategy: group.strategy,
    nodeCount,
    stageCount: stages.length,
    maxFailures: group.maxFailures,
    failuresAllowed: allowedFailures(completeBudget(group.maxFailures).max, nodeCount),
    ...(group.soak === undefined ? {} : { soakSeconds: parseDurationMs(group.soak) / 1000 }),
    phases: group.phases.flatMap((phase, index) =>
      selectsPhase(selection, phase) ? [planPhase(phase, index, targets)] : [],
    ),
    rounds: planRounds({ job, group, stages, targets, limitOf, budgets }),
    leftOut: [...targets.leftOut],
  };
};

const planPhase = (phase: Phase, phaseIndex: number, targets: FrozenTargets): PlanPhase => ({
  name: phase.name,
  on: phase.on,
  ...(needsRunner(phase) ? { runner: planNode(frozenRunner(targets, phaseIndex)) } : {}),
  operations: phase.operations.map(planOperation),
});

const planNode = ({ node, online }: TargetNode) => ({ id: node.id, name: node.name, online });

const planOperation = (operation: Operation): PlanOperation => ({
  id: operation.id,
  ...(operation.name === undefined ? {} : { name: operation.name }),
  interpreter: operation.interpreter,
  timeoutSeconds: parseDurationMs(operation.timeout) / 1000,
  failIgnore: operation.failIgnore,
  ...(operation.when === undefined ? {} : { when: operation.when }),
  ...(operation.command === undefined ? {} : { command: planCommand(operation.command) }),
  digest: jsonDigest(operation),
});

const planCommand = ({ name, version, libraries }: AppliedCommand): PlanOperation['command'] => ({
  name,
  version,
  libraries: libraries.map((library) => ({ name: library.name, version: library.version })),
});

const callTotals = (groups: readonly PlanGroup[]): Pick<RunPlan['totals'], 'nodeOperations' | 'agentCalls'> => {
  let nodeOperations = 0;
  let sends = 0;
  for (const group of groups) {
    const operations = new Map(group.phases.map((phase) => [phase.name, phase.operations.length]));
    for (const slice of group.rounds.flatMap((round) => round.slices)) {
      const count = operations.get(slice.phase) ?? 0;
      nodeOperations += count * slice.nodeCount;
      sends += count * slice.batches.reduce((sum, scope) => sum + scope.batchCount, 0);
    }
  }
  return { nodeOperations, agentCalls: { sends, looks: sends } };
};
