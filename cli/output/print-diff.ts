import { type NamedText, unifiedDiff } from '#shared/format/text-diff.ts';
import type { Session } from '../session.ts';
import { diffText } from './text-diff.ts';

/** Prints what differs between two texts; nothing when they are equal. Answers exit code 0. */
export const printDiff = (session: Session, [before, after]: readonly [NamedText, NamedText]): number => {
  const diff = unifiedDiff(before, after);
  const value = { before: before.label, after: after.label, same: diff === '', diff };
  session.print(value, () => diffText(diff, session.style));
  if (diff === '') session.say(`${before.label} and ${after.label} are the same`);
  return 0;
};
