import { Script } from 'node:vm';
import { readJson } from '#functions/records/json-blob.ts';
import { textBlobSchema } from '#functions/records/text-blob.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import type { SelectorTerm } from '#shared/plan/outcome-selector.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** Text that one request looks through at most. */
const mostBytes = 128 * 1024 * 1024;

/** Time that the patterns of one request may take in all. Some patterns take for ever on some texts. */
const mostMs = 5000;

/** Looks for patterns in the stored output of operations. */
export interface OutputMatcher {
  /**
   * True when one of these results printed what one of the patterns describes.
   * @throws AppError `request.invalid` when there is too much to look through, or a pattern takes too long
   */
  matches(results: readonly ResultRecord[]): Promise<boolean>;
}

type Pattern = SelectorTerm & { readonly kind: 'output' };

const search = new Script('patterns.some((pattern) => pattern.test(text))');

/** A matcher for one request. */
export const createOutputMatcher = (blobs: Blobs, patterns: readonly Pattern[]): OutputMatcher => {
  const expressions = patterns.map(({ pattern, flags }) => new RegExp(pattern, flags));
  let [bytes, ms] = [0, 0];
  const test = (text: string): boolean => {
    bytes += text.length;
    if (bytes > mostBytes) throw tooMuch();
    const before = performance.now();
    try {
      // Only here can a pattern that goes on and on be stopped.
      return search.runInNewContext({ patterns: expressions, text }, { timeout: Math.max(1, mostMs - ms) }) === true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw tooSlow();
      throw error;
    } finally {
      ms += performance.now() - before;
    }
  };
  const textsOf = async ({ outcome }: ResultRecord): Promise<readonly string[]> => {
    if (outcome.textBlob === null) return [outcome.stdout, outcome.stderr];
    const { stdout, stderr } = await readJson(blobs, outcome.textBlob, textBlobSchema);
    return [stdout, stderr];
  };
  return {
    matches: async (results) => {
      if (expressions.length === 0) return false;
      for (const result of results)
        for (const text of await textsOf(result)) if (text !== '' && test(text)) return true;
      return false;
    },
  };
};

const tooMuch = (): AppError =>
  new AppError(
    'request.invalid',
    `The output is larger than the ${mostBytes / 1024 / 1024} MiB that one request looks through`,
    {
      hint: 'Narrow it with --phase, --group or --node.',
    },
  );

const tooSlow = (): AppError =>
  new AppError('request.invalid', `The pattern takes more than ${mostMs / 1000} seconds`, {
    hint: 'Write it without nested repetitions, or narrow it with --phase, --group or --node.',
  });
