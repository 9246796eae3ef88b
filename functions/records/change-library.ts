import type { Preconditions } from '#shared/contract/library-requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { kindWords, type LibraryChange } from '#shared/model/library.ts';
import type { LibraryName, LibraryStore } from '#shared/ports/library-store.ts';
import { areMet } from './preconditions.ts';

/** How often a change is decided again when another writer came first. */
const maxTries = 8;

/** What changing the library needs of the store. */
export type ChangingStore = Pick<LibraryStore, 'latestChange' | 'appendChange' | 'listName'>;

/** A change before it has its number. */
export type NewChange = Omit<LibraryChange, 'kind' | 'name' | 'change'>;

/** The entity tag of a name as it is after a change (RFC 9110, 8.8.3). */
export const etagOf = ({ change }: LibraryChange): string => `"${change}"`;

/** The current tag of a name; undefined when it means nothing. */
const currentTag = (latest: LibraryChange | undefined): string | undefined =>
  latest === undefined || latest.action === 'remove' ? undefined : etagOf(latest);

const failed = ({ kind, name }: LibraryName, latest: LibraryChange | undefined): AppError => {
  const { one } = kindWords[kind];
  const what = `${one.charAt(0).toUpperCase()}${one.slice(1)} '${name}'`;
  const tag = currentTag(latest);
  if (latest === undefined || tag === undefined)
    return new AppError('precondition.failed', `${what} does not exist${latest === undefined ? '' : ' any more'}`, {
      hint: 'Send it without If-Match to make it.',
    });
  return new AppError(
    'precondition.failed',
    `${what} is at ${tag}, changed by ${latest.actor} at ${latest.at}; that is not what the request expects`,
    {
      hint: `Look at what changed: drover ${kind} ${kind === 'job' ? 'show' : 'history'} '${name}'. Then decide again.`,
    },
  );
};

/**
 * Holds what there is against the conditions of a request.
 * @throws AppError `precondition.failed`
 */
export const checkPreconditions = (
  entry: LibraryName,
  latest: LibraryChange | undefined,
  conditions: Preconditions,
): void => {
  if (!areMet(conditions, currentTag(latest))) throw failed(entry, latest);
};

/** What came of a change: the latest one, and whether it is new. */
export interface Changed {
  readonly latest: LibraryChange;
  readonly created: boolean;
}

/**
 * Changes what a name means: reads, checks the conditions, decides, and writes under the next number; decides again when another writer came
 * first. `decide` gives the change, or undefined when what is there is as wanted.
 * @throws AppError `precondition.failed`, `store.conflict` when others keep coming first, or what `decide` throws.
 */
export const changeLibrary = async (
  store: ChangingStore,
  entry: LibraryName,
  conditions: Preconditions,
  decide: (latest: LibraryChange | undefined) => NewChange | undefined | Promise<NewChange | undefined>,
): Promise<Changed> => {
  for (let tries = 1; tries <= maxTries; tries += 1) {
    const latest = await store.latestChange(entry);
    checkPreconditions(entry, latest, conditions);
    const decided = await decide(latest);
    if (decided === undefined && latest !== undefined) {
      // An earlier writer may have died before it listed the name.
      await store.listName(latest);
      return { latest, created: false };
    }
    if (decided === undefined) throw new AppError('internal.bug', `Nothing is to be done with ${entry.name}`);
    const next: LibraryChange = { ...entry, ...decided, change: (latest?.change ?? 0) + 1 };
    if (await store.appendChange(next)) {
      await store.listName(next);
      return { latest: next, created: true };
    }
  }
  throw new AppError('store.conflict', `${entry.name} is being changed by others all the time`, {
    hint: 'Try again.',
  });
};
