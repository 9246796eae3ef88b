import { createContext, Script } from 'node:vm';
import * as z from 'zod';
import { AppError, messageOf } from '#shared/errors/app-error.ts';

/** A line that matches: its index, and where in it the match begins. */
export type LineMatch = readonly [line: number, start: number];

/** Finds lines. */
export interface LineMatcher {
  /** @throws AppError `search.too-slow` when the pattern takes too long on these lines */
  find(lines: readonly string[]): readonly LineMatch[];
}

/** A block of lines takes milliseconds; patterns that try every way to match a line take years. Nothing else runs meanwhile. */
const patienceMs = 250;

const matchesSchema = z.array(z.tuple([z.number(), z.number()]));

const search = new Script(`
  lines.flatMap((line, index) => {
    const start = line.search(pattern);
    return start < 0 ? [] : [[index, start]];
  })`);

/** Its class is of another realm at times, so the code decides. */
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

/** With Unicode where the pattern allows that: it forbids escapes that stand for nothing, as in `\-`, which other tools take. */
const compile = (pattern: string, flags: string): RegExp => {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch {
    try {
      return new RegExp(pattern, flags);
    } catch (cause) {
      throw new AppError('request.invalid', `The pattern is no regular expression: ${messageOf(cause)}`, { cause });
    }
  }
};

/**
 * Finds lines by a regular expression. It runs apart, where it can be interrupted: JavaScript's expressions go back over what they tried.
 * @throws AppError `request.invalid` for what is no regular expression
 */
export const createLineMatcher = (pattern: string, ignoreCase: boolean): LineMatcher => {
  const scope = createContext({ pattern: compile(pattern, ignoreCase ? 'i' : ''), lines: [] });
  return {
    find: (lines) => {
      scope['lines'] = lines;
      try {
        return matchesSchema.parse(search.runInContext(scope, { timeout: patienceMs }));
      } catch (cause) {
        if (!isTimeout(cause)) throw cause;
        throw new AppError('search.too-slow', 'The pattern takes too long on some line of the output', {
          hint: 'Repetitions inside repetitions, such as (a+)+, try every way to match. Write it without.',
        });
      }
    },
  };
};
