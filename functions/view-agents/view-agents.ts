import type { LibraryReadDeps } from '#functions/records/library.ts';
import { nodeFilter } from '#functions/records/target-sets.ts';
import type { AgentPlace, AgentsQuery, AgentsView, LackingAgent } from '#shared/contract/agent-views.ts';
import { agentStateOf, type InventoryNode } from '#shared/model/node.ts';
import { scopeOf } from '#shared/ports/agent.ts';
import type { Inventory } from '#shared/ports/services.ts';

/**
 * How the agents stand, by cloud, account and region. Where the clouds cannot be read, the latest reading is shown, with the reason.
 * @throws AppError `expression.invalid`, `targets.not-found`, `inventory.unavailable` when there is no reading at all
 */
export const viewAgents =
  (deps: LibraryReadDeps & { readonly inventory: Inventory }) =>
  async ({ where, set, refresh = false, limit }: AgentsQuery): Promise<AgentsView> => {
    const { inventory } = deps;
    const isMeant = await nodeFilter(deps, { where, set });
    const maxAgeSeconds = refresh ? 0 : inventory.ages.shownSeconds;
    const { nodes, readAt, problem } = await inventory.list({ maxAgeSeconds, orOlder: true });
    const wanted = nodes.filter(isMeant);
    const lacking = [
      ...wanted.filter((node) => agentStateOf(node) === 'missing'),
      ...wanted.filter((node) => agentStateOf(node) === 'silent'),
    ];
    return {
      places: [...Map.groupBy(wanted, placeKey)].toSorted(byKey).flatMap(([, its]) => placeOf(its)),
      lacking: lacking.slice(0, limit).map(lackingOf),
      omitted: Math.max(0, lacking.length - limit),
      readAt,
      ...(problem === undefined ? {} : { problem }),
    };
  };

const placeKey = ({ agent, account = '', region }: InventoryNode): string => `${agent} ${account} ${region}`;

const byKey = ([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number =>
  one < other ? -1 : 1;

const placeOf = (nodes: readonly InventoryNode[]): readonly AgentPlace[] => {
  const [first] = nodes;
  if (first === undefined) return [];
  const countOf = (state: ReturnType<typeof agentStateOf>) =>
    nodes.filter((node) => agentStateOf(node) === state).length;
  const place = {
    agent: first.agent,
    ...scopeOf(first),
    online: countOf('online'),
    silent: countOf('silent'),
    missing: countOf('missing'),
    stopped: nodes.filter(({ stopped }) => stopped === true).length,
    versions: versionsOf(nodes),
  };
  return [place];
};

const versionsOf = (nodes: readonly InventoryNode[]): AgentPlace['versions'] => {
  const known = nodes.flatMap(({ agentVersion, agentOutdated }) =>
    agentVersion === undefined ? [] : [{ version: agentVersion, outdated: agentOutdated }],
  );
  return [...Map.groupBy(known, ({ version }) => version)]
    .map(([version, its]) => ({
      version,
      count: its.length,
      ...(its.every(({ outdated }) => outdated === undefined)
        ? {}
        : { outdated: its.filter(({ outdated }) => outdated === true).length }),
    }))
    .toSorted((one, other) => other.count - one.count || (one.version < other.version ? 1 : -1));
};

const lackingOf = (node: InventoryNode): LackingAgent => ({
  agent: node.agent,
  ...scopeOf(node),
  nodeId: node.id,
  name: node.name,
  state: agentStateOf(node),
  ...(node.agentVersion === undefined ? {} : { version: node.agentVersion }),
  ...(node.lastSeenAt === undefined ? {} : { lastSeenAt: node.lastSeenAt }),
  ...(node.stopped === undefined ? {} : { stopped: node.stopped }),
});
