import type { TurnView, WaitView } from '#shared/contract/lock-views.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import { safeLine } from './safe-text.ts';

/** Batches that wait are told one by one up to here. */
const mostWaits = 3;

const batches = (count: number): string => `${count} more ${count === 1 ? 'batch waits' : 'batches wait'}`;

/** Where a run stands in line: `waiting: place 2 behind run X (key deploy)`; undefined when it does not wait. */
export const turnText = ({ state, place, behind, key }: TurnView): string | undefined => {
  if (state !== 'waiting') return undefined;
  const last = behind.at(-1);
  const who = last === undefined ? '' : ` behind run ${last.runId}`;
  return `waiting: place ${place ?? 1}${who} (key ${safeLine(key, 60)})`;
};

const waitText = ({ group, phase, nodes, message }: WaitView): string =>
  `waiting: ${nodes} ${nodes === 1 ? 'node' : 'nodes'} of ${group}/${phase}: ${safeLine(message, 160)}`;

/** What a run waits for that others have: its turn, nodes, disruption budgets. Empty when it waits for nothing of the kind. */
export const waitingLines = ({ turn, waits = [] }: Pick<RunView, 'turn' | 'waits'>): readonly string[] => {
  const inLine = turn === undefined ? undefined : turnText(turn);
  const shown = waits.slice(0, mostWaits).map(waitText);
  const rest = waits.length - shown.length;
  return [...(inLine === undefined ? [] : [inLine]), ...shown, ...(rest > 0 ? [`waiting: ${batches(rest)}`] : [])];
};
