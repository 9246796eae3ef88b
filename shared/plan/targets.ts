import { AppError } from '../errors/app-error.ts';
import type { NodeId } from '../model/ids.ts';
import type { Group, Job, Targets } from '../model/job.ts';
import type { InventoryNode, Node, Os } from '../model/node.ts';
import { isScript, type WrittenOperation } from '../model/operation.ts';
import { scriptFault } from '../script/interpreters.ts';

/** A target, and whether its agent was online when the inventory was read. */
export interface TargetNode {
  readonly node: Node;
  readonly online: boolean;
}

/** A node that was looked at and does not take part, and why. */
export interface LeftOut {
  readonly nodeId: NodeId;
  /** A clause that follows the node's id: `is a Windows node, …`. */
  readonly reason: string;
}

/** What `selectTargets` needs. The conditions are given as functions, built from the texts of `targetsOf`. */
export interface TargetQuery {
  readonly job: Job;
  readonly group: Group;
  /** The inventory, or the nodes that the caller named. */
  readonly candidates: readonly InventoryNode[];
  /** True when the caller named the candidates itself: then no `where` is needed, their order is kept, and each one left out is reported. */
  readonly explicit: boolean;
  /** Called only when the targets have a `where`. */
  readonly matchesWhere: (node: Node) => boolean;
  /** Called only when the targets have an `exclude`. */
  readonly matchesExclude: (node: Node) => boolean;
}

/** The targets of a group, each once, in the order in which they will run. */
export interface SelectedTargets {
  readonly nodes: readonly TargetNode[];
  readonly leftOut: readonly LeftOut[];
}

/** The targets that hold for a group: its own replace those of the job. */
export const targetsOf = (job: Job, group: Group): Targets => group.targets ?? job.spec.targets ?? {};

/**
 * Which candidates a group runs on. A `nodes` list keeps its order and explicit candidates keep theirs; nodes found by `where` come in the
 * order of their ids. `where` narrows a `nodes` list and explicit candidates too. Nodes on whose system none of the group's scripts can run
 * are left out, and so are nodes without an agent that were only found. No node at all is not an error here.
 * @throws AppError `plan.no-targets` when a listed id is unknown, or when nothing says which nodes;
 * `request.invalid` when two explicit candidates have one id.
 */
export const selectTargets = (query: TargetQuery): SelectedTargets => {
  const targets = targetsOf(query.job, query.group);
  const nodes: TargetNode[] = [];
  const leftOut: LeftOut[] = [];
  for (const candidate of candidatesOf(query, targets)) {
    const node = withoutReach(candidate);
    const reason = reasonAgainst(node, query, targets) ?? reasonOfAgent(candidate, query, targets);
    if (reason === undefined) nodes.push({ node, online: candidate.online });
    else leftOut.push({ nodeId: node.id, reason });
  }
  return { nodes, leftOut };
};

/** A node as the plan freezes it: without what is known of its agent now. */
export const withoutReach = ({
  online,
  agentVersion,
  lastSeenAt,
  agentMissing,
  agentOutdated,
  stopped,
  ...node
}: InventoryNode): Node => node;

/** The nodes that have an agent: those that anything can be done to. */
export const nodesWithAgent = (nodes: readonly InventoryNode[]): readonly Node[] =>
  nodes.filter(({ agentMissing }) => agentMissing !== true).map(withoutReach);

/** Order of node ids: by code unit, the same everywhere. */
export const byNodeId = (a: Pick<Node, 'id'>, b: Pick<Node, 'id'>): number => {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
};

const candidatesOf = (query: TargetQuery, targets: Targets): readonly InventoryNode[] => {
  const byId = indexById(query);
  if (targets.nodes !== undefined) return [...new Set(targets.nodes)].map((id) => knownNode(byId, id, query));
  if (query.explicit) return [...byId.values()];
  if (targets.where === undefined)
    throw new AppError('plan.no-targets', `Nothing says on which nodes group '${query.group.name}' runs`, {
      hint: 'Give the job or the group targets, such as targets: {where: \'node.tags.app == "shop"\'}, or name the nodes in the request.',
    });
  return [...byId.values()].filter((candidate) => query.matchesWhere(withoutReach(candidate))).sort(byNodeId);
};

const indexById = ({ candidates, explicit }: TargetQuery): ReadonlyMap<NodeId, InventoryNode> => {
  const byId = new Map<NodeId, InventoryNode>();
  for (const candidate of candidates) {
    if (explicit && byId.has(candidate.id))
      throw new AppError('request.invalid', `Two of the named nodes have the id '${candidate.id}'`, {
        hint: 'Give each node an id of its own; two services on one instance are two nodes with the same instanceId.',
      });
    if (!byId.has(candidate.id)) byId.set(candidate.id, candidate);
  }
  return byId;
};

const knownNode = (byId: ReadonlyMap<NodeId, InventoryNode>, id: NodeId, query: TargetQuery): InventoryNode => {
  const node = byId.get(id);
  if (node !== undefined) return node;
  const where = query.explicit ? 'among the nodes of the request' : 'in the inventory';
  throw new AppError('plan.no-targets', `Group '${query.group.name}' lists the node '${id}', which is not ${where}`, {
    hint: 'Correct the id in targets.nodes, or register the node. The list of nodes shows the known ids.',
  });
};

const reasonAgainst = (node: Node, query: TargetQuery, targets: Targets): string | undefined => {
  const named = query.explicit || targets.nodes !== undefined;
  if (named && targets.where !== undefined && !query.matchesWhere(node))
    return `does not fulfil where: ${targets.where}`;
  if (targets.exclude !== undefined && query.matchesExclude(node)) return `fulfils exclude: ${targets.exclude}`;
  return reasonOfSystem(node.os, query.group);
};

/**
 * Why a node that was only found cannot take part at all: there is no agent on it, and nobody said that it should take part. One that was named
 * takes part, and is undeliverable.
 */
const reasonOfAgent = ({ agent, agentMissing }: InventoryNode, query: TargetQuery, targets: Targets) => {
  if (agentMissing !== true || query.explicit || targets.nodes !== undefined) return undefined;
  return agent === 'aws' ? 'has no agent that SSM knows' : 'has no Cloud Assistant';
};

/** Why nothing that a group does on nodes themselves can run on a system. What the commands of the library need is not known here. */
const reasonOfSystem = (os: Os, group: Group): string | undefined => {
  const scripts = group.phases
    .filter((phase) => phase.on === 'target')
    .flatMap((phase) => withSteps(phase.operations))
    .filter(isScript);
  const suits = (script: WrittenOperation): boolean =>
    script.use !== undefined || scriptFault(os, { interpreter: script.interpreter, runAs: script.runAs }) === undefined;
  if (scripts.length === 0 || scripts.some(suits)) return undefined;
  const needed = [...new Set(scripts.map((script) => script.interpreter))].join(', ');
  return os === 'windows'
    ? `is a Windows node, and no script of the group runs on Windows (${needed})`
    : `is a Linux node, and the scripts of the group are for Windows (${needed})`;
};

/** Operations with the steps of their blocks. */
const withSteps = (operations: readonly WrittenOperation[]): readonly WrittenOperation[] =>
  operations.flatMap((one) => [one, ...withSteps(one.operations ?? []), ...withSteps(one.else ?? [])]);
