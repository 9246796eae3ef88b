import type { Node } from '#shared/model/node.ts';

/** Whether a node is one of those that a person named, by id or by name. */
export const byNodeNames = (names: readonly string[]): ((node: Pick<Node, 'id' | 'name'>) => boolean) => {
  const named = new Set(names);
  return ({ id, name }) => named.has(id) || named.has(name);
};
