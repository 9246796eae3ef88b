import { instanceKey, type ResolvedTargets } from '#functions/targets/resolve-targets.ts';
import { agentStateOf, type InventoryNode, type Node } from '#shared/model/node.ts';
import type { PlanInventory } from '#shared/plan/run-plan.ts';
import type { InventoryReading } from '#shared/ports/services.ts';

const silentOf = ({ id: nodeId }: Node, known: InventoryNode | undefined): PlanInventory['silent'][number] => {
  // An instance that the inventory does not have has no agent that anybody knows of.
  if (known === undefined) return { nodeId, state: 'missing' };
  const { lastSeenAt, stopped } = known;
  return {
    nodeId,
    state: agentStateOf(known),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
    ...(stopped === undefined ? {} : { stopped }),
  };
};

/** What a plan was made from: when the clouds were read, and how the agents of its nodes stand that are not online. */
export const inventoryOfPlan = (
  groups: readonly Pick<ResolvedTargets, 'nodes'>[],
  { nodes, readAt }: InventoryReading,
): PlanInventory => {
  const offline = new Map(
    groups.flatMap((group) =>
      group.nodes.filter(({ online }) => !online).map(({ node }): readonly [string, Node] => [node.id, node]),
    ),
  );
  const known = new Map(nodes.map((node) => [instanceKey(node), node]));
  return { readAt, silent: [...offline.values()].map((node) => silentOf(node, known.get(instanceKey(node)))) };
};
