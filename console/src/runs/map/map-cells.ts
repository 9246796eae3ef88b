import type { MapGroup, MapPhase, RunMap } from '#shared/contract/map-views.ts';
import type { NodeStatus } from '#shared/model/status.ts';
import { absentLetter, statusLetters, statusOfLetter } from '#shared/model/status-letters.ts';

/** The nodes that a map shows, each with the letter of its status, all three in one order. */
export interface MapCells {
  readonly nodeIds: readonly string[];
  readonly names: readonly string[];
  readonly letters: string;
}

/** Of the statuses of a node in several phases the first of these is shown. */
const worstFirst: readonly NodeStatus[] = [
  'failed',
  'timedOut',
  'lost',
  'undeliverable',
  'aborted',
  'waitingInput',
  'running',
  'ignored',
  'pending',
  'succeeded',
  'skipped',
];
const ranks: ReadonlyMap<string, number> = new Map(worstFirst.map((status, rank) => [statusLetters[status], rank]));
const noRank = worstFirst.length;
const rankOf = (letter: string | undefined): number => ranks.get(letter ?? '') ?? noRank;

/** Letter by letter the worst of several texts of equal length. */
export const worstLetters = (texts: readonly string[], count: number): string => {
  const [first = '', ...others] = texts;
  if (others.length === 0) return first.slice(0, count).padEnd(count, absentLetter);
  const worst: string[] = [];
  for (let at = 0; at < count; at += 1) {
    let letter = first[at] ?? absentLetter;
    for (const text of others) if (rankOf(text[at]) < rankOf(letter)) letter = text[at] ?? absentLetter;
    worst.push(letter);
  }
  return worst.join('');
};

const ownList = (phase: MapPhase): MapCells => ({
  nodeIds: phase.nodeIds ?? [],
  names: phase.names ?? [],
  letters: phase.statuses,
});

const isOwn = (phase: MapPhase): boolean => phase.nodeIds !== undefined;

/** The cells of a group: of one phase, or of all phases together, of each node the worst status. A runner is no node of its group, so it counts only where there is nothing else. */
export const cellsOf = (group: MapGroup, phaseName?: string): MapCells => {
  const { nodeIds = [], names = [], phases } = group;
  const phase = phases.find(({ name }) => name === phaseName);
  if (phase !== undefined && isOwn(phase)) return ownList(phase);
  const texts =
    phase === undefined ? phases.filter((one) => !isOwn(one)).map(({ statuses }) => statuses) : [phase.statuses];
  if (phase === undefined && texts.length === 0) {
    const lists = phases.filter(isOwn).map(ownList);
    return {
      nodeIds: lists.flatMap((list) => list.nodeIds),
      names: lists.flatMap((list) => list.names),
      letters: lists.map(({ letters }) => letters).join(''),
    };
  }
  return { nodeIds, names, letters: worstLetters(texts, nodeIds.length) };
};

/** How many nodes have each status, and how many are in none of the phases shown. */
export const letterCounts = (letters: string): ReadonlyMap<NodeStatus | 'absent', number> => {
  const counts = new Map<NodeStatus | 'absent', number>();
  for (const letter of letters) {
    const status = statusOfLetter(letter) ?? 'absent';
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return counts;
};

/** An answer without lists of nodes (because the caller has them), with the lists of the answer before it. */
export const withLists = (map: RunMap, before: RunMap | undefined): RunMap => {
  if (before === undefined || before.lists !== map.lists) return map;
  return {
    ...map,
    groups: map.groups.map((group, index) => {
      const had = before.groups[index];
      if (group.nodeIds !== undefined || had?.nodeIds === undefined) return group;
      return { ...group, nodeIds: had.nodeIds, names: had.names };
    }),
  };
};
