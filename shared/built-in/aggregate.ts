import type { Node } from '../model/node.ts';
import type { Aggregate } from '../model/operation.ts';

/** Longest result, in UTF-8 bytes: it is kept as one item of the table. */
export const maxAggregateBytes = 262_144;

/** The value that a node wrote. */
export interface NodeValue {
  readonly node: Pick<Node, 'id' | 'name' | 'host'>;
  readonly value: string;
}

/** What was gathered, or why it could not be. */
export type Gathered = { readonly value: string } | { readonly reason: string };

/** Gathers the values of nodes, in the order given. */
export const aggregateValues = ({ as, by, separator, from }: Aggregate, values: readonly NodeValue[]): Gathered => {
  if (as === 'map') return asMap(by, values);
  if (as === 'list') return bounded(JSON.stringify(values.map(({ value }) => value)));
  if (as === 'text') return bounded(values.map(({ value }) => value).join(separator));
  const [first] = values;
  return first === undefined ? { reason: `No node has an output ${from}.` } : { value: first.value };
};

const asMap = (by: Aggregate['by'], values: readonly NodeValue[]): Gathered => {
  const map = new Map<string, string>();
  for (const { node, value } of values) {
    if (map.has(node[by])) return { reason: `Two nodes have the ${by} '${node[by]}': gather them by id.` };
    map.set(node[by], value);
  }
  return bounded(JSON.stringify(Object.fromEntries(map)));
};

const bounded = (text: string): Gathered => {
  const bytes = new TextEncoder().encode(text).length;
  return bytes <= maxAggregateBytes
    ? { value: text }
    : { reason: `What was gathered is ${bytes} bytes long; at most ${maxAggregateBytes} are kept.` };
};
