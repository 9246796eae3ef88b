import type { Tried } from './campaign.ts';
import { formatCase, replayCommand } from './cases.ts';
import type { Candidate } from './sample.ts';

/** Lines on a case that went wrong. */
export const failureText = ({ case: one, verdict }: Tried): string =>
  [
    `FAILED: ${formatCase(one)} (seed ${one.seed})`,
    ...verdict.problems.map((problem) => `  ${problem}`),
    `  again: ${replayCommand(one)}`,
  ].join('\n');

const share = (part: number, all: number): string =>
  `${part} of ${all} (${all === 0 ? 100 : Math.floor((100 * part) / all)} %)`;

/** What was tried of all that can be. */
export const coverageText = (candidates: readonly Candidate[], tried: readonly Tried[]): string => {
  const struck = new Set(tried.filter(({ verdict }) => verdict.struck > 0).map((one) => formatCase(one.case)));
  const hit = candidates.filter((one) => struck.has(formatCase(one.case)));
  const kinds = (some: readonly Candidate[]) => new Set(some.map((one) => one.stratum)).size;
  const kills = (some: readonly Candidate[]) => some.filter((one) => one.case.fault.kind.startsWith('kill-'));
  const missed = tried.filter(({ verdict }) => verdict.struck === 0);
  const all = tried.reduce((sum, { verdict }) => sum + verdict.struck, 0);
  return [
    `Faults that struck: ${all}, in ${tried.length} runs; Drover was started ${tried.reduce((sum, one) => sum + one.verdict.lives, 0)} times.`,
    `Boundaries at which the process was killed: ${share(kills(hit).length, kills(candidates).length)}.`,
    `Places x faults: ${share(hit.length, candidates.length)}; kinds of place x fault: ${share(kinds(hit), kinds(candidates))}.`,
    ...(missed.length === 0 ? [] : [`Not reached this time, as the order of events differed: ${missed.length}.`]),
    `Runs that went wrong: ${tried.filter(({ verdict }) => verdict.problems.length > 0).length}.`,
  ].join('\n');
};
