import type { Page } from '../ports/store.ts';

/** A page as an answer has it, without a cursor that is undefined. */
export const toPage = <T>(page: { readonly items: readonly T[]; readonly cursor?: string | undefined }): Page<T> => ({
  items: page.items,
  ...(page.cursor === undefined ? {} : { cursor: page.cursor }),
});
