import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';

export type { Node } from 'web-tree-sitter';

const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');

const open = async (): Promise<Parser> => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(grammar));
  return parser;
};

let parser: Promise<Parser> | undefined;

/** The syntax tree of a PowerShell script. */
export const parsePowerShell = async (text: string): Promise<Node> => {
  parser ??= open();
  const tree = (await parser).parse(text);
  if (tree === null) throw new Error('The parser gives no tree.');
  return tree.rootNode;
};

/** Every place that is no PowerShell, as the grammar sees it. */
export const syntaxProblems = (root: Node): readonly string[] => {
  const problems: string[] = [];
  const walk = (node: Node): void => {
    if (node.isError || node.isMissing) {
      const { row, column } = node.startPosition;
      problems.push(
        `${row + 1}:${column + 1} ${node.isMissing ? 'missing' : 'error'} ${node.type} ${node.text.slice(0, 60)}`,
      );
    }
    for (const child of node.children) if (child !== null && (child.hasError || child.isMissing)) walk(child);
  };
  walk(root);
  return problems;
};

/** Every node of a type, in order. */
export const nodesOf = (root: Node, type: string): readonly Node[] =>
  root.descendantsOfType(type).filter((node) => node !== null);
