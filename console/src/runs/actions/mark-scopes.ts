import type { IgnoreRequest } from '#shared/contract/requests.ts';
import type { NodeRow } from '#shared/contract/run-views.ts';

/** Which nodes of which phase are marked with one request. */
export type MarkScope = IgnoreRequest['only'];

/** Most nodes that one request names. */
const mostNodes = 10_000;

/** A node in a phase of a group. */
export type NodePlace = Pick<NodeRow, 'nodeId' | 'group' | 'phase'>;

/** Names a place; no two have the same. */
export const placeKey = ({ nodeId, group, phase }: NodePlace): string => JSON.stringify([group, phase, nodeId]);

/** Chosen places as requests: one for each phase, so that none names a node in a phase in which it was not chosen. */
export const markScopes = (places: readonly NodePlace[]): readonly MarkScope[] =>
  [...Map.groupBy(places, ({ group, phase }) => JSON.stringify([group, phase])).values()].flatMap((some) => {
    const [first] = some;
    if (first === undefined) return [];
    const ids = [...new Set(some.map(({ nodeId }) => nodeId))];
    return Array.from({ length: Math.ceil(ids.length / mostNodes) }, (_, index) => ({
      groups: [first.group],
      phases: [first.phase],
      nodes: ids.slice(index * mostNodes, (index + 1) * mostNodes),
    }));
  });
