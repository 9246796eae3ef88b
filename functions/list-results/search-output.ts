import { requireRun } from '#functions/records/change-run.ts';
import { createLineMatcher, type LineMatcher } from '#functions/records/line-matcher.ts';
import { linesOf } from '#functions/records/lines-of.ts';
import { openOutput } from '#functions/records/output-stream.ts';
import type { SearchQuery } from '#shared/contract/requests.ts';
import type { OutputMatch } from '#shared/contract/run-views.ts';
import { bytesInJson, maxPageBytes } from '#shared/contract/sizes.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { streams } from '#shared/script/upload-key.ts';
import { type FoundResult, findInBatch, placeOf, resultSources } from './find-results.ts';
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

const theBeginning: SearchPlace = {
  order: Array.from({ length: orderLength }, () => 0),
  row: 0,
  stream: 0,
  offset: 0,
  line: 1,
};

/** One search under way: what it found, and until when it may go on. */
interface Search {
  readonly deps: SearchOutputDeps;
  readonly query: SearchQuery;
  readonly matcher: LineMatcher;
  readonly matches: OutputMatch[];
  /** Bytes that the page still has room for. */
  readonly room: { left: number };
  readonly untilMs: number;
}

const shown = (line: string, start: number): string => {
  if (line.length <= shownCharacters) return line;
  const from = Math.max(0, start - shownBefore);
  return `${from > 0 ? '…' : ''}${line.slice(from, from + shownCharacters)}…`;
};

/** A stream of a result, and where in it to begin; only a place where a batch begins that has nothing to search. */
interface SearchStep {
  readonly place: SearchPlace;
  readonly found?: FoundResult;
}

const isBefore = (one: readonly number[], other: readonly number[]): boolean => compareOrder(one, other) < 0;

/** Every stream from a place on, in order, batch by batch as they are asked for. */
async function* stepsFrom(
  { deps, query }: Search,
  { runId, sources, from }: { readonly runId: RunId; readonly sources: readonly Source[]; readonly from: SearchPlace },
): AsyncGenerator<SearchStep> {
  for (const source of sources.filter(({ order }) => !isBefore(order, from.order))) {
    const beginning = { order: source.order, row: 0, stream: 0, offset: 0, line: 1 };
    yield { place: isBefore(from.order, source.order) ? beginning : from };
    const rows = await findInBatch(deps, runId, { source, filter: query });
    const places = [...rows.entries()].flatMap(([row, found]) =>
      found === undefined ? [] : streams.map((_, stream) => ({ found, place: { row, stream } })),
    );
    for (const { found, place } of places) {
      const at = [...source.order, place.row, place.stream];
      const start = [...from.order, from.row, from.stream];
      if (isBefore(at, start) || !isAskedStream(query, place.stream)) continue;
      const { offset, line } = isBefore(start, at) ? { offset: 0, line: 1 } : from;
      yield { found, place: { order: source.order, ...place, offset, line } };
    }
  }
}

const isAskedStream = ({ in: where }: SearchQuery, stream: number): boolean =>
  where === 'both' || where === streams[stream];

/** Searches one stream from a place on; where to go on from when the page is full or the time is over. */
const searchStream = async (
  { deps, query, matcher, matches, room, untilMs }: Search,
  found: FoundResult,
  from: SearchPlace,
): Promise<SearchPlace | undefined> => {
  const stream = streams[from.stream] ?? 'stdout';
  const output = await openOutput(deps.blobs, found.result.outcome, stream);
  for await (const block of linesOf(output.read(from.offset), from)) {
    for (const [index, start] of matcher.find(block.lines)) {
      const place = { offset: block.offsetOf(index), line: block.firstLine + index };
      const match = { ...placeOf(found), stream, ...place, text: shown(block.lines[index] ?? '', start) };
      const bytes = bytesInJson(JSON.stringify(match));
      if (matches.length === query.limit || (bytes > room.left && matches.length > 0)) return { ...from, ...place };
      matches.push(match);
      room.left -= bytes;
    }
    if (deps.clock.now() >= untilMs)
      return { ...from, offset: block.endOffset, line: block.firstLine + block.lines.length };
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
    const sources = resultSources(await listSources(deps, run, query.attempt), query);
    const matches: OutputMatch[] = [];
    const search: Search = {
      deps,
      query,
      matcher: createLineMatcher(query.pattern, query.ignoreCase),
      matches,
      room: { left: maxPageBytes },
      untilMs: deps.clock.now() + patienceMs,
    };
    const from = query.cursor === undefined ? theBeginning : parsePlace(query.cursor);
    for await (const { place, found } of stepsFrom(search, { runId, sources, from })) {
      // Every request gets somewhere, however slow the store is.
      if (place !== from && deps.clock.now() >= search.untilMs) return { items: matches, cursor: formatPlace(place) };
      const next = found && (await searchStream(search, found, place));
      if (next) return { items: matches, cursor: formatPlace(next) };
    }
    return { items: matches };
  };
