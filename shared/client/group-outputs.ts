import { type Stream, streams } from '../script/upload-key.ts';
import { foldNames } from './fold-names.ts';

/** What makes two nodes' answers equal. */
export interface NodeOutput {
  readonly name: string;
  readonly status: string;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Streams of which the text shows head and tail only. */
  readonly uploads?: NodeUploads | undefined;
}

type UploadedBytes = { readonly bytes: number; readonly sha256: string | null } | undefined;
type NodeUploads = { readonly [S in Stream]?: UploadedBytes };

/** Nodes that answered the same. */
export interface OutputGroup extends Omit<NodeOutput, 'name'> {
  /** Names of the nodes, in natural order. */
  readonly nodes: readonly string[];
  /** The same names in short, as `web-[1-40,42]`. */
  readonly folded: string;
}

/** What tells long streams apart. One without a digest is like no other: nobody can tell. */
const uploadKey = ({ name, uploads }: NodeOutput, stream: Stream): readonly unknown[] | undefined => {
  const upload = uploads?.[stream];
  return upload && [upload.bytes, upload.sha256 ?? name];
};

const keyOf = (output: NodeOutput): string => {
  const { status, exitCode, stdout, stderr } = output;
  return JSON.stringify([status, exitCode, stdout, stderr, ...streams.map((stream) => uploadKey(output, stream))]);
};

const compareNames = (a: string, b: string): number =>
  a.localeCompare(b, 'en', { numeric: true }) || (a < b ? -1 : a > b ? 1 : 0);

/** A group, and what it was made of. */
export interface GroupWithMembers<T> {
  readonly group: OutputGroup;
  readonly members: readonly T[];
}

const toGroup = <T extends NodeOutput>(members: readonly T[]): readonly GroupWithMembers<T>[] => {
  const [first] = members;
  if (first === undefined) return [];
  const nodes = members.map(({ name }) => name).toSorted(compareNames);
  const { name: _name, status, exitCode, stdout, stderr, uploads } = first;
  const text = { status, exitCode, stdout, stderr, ...(uploads === undefined ? {} : { uploads }) };
  return [{ group: { nodes, folded: foldNames(nodes).join(' '), ...text }, members }];
};

const compareGroups = (a: OutputGroup, b: OutputGroup): number =>
  b.nodes.length - a.nodes.length || compareNames(a.nodes[0] ?? '', b.nodes[0] ?? '');

/** As {@link groupOutputs}, with what each group was made of. */
export const groupWithMembers = <T extends NodeOutput>(outputs: Iterable<T>): readonly GroupWithMembers<T>[] =>
  [...Map.groupBy(outputs, keyOf).values()].flatMap(toGroup).toSorted((a, b) => compareGroups(a.group, b.group));

/** Nodes grouped by equal status, exit code and output; the largest group first, equally large ones by their first node. */
export const groupOutputs = (outputs: Iterable<NodeOutput>): readonly OutputGroup[] =>
  groupWithMembers(outputs).map(({ group }) => group);
