import { AppError } from '#shared/errors/app-error.ts';
import type { Page } from '#shared/ports/store.ts';
import { compareOrder, type Source } from './sources.ts';

/** A page of a list that is made part by part. */
export interface PartQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * Fills a page from parts in order. A part gives its rows at fixed places, with undefined at those that are not asked for (any more) or not
 * there yet. The cursor names a part and a place in it, so that it holds while new parts appear and rows change.
 * @throws AppError `request.invalid` for a cursor that is not ours
 */
export const pageOfParts = async <T>(
  sources: readonly Source[],
  query: PartQuery,
  rowsOf: (source: Source) => Promise<readonly (T | undefined)[]>,
): Promise<Page<T>> => {
  const from = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const items: T[] = [];
  for (const source of sources) {
    const place = from ? compareOrder(source.order, from.order) : 1;
    if (place < 0) continue;
    const rows = rowsFrom(await rowsOf(source), place === 0 ? (from?.offset ?? 0) : 0);
    const wanted = rows.slice(0, query.limit - items.length);
    items.push(...wanted.map(({ row }) => row));
    const next = rows[wanted.length];
    if (next) return { items, cursor: formatCursor(source, next.index) };
  }
  return { items };
};

/** The rows that are there, from a place on, each with its place. */
const rowsFrom = <T>(rows: readonly (T | undefined)[], start: number) =>
  rows.flatMap((row, index) => (row === undefined || index < start ? [] : [{ row, index }]));

const formatCursor = (source: Source, index: number): string => [...source.order, index].join('.');

const parseCursor = (cursor: string): { readonly order: readonly number[]; readonly offset: number } => {
  if (!/^\d+(\.\d+){6}$/.test(cursor))
    throw new AppError('request.invalid', `'${cursor.slice(0, 80)}' is not a cursor of this list`, {
      hint: 'Use the cursor of the page before as it is.',
    });
  const numbers = cursor.split('.').map(Number);
  return { order: numbers.slice(0, -1), offset: numbers.at(-1) ?? 0 };
};
