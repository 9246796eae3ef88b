import { foldNames } from './fold-names.ts';

/** What makes two nodes' answers equal. */
export interface NodeOutput {
  readonly name: string;
  readonly status: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Nodes that answered the same. */
export interface OutputGroup extends Omit<NodeOutput, 'name'> {
  /** Names of the nodes, in natural order. */
  readonly nodes: readonly string[];
  /** The same names in short, as `web-[1-40,42]`. */
  readonly folded: string;
}

const keyOf = ({ status, exitCode, stdout, stderr }: NodeOutput): string =>
  JSON.stringify([status, exitCode, stdout, stderr]);

const compareNames = (a: string, b: string): number =>
  a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0);

const toGroup = (outputs: readonly NodeOutput[]): readonly OutputGroup[] => {
  const [first] = outputs;
  if (first === undefined) return [];
  const nodes = outputs.map(({ name }) => name).toSorted(compareNames);
  const { status, exitCode, stdout, stderr } = first;
  return [{ nodes, folded: foldNames(nodes).join(' '), status, exitCode, stdout, stderr }];
};

/** Nodes grouped by equal status, exit code and output; the largest group first, equally large ones by their first node. */
export const groupOutputs = (outputs: Iterable<NodeOutput>): readonly OutputGroup[] =>
  [...Map.groupBy(outputs, keyOf).values()]
    .flatMap(toGroup)
    .toSorted((a, b) => b.nodes.length - a.nodes.length || compareNames(a.nodes[0] ?? '', b.nodes[0] ?? ''));
