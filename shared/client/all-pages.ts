import type { PageRequest } from '../ports/pages.ts';
import type { Page } from '../ports/store.ts';

/** The most that the API gives at once; a page of large items may be shorter. */
const pageSize = 1000;

/** Every item of a paged list, page after page. Pages are fetched as the items are taken. */
export async function* allPages<T>(fetchPage: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await fetchPage({ limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** Every item of a paged list at once. */
export const gatherPages = async <T>(fetchPage: (page: PageRequest) => Promise<Page<T>>): Promise<readonly T[]> => {
  const items: T[] = [];
  for await (const item of allPages(fetchPage)) items.push(item);
  return items;
};
