import { timeText } from '#shared/format/time-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';

/** A fact and its name; without a text it is left out. */
export type Fact = readonly [name: string, text: string | undefined];

/** Facts as lines, their names dim and as wide as the widest. */
export const factsText = (facts: readonly Fact[], style: Style): string => {
  const known = facts.flatMap(([name, text]) => (text === undefined || text === '' ? [] : [{ name, text }]));
  const width = Math.max(...known.map(({ name }) => name.length));
  return known.map(({ name, text }) => `${style.dim(name.padEnd(width))} ${safeLine(text, 400)}\n`).join('');
};

/** When something was done, by whom and why. */
export const doneText = ({
  actor,
  at,
  comment,
}: {
  readonly actor: string;
  readonly at: string;
  readonly comment?: string | undefined;
}): string => `${timeText(at)} by ${actor}${comment === undefined ? '' : `: ${comment}`}`;
