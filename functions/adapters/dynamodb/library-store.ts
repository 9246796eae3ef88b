import * as z from 'zod';
import type { CommandVersionRecord, LibraryChange } from '#shared/model/library.ts';
import type { LibraryName, LibraryStore, NamesRequest } from '#shared/ports/library-store.ts';
import type { Page, PageRequest } from '#shared/ports/store.ts';
import { fromCommandVersionItem, toCommandVersionItem } from './command-version-entity.ts';
import { fromLibraryChangeItem, toLibraryChangeItem } from './library-change-entity.ts';
import { decodeCursor, encodeCursor, limitOfPage } from './page-cursor.ts';
import { conditionalWrite, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

const latestChange = async (context: StoreContext, { kind, name }: LibraryName): Promise<LibraryChange | undefined> => {
  const query = context.entities.libraryChanges.query.byName({ kind, name });
  const { data } = await io(query.go({ ...strongRead, order: 'desc', limit: 1 }));
  return data.map(fromLibraryChangeItem)[0];
};

const getChange = async (
  context: StoreContext,
  { kind, name }: LibraryName,
  change: number,
): Promise<LibraryChange | undefined> => {
  const { data } = await io(context.entities.libraryChanges.get({ kind, name, change }).go(strongRead));
  return data === null ? undefined : fromLibraryChangeItem(data);
};

const appendChange = async (context: StoreContext, change: LibraryChange): Promise<boolean> => {
  const write = context.entities.libraryChanges
    .put(toLibraryChangeItem(change))
    .where(({ record }, { notExists }) => notExists(record))
    .go(conditionalWrite);
  return !(await io(write)).rejected;
};

const beforeSchema = z.strictObject({ before: z.int().min(1) });

const listChanges = async (
  context: StoreContext,
  { kind, name }: LibraryName,
  page: PageRequest,
): Promise<Page<LibraryChange>> => {
  const limit = limitOfPage(page);
  const query = context.entities.libraryChanges.query.byName({ kind, name });
  const options = { ...strongRead, order: 'desc', count: limit + 1 } as const;
  const { data } = await io(
    page.cursor === undefined
      ? query.go(options)
      : query.lt({ change: decodeCursor(beforeSchema, page.cursor).before }).go(options),
  );
  const items = data.slice(0, limit).map(fromLibraryChangeItem);
  const last = data.length > limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, cursor: encodeCursor({ before: last.change }) };
};

const listName = async (context: StoreContext, latest: LibraryChange): Promise<void> => {
  const write = context.entities.libraryNames
    .put(toLibraryChangeItem(latest))
    .where(({ record, change }, { notExists, lt }) => `${notExists(record)} OR ${lt(change, latest.change)}`)
    .go(conditionalWrite);
  await io(write);
};

const afterSchema = z.strictObject({ after: z.string() });

const listNames = async (
  context: StoreContext,
  { kind, prefix = '', ...page }: NamesRequest,
): Promise<Page<LibraryChange>> => {
  const limit = limitOfPage(page);
  const query = context.entities.libraryNames.query.byKind({ kind });
  const options = { ...strongRead, count: limit + 1 } as const;
  const { data } = await io(
    page.cursor === undefined
      ? query.gte({ name: prefix }).go(options)
      : query.gt({ name: decodeCursor(afterSchema, page.cursor).after }).go(options),
  );
  const named = data.filter(({ name }) => name.startsWith(prefix));
  const items = named.slice(0, limit).map(fromLibraryChangeItem);
  const last = named.length > limit ? items.at(-1) : undefined;
  return last === undefined ? { items } : { items, cursor: encodeCursor({ after: last.name }) };
};

const noteVersion = async (context: StoreContext, version: CommandVersionRecord): Promise<CommandVersionRecord> => {
  const write = context.entities.commandVersions
    .put(toCommandVersionItem(version))
    .where(({ record }, { notExists }) => notExists(record))
    .go(conditionalWrite);
  if (!(await io(write)).rejected) return version;
  const [stored] = await findVersions(context, { name: version.name, digits: version.version, limit: 1 });
  if (stored === undefined) throw missing(`version ${version.version} of command ${version.name}`);
  return stored;
};

const findVersions = async (
  context: StoreContext,
  { name, digits, limit }: { readonly name: string; readonly digits: string; readonly limit: number },
): Promise<readonly CommandVersionRecord[]> => {
  const query = context.entities.commandVersions.query.byName({ name }).begins({ version: digits });
  const { data } = await io(query.go({ ...strongRead, limit }));
  return data.map(fromCommandVersionItem);
};

/** Commands and jobs in the table. */
export const createLibraryStore = (context: StoreContext): LibraryStore => ({
  latestChange: (entry) => latestChange(context, entry),
  getChange: (entry, change) => getChange(context, entry, change),
  appendChange: (change) => appendChange(context, change),
  listChanges: (entry, page) => listChanges(context, entry, page),
  listName: (change) => listName(context, change),
  listNames: (request) => listNames(context, request),
  noteVersion: (version) => noteVersion(context, version),
  findVersions: (name, digits, limit) => findVersions(context, { name, digits, limit }),
});
