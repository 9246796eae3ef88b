import { AppError } from '#shared/errors/app-error.ts';
import type { Page } from '#shared/ports/store.ts';
import { compareOrder, type Source } from './sources.ts';

/** A page of a list that is made part by part. */
export interface PartQuery {
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/**
 * Fills a page from parts in order. The cursor names a part and how many of its rows were given, so that it holds while new parts appear.
 * @throws AppError `request.invalid` for a cursor that is not ours
 */
export const pageOfParts = async <T>(
  sources: readonly Source[],
  query: PartQuery,
  rowsOf: (source: Source) => Promise<readonly T[]>,
): Promise<Page<T>> => {
  const from = query.cursor === undefined ? undefined : parseCursor(query.cursor);
  const items: T[] = [];
  for (const source of sources) {
    const place = from ? compareOrder(source.order, from.order) : 1;
    if (place < 0) continue;
    const rows = await rowsOf(source);
    const start = place === 0 ? (from?.offset ?? 0) : 0;
    const wanted = rows.slice(start, start + query.limit - items.length);
    items.push(...wanted);
    if (start + wanted.length < rows.length) return { items, cursor: formatCursor(source, start + wanted.length) };
  }
  return { items };
};

const formatCursor = (source: Source, offset: number): string => [...source.order, offset].join('.');

const parseCursor = (cursor: string): { readonly order: readonly number[]; readonly offset: number } => {
  if (!/^\d+(\.\d+){6}$/.test(cursor))
    throw new AppError('request.invalid', `'${cursor.slice(0, 80)}' is not a cursor of this list`, {
      hint: 'Use the cursor of the page before as it is.',
    });
  const numbers = cursor.split('.').map(Number);
  return { order: numbers.slice(0, -1), offset: numbers.at(-1) ?? 0 };
};
