import type { NodeRowsQuery } from '#shared/contract/requests.ts';
import { type NodeStatus, nodeStatuses } from '#shared/model/status.ts';

/** Which nodes are shown; it stands in the address, so that a link shows the same. */
export interface NodeFilters {
  readonly statuses: readonly NodeStatus[];
  readonly phase: string | undefined;
  /** Part of a name. */
  readonly name: string;
}

const isNodeStatus = (text: string): text is NodeStatus => nodeStatuses.some((status) => status === text);

/** Filters of an address; what it does not know it leaves out. */
export const readFilters = (search: URLSearchParams): NodeFilters => ({
  statuses: [...new Set((search.get('status') ?? '').split(',').filter(isNodeStatus))],
  phase: search.get('phase') ?? undefined,
  name: search.get('name') ?? '',
});

/** The address with other values; an empty one leaves it. */
export const withParams = (
  search: URLSearchParams,
  changes: Readonly<Record<string, string | undefined>>,
): URLSearchParams => {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined || value === '') next.delete(name);
    else next.set(name, value);
  return next;
};

/** What the server is asked for; parts of names are looked for in what it answers. */
export const filterQuery = ({ statuses, phase }: NodeFilters): Partial<NodeRowsQuery> => ({
  ...(statuses.length === 0 ? {} : { status: [...statuses] }),
  ...(phase === undefined ? {} : { phase }),
});

/** True when a node is called so, whatever the case. */
export const isCalled = (node: { readonly name: string; readonly nodeId: string }, part: string): boolean => {
  const wanted = part.trim().toLowerCase();
  return wanted === '' || node.name.toLowerCase().includes(wanted) || node.nodeId.toLowerCase().includes(wanted);
};

/** A status more or less in a list. */
export const toggled = <T>(list: readonly T[], one: T): readonly T[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
