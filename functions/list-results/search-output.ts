import { requireRun } from '#functions/records/change-run.ts';
import { openOutput } from '#functions/records/output-stream.ts';
import type { SearchQuery } from '#shared/contract/requests.ts';
import type { OutputMatch } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { type Stream, streams } from '#shared/script/upload-key.ts';
import { type FoundResult, findInBatch, placeOf, resultSources } from './find-results.ts';
import { createLineMatcher, type LineMatcher } from './line-matcher.ts';
import { linesOf } from './lines-of.ts';
import type { ListResultsDeps } from './list-results.ts';
import { cursorNumbers, orderLength } from './paging.ts';
import { compareOrder, listSources, type Source } from './sources.ts';

/** What searching needs. */
export interface SearchOutputDeps extends ListResultsDeps {
  readonly clock: Clock;
}

/** A request searches no longer than this, and goes on where it stopped with the next: API Gateway waits 30 seconds. */
const patienceMs = 10_000;

/** Characters of a long line that are shown, and how many of them before the match. */
const shownCharacters = 1000;
const shownBefore = 200;

/** A place in the output of a run. */
interface SearchPlace {
  readonly order: readonly number[];
  /** Place of the result in its batch. */
  readonly row: number;
  readonly stream: number;
  readonly offset: number;
  readonly line: number;
}

const parsePlace = (cursor: string): SearchPlace => {
  const numbers = cursorNumbers(cursor, orderLength + 4);
  const [row = 0, stream = 0, offset = 0, line = 1] = numbers.slice(orderLength);
  return { order: numbers.slice(0, orderLength), row, stream, offset, line };
};

const formatPlace = ({ order, row, stream, offset, line }: SearchPlace): string =>
  [...order, row, stream, offset, line].join('.');

const startOf = ({ order }: Source): SearchPlace => ({ order, row: 0, stream: 0, offset: 0, line: 1 });

/** One search under way: what it found, and until when it may go on. */
interface Search {
  readonly deps: SearchOutputDeps;
  readonly query: SearchQuery;
  readonly matcher: LineMatcher;
  readonly matches: OutputMatch[];
  readonly untilMs: number;
}

const shown = (line: string, start: number): string => {
  if (line.length <= shownCharacters) return line;
  const from = Math.max(0, start - shownBefore);
  return `${from > 0 ? '…' : ''}${line.slice(from, from + shownCharacters)}…`;
};

/** Searches one stream from a place on; the place to go on from when the page is full or the time is over. */
const searchStream = async (
  search: Search,
  found: FoundResult,
  { stream, from }: { readonly stream: Stream; readonly from: { readonly offset: number; readonly line: number } },
): Promise<{ readonly offset: number; readonly line: number } | undefined> => {
  const { deps, query, matcher, matches } = search;
  const output = await openOutput(deps.blobs, found.result.outcome, stream);
  for await (const block of linesOf(output.read(from.offset), from)) {
    for (const [index, start] of matcher.find(block.lines)) {
      const place = { offset: block.offsetOf(index), line: block.firstLine + index };
      if (matches.length === query.limit) return place;
      matches.push({ ...placeOf(found), stream, ...place, text: shown(block.lines[index] ?? '', start) });
    }
    const isOver = deps.clock.now() >= search.untilMs;
    if (isOver) return { offset: block.endOffset, line: block.firstLine + block.lines.length };
  }
  return undefined;
};

/** Searches a batch from a place on; where to go on from, or undefined when it is through. */
const searchBatch = async (
  search: Search,
  { runId, source, from }: { readonly runId: RunId; readonly source: Source; readonly from: SearchPlace | undefined },
): Promise<SearchPlace | undefined> => {
  const rows = await findInBatch(search.deps, runId, { source, filter: search.query });
  for (const [row, found] of Object.entries(rows).map(([index, one]) => [Number(index), one] as const)) {
    if (found === undefined || row < (from?.row ?? 0)) continue;
    const isFirst = row === from?.row;
    for (const [index, stream] of streams.entries()) {
      if (search.query.in !== 'both' && search.query.in !== stream) continue;
      if (isFirst && index < from.stream) continue;
      const start = isFirst && index === from.stream ? from : { offset: 0, line: 1 };
      const next = await searchStream(search, found, { stream, from: start });
      if (next) return { order: source.order, row, stream: index, ...next };
    }
  }
  return undefined;
};

/**
 * Lines of the output of all nodes that match a pattern, in the order of the plan; complete output is searched, also what only blobs hold. What
 * steers a terminal is not matched. A page may end early, even empty, when the time is over: its cursor says that there is more.
 * @throws AppError `run.not-found`, `request.invalid`, `search.too-slow`, `output.not-found`, `output.damaged`
 */
export const searchOutput =
  (deps: SearchOutputDeps) =>
  async (runId: RunId, query: SearchQuery): Promise<Page<OutputMatch>> => {
    const run = await requireRun(deps.store, runId);
    const sources = resultSources(await listSources(deps, run, await deps.json.job(run)), query);
    const from = query.cursor === undefined ? undefined : parsePlace(query.cursor);
    const search: Search = {
      deps,
      query,
      matcher: createLineMatcher(query.pattern, query.ignoreCase),
      matches: [],
      untilMs: deps.clock.now() + patienceMs,
    };
    for (const source of sources) {
      const place = from === undefined ? 1 : compareOrder(source.order, from.order);
      if (place < 0) continue;
      if (deps.clock.now() >= search.untilMs) return { items: search.matches, cursor: formatPlace(startOf(source)) };
      const next = await searchBatch(search, { runId, source, from: place === 0 ? from : undefined });
      if (next) return { items: search.matches, cursor: formatPlace(next) };
    }
    return { items: search.matches };
  };
