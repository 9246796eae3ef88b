import pMap from 'p-map';
import type { LibraryReadDeps } from '#functions/records/library.ts';
import { pageOfNodes, readingAt, readingPlace } from '#functions/records/reading-place.ts';
import { nodeFilter } from '#functions/records/target-sets.ts';
import { overInventory } from '#functions/targets/over-inventory.ts';
import type { AgentCareView, InstallAgentsRequest, InstallAgentsView } from '#shared/contract/agent-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { didYouMean } from '#shared/expression/nearest-word.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import { scopeOf } from '#shared/ports/agent.ts';
import type { AgentCares } from '#shared/ports/agent-care.ts';
import type { Inventory, InventoryReading, Log } from '#shared/ports/services.ts';
import { type ChosenCare, chooseCare } from './choose-care.ts';

/** Requests to the clouds at once. */
const parallelCalls = 4;

/** What looking after agents needs. */
export interface InstallAgentsDeps extends LibraryReadDeps {
  readonly inventory: Inventory;
  readonly agentCare: AgentCares;
  readonly log: Log;
}

interface Chosen {
  readonly node: InventoryNode;
  readonly care: ChosenCare;
}

/**
 * Installs agents, or brings them up to date, on one page of nodes: what a cloud cannot do is said with what a person can. What was asked for
 * twice is done once more, which does no harm; only a restart, which has to be asked for, is a restart each time.
 * @throws AppError `expression.invalid`, `targets.not-found`, `request.invalid` for a node that there is not, `inventory.unavailable`
 */
export const installAgents =
  (deps: InstallAgentsDeps) =>
  async (request: InstallAgentsRequest, actor: string): Promise<InstallAgentsView> => {
    const { dryRun, cursor, limit } = request;
    const place = readingPlace(cursor);
    const { reading, nodes } = await findNodes(deps, request);
    const page = pageOfNodes(reading, nodes, { place, limit });
    const chosen = page.items.map((node): Chosen => ({ node, care: chooseCare(node) }));
    const done = dryRun ? new Map<string, ChosenCare>() : await bringAll(deps, chosen, request);
    if (!dryRun) deps.log.info('agents.brought', { actor, nodes: done.size });
    return {
      dryRun,
      items: chosen.map(({ node, care }) => viewOf(node, done.get(node.id) ?? care)),
      ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
      readAt: reading.readAt,
    };
  };

interface FoundNodes {
  readonly reading: InventoryReading;
  readonly nodes: readonly InventoryNode[];
}

/** Nodes that are meant; one that was named and is not in an earlier reading has the clouds read anew. */
const findNodes = async (
  deps: InstallAgentsDeps,
  { where, set, nodes: named, cursor }: InstallAgentsRequest,
): Promise<FoundNodes> => {
  const { inventory } = deps;
  const isMeant = await nodeFilter(deps, { where, set });
  const wish = { maxAgeSeconds: inventory.ages.plannedSeconds };
  const place = readingPlace(cursor);
  const look = (reading: InventoryReading) => {
    const words = new Set(named);
    const known = new Set(reading.nodes.flatMap(({ id, name }) => [id, name]));
    const unknown = (named ?? []).filter((word) => !known.has(word));
    if (reading.fresh && unknown[0] !== undefined) throw notThere(unknown[0], [...known]);
    const nodes = reading.nodes.filter(
      (node) => (named === undefined || words.has(node.id) || words.has(node.name)) && isMeant(node),
    );
    return { value: { reading, nodes }, complete: unknown.length === 0 };
  };
  if (place === undefined) return overInventory(inventory, wish.maxAgeSeconds, look);
  return look(await readingAt(inventory, place, wish)).value;
};

const notThere = (word: string, known: readonly string[]): AppError =>
  new AppError('request.invalid', `There is no node '${word}'`, {
    places: [{ path: '/nodes', message: `'${word}' is neither id nor name of a node` }],
    hint: didYouMean(word, known) ?? 'List the nodes with: drover nodes list',
  });

const viewOf = (node: InventoryNode, { action, says, advice }: ChosenCare): AgentCareView => ({
  nodeId: node.id,
  name: node.name,
  agent: node.agent,
  ...scopeOf(node),
  action,
  says,
  ...(advice === undefined ? {} : { advice }),
});

/** Does what the clouds can do; the answer is by node. A cloud that does not answer is said of its nodes, as others were done already. */
const bringAll = async (
  { agentCare }: InstallAgentsDeps,
  chosen: readonly Chosen[],
  { reboot }: InstallAgentsRequest,
): Promise<ReadonlyMap<string, ChosenCare>> => {
  const able = chosen.filter(({ care }) => care.action === 'install' || care.action === 'update');
  const parts = [...Map.groupBy(able, ({ node }) => `${node.agent} ${node.account ?? ''} ${node.region}`).values()];
  const batches = parts.flatMap((part) => inPieces(part, agentCare));
  const results = await pMap(batches, (batch) => bring(agentCare, batch, reboot), { concurrency: parallelCalls });
  return new Map(results.flat());
};

const inPieces = (part: readonly Chosen[], agentCare: AgentCares): readonly (readonly Chosen[])[] => {
  const size = agentCare[part[0]?.node.agent ?? 'aws'].instances;
  return Array.from({ length: Math.ceil(part.length / size) }, (_, i) => part.slice(i * size, (i + 1) * size));
};

const bring = async (
  agentCare: AgentCares,
  batch: readonly Chosen[],
  reboot: boolean,
): Promise<readonly (readonly [string, ChosenCare])[]> => {
  const [first] = batch;
  if (first === undefined) return [];
  const instanceIds = batch.map(({ node }) => node.instanceId);
  try {
    const results = await agentCare[first.node.agent].bring({ ...scopeOf(first.node), instanceIds, reboot });
    const byId = new Map(results.map((one) => [one.instanceId, one]));
    return batch.map(({ node, care }) => {
      const result = byId.get(node.instanceId);
      const says = result?.says ?? 'was not answered for';
      return [node.id, { action: result?.refused === false ? care.action : 'refused', says }];
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { message, hint } = error;
    return batch.map(({ node }) => [
      node.id,
      { action: 'refused', says: message, ...(hint === undefined ? {} : { advice: hint }) },
    ]);
  }
};
