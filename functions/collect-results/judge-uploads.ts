import { createLineMatcher } from '#functions/records/line-matcher.ts';
import { linesOf } from '#functions/records/lines-of.ts';
import { openOutput } from '#functions/records/output-stream.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { Outcome } from '#shared/model/outcome.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { type Stream, streams } from '#shared/script/upload-key.ts';

const asked = ({ failOn }: Pick<Operation, 'failOn'>): readonly Stream[] =>
  streams.filter((stream) => (failOn?.in ?? 'both') === 'both' || failOn?.in === stream);

/** The first line of a stream that matches, as the reason of a failure. */
const whyLineFails = async (
  chunks: AsyncIterable<Uint8Array>,
  patterns: readonly string[],
  ignoreCase: boolean,
): Promise<string | undefined> => {
  const matchers = patterns.map((pattern) => ({ pattern, matcher: createLineMatcher(pattern, ignoreCase) }));
  for await (const { lines } of linesOf(chunks, { offset: 0, line: 1 }))
    for (const { pattern, matcher } of matchers) {
      const [first] = matcher.find(lines);
      const line = first && lines[first[0]];
      if (line !== undefined) return `Its output has a line that matches ${pattern}: ${line.trim().slice(0, 200)}`;
    }
  return undefined;
};

/**
 * The rule `failOn` on all of long output: the text of an outcome has its head and tail only. A pattern that takes too long is a failure too, as
 * nobody can tell.
 */
export const judgeUploads = async (
  blobs: Blobs,
  operation: Pick<Operation, 'failOn'>,
  outcome: Outcome,
): Promise<Outcome> => {
  const { patterns = [], ignoreCase = false } = operation.failOn ?? {};
  if (outcome.status !== 'succeeded' || patterns.length === 0) return outcome;
  for (const stream of asked(operation)) {
    if (outcome.uploads?.[stream] === undefined) continue;
    const { read } = await openOutput(blobs, outcome, stream);
    const reason = await whyLineFails(read(0), patterns, ignoreCase).catch((error: unknown) => {
      if (isAppError(error) && error.code === 'search.too-slow') return `failOn: ${error.message}`;
      throw error;
    });
    if (reason !== undefined) return { ...outcome, status: 'failed', reason: reason.slice(0, 1024) };
  }
  return outcome;
};
