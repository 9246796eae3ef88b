import type { ResolvedTargets } from '#functions/targets/resolve-targets.ts';
import type { PlanInventory } from '#shared/plan/run-plan.ts';
import type { InventoryReading } from '#shared/ports/services.ts';

/** What a plan was made from: when the clouds were read, and since when the agents of its nodes that are not online are silent. */
export const inventoryOfPlan = (
  groups: readonly Pick<ResolvedTargets, 'nodes'>[],
  { nodes, readAt }: InventoryReading,
): PlanInventory => {
  const offline = new Set(
    groups.flatMap((group) => group.nodes.filter(({ online }) => !online).map(({ node }) => node.id)),
  );
  const known = new Map(nodes.map((node) => [node.id, node]));
  return {
    readAt,
    silent: [...offline].map((nodeId) => {
      const lastSeenAt = known.get(nodeId)?.lastSeenAt;
      return { nodeId, ...(lastSeenAt === undefined ? {} : { lastSeenAt }) };
    }),
  };
};
