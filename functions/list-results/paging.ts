import { fittingCount } from '#shared/contract/sizes.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Page } from '#shared/ports/store.ts';
import { compareOrder, type Source } from './sources.ts';

/** A page of a list that is made part by part. */
export interface PartQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page with a cursor to each of its rows. */
export interface PlacedPage<T> extends Page<T> {
  readonly cursors: readonly string[];
}

/** What rows weigh: a page ends before it would weigh more than `most`, but holds one row at least. */
export interface Scales<T> {
  readonly most: number;
  weigh(row: T): number;
}

/**
 * Fills a page from parts in order. A part gives its rows at fixed places, with undefined at those that are not asked for (any more) or not
 * there yet. The cursor names a part and a place in it, so that it holds while new parts appear and rows change.
 * @throws AppError `request.invalid` for a cursor that is not ours
 */
export const placedPage = async <T>(
  sources: readonly Source[],
  query: PartQuery,
  rowsOf: (source: Source) => Promise<readonly (T | undefined)[]>,
  scales: Scales<T> = { most: 1, weigh: () => 0 },
): Promise<PlacedPage<T>> => {
  const from = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const items: T[] = [];
  const cursors: string[] = [];
  let room = scales.most;
  for (const source of sources) {
    const place = from ? compareOrder(source.order, from.order) : 1;
    if (place < 0) continue;
    const rows = rowsFrom(await rowsOf(source), place === 0 ? (from?.offset ?? 0) : 0);
    const isFull = (weight: number): boolean => items.length === query.limit || (weight > room && items.length > 0);
    for (const { row, index } of rows) {
      const weight = scales.weigh(row);
      if (isFull(weight)) return { items, cursors, cursor: formatCursor(source, index) };
      items.push(row);
      cursors.push(formatCursor(source, index));
      room -= weight;
    }
  }
  return { items, cursors };
};

/**
 * A page of what was made of the rows of another: ends before it has more bytes than an answer may.
 */
export const cutPage = <T>(items: readonly T[], { cursor, cursors }: PlacedPage<unknown>): Page<T> => {
  const count = fittingCount(items);
  const next = count < items.length ? cursors[count] : cursor;
  return { items: items.slice(0, count), ...(next === undefined ? {} : { cursor: next }) };
};

/** Fills a page from parts in order, as {@link placedPage}, with as many bytes as an answer may have. */
export const pageOfParts = async <T>(...given: Parameters<typeof placedPage<T>>): Promise<Page<T>> => {
  const page = await placedPage(...given);
  return cutPage(page.items, page);
};

/** The rows that are there, from a place on, each with its place. An array may have holes. */
const rowsFrom = <T>(rows: readonly (T | undefined)[], start: number) =>
  rows.flatMap((row, index) => (row === undefined || index < start ? [] : [{ row, index }]));

const formatCursor = (source: Source, index: number): string => [...source.order, index].join('.');

/**
 * The numbers of a cursor.
 * @throws AppError `request.invalid` for a cursor that has not so many
 */
export const cursorNumbers = (cursor: string, count: number): readonly number[] => {
  const numbers = cursor.split('.').map((part) => (/^\d{1,15}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.length !== count || numbers.some(Number.isNaN))
    throw new AppError('request.invalid', `'${cursor.slice(0, 80)}' is not a cursor of this list`, {
      hint: 'Use the cursor of the page before as it is.',
    });
  return numbers;
};

/** How many numbers name a part. */
export const orderLength = 6;

const parseCursor = (cursor: string): { readonly order: readonly number[]; readonly offset: number } => {
  const numbers = cursorNumbers(cursor, orderLength + 1);
  return { order: numbers.slice(0, orderLength), offset: numbers[orderLength] ?? 0 };
};
