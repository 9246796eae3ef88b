import type { Page } from '../ports/store.ts';

/** Every item of a paged list, page after page. Pages are fetched as the items are taken. */
export async function* allPages<T>(fetchPage: (cursor: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage(cursor);
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Every item of a paged list at once. */
export const gatherPages = async <T>(
  fetchPage: (cursor: string | undefined) => Promise<Page<T>>,
): Promise<readonly T[]> => {
  const items: T[] = [];
  for await (const item of allPages(fetchPage)) items.push(item);
  return items;
};
