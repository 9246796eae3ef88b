/** A node of a syntax tree as data, so that it can be handed to another process, which then needs no grammar. */
export interface Tree {
  readonly type: string;
  readonly text: string;
  readonly startIndex: number;
  readonly endIndex: number;
  readonly isNamed: boolean;
  readonly children: readonly Tree[];
}

/** The children that the grammar has a name for. */
export const named = (node: Tree): readonly Tree[] => node.children.filter((child) => child.isNamed);

/** Every node of a type below a node, in order. */
export const nodesOf = (node: Tree, type: string): readonly Tree[] =>
  node.children.flatMap((child) => [...(child.type === type ? [child] : []), ...nodesOf(child, type)]);
