import { createLineMatcher } from '#functions/records/line-matcher.ts';
import { linesOf } from '#functions/records/lines-of.ts';
import { openOutput } from '#functions/records/output-stream.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import type { SelectorTerm } from '#shared/plan/outcome-selector.ts';
import type { Blobs, Clock } from '#shared/ports/services.ts';
import { streams } from '#shared/script/upload-key.ts';

/** One request looks through output for no longer than this: API Gateway waits 30 seconds. */
const patienceMs = 15_000;

/** Looks for patterns in the output of operations, all of it that is kept, line by line. */
export interface OutputMatcher {
  /**
   * True when one of these results printed a line that one of the patterns describes.
   * @throws AppError `request.invalid` when there is too much to look through, `search.too-slow`, `output.not-found`, `output.damaged`
   */
  matches(results: readonly ResultRecord[]): Promise<boolean>;
}

type Pattern = SelectorTerm & { readonly kind: 'output' };

/** A matcher for one request. */
export const createOutputMatcher = (
  { blobs, clock }: { readonly blobs: Blobs; readonly clock: Clock },
  patterns: readonly Pattern[],
): OutputMatcher => {
  const matchers = patterns.map(({ pattern, ignoreCase }) => createLineMatcher(pattern, ignoreCase));
  let spentMs = 0;
  const isIn = async ({ outcome }: ResultRecord): Promise<boolean> => {
    for (const stream of streams) {
      const { read } = await openOutput(blobs, outcome, stream);
      for await (const { lines } of linesOf(read(0), { offset: 0, line: 1 }))
        if (matchers.some((matcher) => matcher.find(lines).length > 0)) return true;
    }
    return false;
  };
  return {
    matches: async (results) => {
      if (matchers.length === 0) return false;
      for (const result of results) {
        const beganMs = clock.now();
        const found = await isIn(result);
        spentMs += clock.now() - beganMs;
        if (found) return true;
        if (spentMs > patienceMs) throw tooMuch();
      }
      return false;
    },
  };
};

const tooMuch = (): AppError =>
  new AppError(
    'request.invalid',
    `There is more output than one request looks through in ${patienceMs / 1000} seconds`,
    { hint: 'Narrow it with --phase, --group or --node, and retry part by part.' },
  );
