import { type NodeStatus, nodeStatuses } from './status.ts';

/** One letter for each status, so that the statuses of many nodes are one short text. Stored and sent: a letter never changes its meaning. */
export const statusLetters = {
  pending: 'p',
  running: 'r',
  waitingInput: 'w',
  succeeded: 's',
  failed: 'f',
  ignored: 'i',
  skipped: 'k',
  timedOut: 't',
  undeliverable: 'u',
  lost: 'l',
  aborted: 'a',
} as const satisfies Readonly<Record<NodeStatus, string>>;

/** The letter of a node that is not in a phase. */
export const absentLetter = '.';

const statuses: ReadonlyMap<string, NodeStatus> = new Map(
  nodeStatuses.map((status) => [statusLetters[status], status]),
);

/** The letters of statuses, in their order. */
export const lettersOf = (list: readonly NodeStatus[]): string => list.map((status) => statusLetters[status]).join('');

/** What a letter says; undefined for {@link absentLetter}, and for one that this version does not know. */
export const statusOfLetter = (letter: string): NodeStatus | undefined => statuses.get(letter);
