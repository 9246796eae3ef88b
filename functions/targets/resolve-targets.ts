import * as z from 'zod';
import { readJson } from '#functions/records/json-blob.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { Scope } from '#shared/expression/scope.ts';
import type { Group, Job } from '#shared/model/job.ts';
import { type InventoryNode, type Node, nodeSchema } from '#shared/model/node.ts';
import type { FrozenTargets } from '#shared/model/run.ts';
import { chooseRunner, needsRunner, runnerOf } from '#shared/plan/runners.ts';
import { type LeftOut, selectTargets, targetsOf } from '#shared/plan/targets.ts';
import type { Blobs, InventoryReading } from '#shared/ports/services.ts';

/** The nodes that a run may choose from. */
export interface Candidates {
  /** The caller's own list, or the inventory. */
  readonly nodes: readonly InventoryNode[];
  /** True for the caller's own list: all of it is meant unless the job narrows it. */
  readonly explicit: boolean;
  /** How many of the caller's own nodes are on instances that the inventory does not know. */
  readonly unknown: number;
  /** The inventory: where runners are looked for, also with a list of the caller. */
  readonly inventory: readonly InventoryNode[];
}

/** Values that conditions over nodes may use beside the node. */
export type RunScope = Pick<Scope, 'params' | 'run'>;

/** Targets of one group, with those left out and why. */
export interface ResolvedTargets extends FrozenTargets {
  readonly leftOut: readonly LeftOut[];
}

/** How the candidates of a run are made from a reading of the clouds: its own node list when it has one, else all nodes. */
export const candidatesOfRun = async (
  blobs: Blobs,
  nodesBlob: string | undefined,
): Promise<(reading: Pick<InventoryReading, 'nodes'>) => Candidates> => {
  if (nodesBlob === undefined) return ({ nodes }) => ({ nodes, explicit: false, unknown: 0, inventory: nodes });
  const own = await readJson(blobs, nodesBlob, z.array(nodeSchema));
  return ({ nodes }) => candidatesOf(own, nodes);
};

/** What tells an instance from all others of the inventory. */
export const instanceKey = ({ agent, region, instanceId }: Node): string => `${agent}/${region}/${instanceId}`;

/** A caller's node list with the agents' state from the inventory; an instance that the inventory does not know counts as offline. */
export const candidatesOf = (nodes: readonly Node[], inventory: readonly InventoryNode[]): Candidates => {
  const known = new Map(inventory.map((node) => [instanceKey(node), node]));
  return {
    nodes: nodes.map((node) => ({ ...node, online: known.get(instanceKey(node))?.online ?? false })),
    explicit: true,
    unknown: nodes.filter((node) => !known.has(instanceKey(node))).length,
    inventory,
  };
};

const needsNodes = (group: Group): boolean => group.phases.some((phase) => phase.on !== 'runner');

/** Whether a reading had something for all that the targets of a group ask for. */
export const isComplete = (group: Group, { unknown }: Candidates, { nodes }: Pick<ResolvedTargets, 'nodes'>): boolean =>
  unknown === 0 && (nodes.length > 0 || !needsNodes(group));

/**
 * Targets and runners of a group.
 * @throws AppError `plan.no-targets`, `plan.no-runner`, `expression.failed`
 */
export const resolveTargets = (job: Job, group: Group, candidates: Candidates, scope: RunScope): ResolvedTargets => {
  const targets = targetsOf(job, group);
  const { nodes, leftOut } = needsNodes(group)
    ? selectTargets({
        job,
        group,
        candidates: candidates.nodes,
        explicit: candidates.explicit,
        matchesWhere: matcher(targets.where, scope, true),
        matchesExclude: matcher(targets.exclude, scope, false),
      })
    : { nodes: [], leftOut: [] };
  return { nodes: [...nodes], runners: resolveRunners(job, group, candidates, scope), leftOut };
};

/**
 * The runner of each phase that needs one, by phase index.
 * @throws AppError `plan.no-runner`, `expression.failed`
 */
export const resolveRunners = (
  job: Job,
  group: Group,
  candidates: Candidates,
  scope: RunScope,
): FrozenTargets['runners'] =>
  Object.fromEntries(
    group.phases.flatMap((phase, index) => {
      if (!needsRunner(phase)) return [];
      const { where } = runnerOf(job, phase);
      return [[String(index), chooseRunner(candidates.inventory, matcher(where, scope, true), where)]];
    }),
  );

/** A CEL condition as a predicate on nodes; without one, the same answer for every node. */
export const matcher = (
  condition: string | undefined,
  scope: RunScope,
  otherwise: boolean,
): ((node: Node) => boolean) => {
  if (condition === undefined) return () => otherwise;
  const parsed = parseCondition(condition);
  return (node) => parsed.evaluate({ ...scope, node, outputs: {} });
};
