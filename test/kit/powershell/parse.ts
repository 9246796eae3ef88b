import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';
import type { Tree } from './tree.ts';

const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');

const open = async (): Promise<Parser> => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
};

let parser: Promise<Parser> | undefined;

/** A script as the grammar sees it, and every place that is no PowerShell. */
export interface Parsed {
  readonly tree: Tree;
  readonly problems: readonly string[];
}

/** Reads a PowerShell script. */
export const parsePowerShell = async (source: string): Promise<Parsed> => {
  parser ??= open();
  const tree = (await parser).parse(source);
  if (tree === null) throw new Error('The parser gives no tree.');
  const parsed = { tree: treeOf(tree.rootNode), problems: problemsOf(tree.rootNode) };
  tree.delete();
  return parsed;
};

const treeOf = (node: Node): Tree => {
  const children = node.children.filter((child) => child !== null);
  const [only] = children;
  // Each precedence of operators is a level of the grammar: those that only pass on one child are left out, and the trees stay small.
  if (
    children.length === 1 &&
    only !== undefined &&
    only.isNamed &&
    /(?:logical|bitwise|comparison|additive|multiplicative|format|range|array_literal|unary|argument)_(?:argument_)?expression$/.test(
      node.type,
    )
  )
    return treeOf(only);
  const { type, text, startIndex, endIndex, isNamed } = node;
  return {
    type,
    text: children.length === 0 || text.length < 200 ? text : '',
    startIndex,
    endIndex,
    isNamed,
    children: children.map(treeOf),
  };
};

const problemsOf = (node: Node): readonly string[] => {
  const { row, column } = node.startPosition;
  const own = node.isMissing ? 'missing' : node.isError ? 'error' : undefined;
  const here = own === undefined ? [] : [`${row + 1}:${column + 1} ${own} ${node.type} ${node.text.slice(0, 60)}`];
  const below = node.hasError ? node.children.flatMap((child) => (child === null ? [] : problemsOf(child))) : [];
  return [...here, ...below];
};
