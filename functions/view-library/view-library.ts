import type { Tagged } from '#functions/api/services.ts';
import { etagOf } from '#functions/records/change-library.ts';
import { type LibraryReadDeps, requireCommand, requireJob } from '#functions/records/library.ts';
import { changedBy, commandView, describedBy, jobView } from '#functions/records/library-views.ts';
import type { CommandQuery, JobQuery, NamesQuery } from '#shared/contract/library-requests.ts';
import type {
  CommandChange,
  CommandSummary,
  CommandView,
  JobChange,
  JobSummary,
  JobView,
} from '#shared/contract/library-views.ts';
import type { PageQuery } from '#shared/contract/requests.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { isReference, readCommandReference } from '#shared/library/command-reference.ts';
import { kindWords, type LibraryChange, type LibraryKind } from '#shared/model/library.ts';
import type { LibraryName, LibraryStore } from '#shared/ports/library-store.ts';
import type { Page } from '#shared/ports/store.ts';

/** What viewing the library needs. */
export interface ViewLibraryDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & Pick<LibraryStore, 'listChanges'>;
}

/** The tag of what a name means now is that of its latest change; one of its versions or revisions differs by its own id too. */
const tagOf = (latest: LibraryChange, part: string): string =>
  part === '' ? etagOf(latest) : `"${latest.change}.${part}"`;

/**
 * A version of a command; by its id also when the command was removed.
 * @throws AppError `command.not-found`, `command.ambiguous`, `command.invalid` for what cannot be a version
 */
export const viewCommand =
  (deps: ViewLibraryDeps) =>
  async (name: string, { version }: CommandQuery): Promise<Tagged<CommandView>> => {
    const reference = readCommandReference(`${name}@${version}`);
    if (!isReference(reference))
      throw new AppError('request.invalid', reference.message, { hint: reference.suggestion });
    const stored = await requireCommand(deps, reference, { history: true });
    return {
      view: commandView(stored),
      etag: tagOf(stored.latest, version === 'latest' ? '' : stored.record.version.slice(0, 16)),
    };
  };

/**
 * A revision of a job; by its number also when the job was removed.
 * @throws AppError `job.not-found`
 */
export const viewJob =
  (deps: ViewLibraryDeps) =>
  async (name: string, { revision }: JobQuery): Promise<Tagged<JobView>> => {
    const stored = await requireJob(deps, { name, revision }, { history: true });
    return { view: jobView(stored), etag: tagOf(stored.latest, revision === undefined ? '' : String(revision)) };
  };

/** Pages are shortened by what was removed, not refilled: the cursor leads on. */
const listLatest = async <T>(
  { store }: ViewLibraryDeps,
  kind: LibraryKind,
  { removed, prefix, cursor, limit }: NamesQuery,
  toItem: (latest: LibraryChange) => T,
): Promise<Page<T>> => {
  const page = await store.listNames({
    kind,
    limit,
    ...(prefix === undefined ? {} : { prefix }),
    ...(cursor === undefined ? {} : { cursor }),
  });
  return { ...page, items: page.items.filter(({ action }) => removed || action === 'put').map(toItem) };
};

/** Commands by name. */
export const listCommands =
  (deps: ViewLibraryDeps) =>
  (query: NamesQuery): Promise<Page<CommandSummary>> =>
    listLatest(deps, 'command', query, (latest) => ({
      name: latest.name,
      version: latest.digest,
      type: latest.type ?? 'script',
      interpreter: latest.interpreter ?? 'sh',
      ...describedBy(latest),
      removed: latest.action === 'remove',
      ...changedBy(latest),
    }));

/** Jobs by name. */
export const listJobs =
  (deps: ViewLibraryDeps) =>
  (query: NamesQuery): Promise<Page<JobSummary>> =>
    listLatest(deps, 'job', query, (latest) => ({
      name: latest.name,
      revision: latest.change,
      digest: latest.digest,
      ...describedBy(latest),
      removed: latest.action === 'remove',
      ...changedBy(latest),
    }));

const listChanges = async <T>(
  { store }: ViewLibraryDeps,
  entry: LibraryName,
  { cursor, limit }: PageQuery,
  toItem: (change: LibraryChange) => T,
): Promise<Page<T>> => {
  const page = await store.listChanges(entry, cursor === undefined ? { limit } : { limit, cursor });
  if (page.items.length === 0 && cursor === undefined)
    throw new AppError(`${entry.kind}.not-found`, `There is no ${kindWords[entry.kind].one} '${entry.name}'`, {
      hint: `List the ${kindWords[entry.kind].many} with: drover ${entry.kind} ls`,
    });
  return { ...page, items: page.items.map(toItem) };
};

/**
 * Changes of a command, newest first: what was put when, by whom.
 * @throws AppError `command.not-found`
 */
export const listCommandChanges =
  (deps: ViewLibraryDeps) =>
  (name: string, query: PageQuery): Promise<Page<CommandChange>> =>
    listChanges(deps, { kind: 'command', name }, query, (one) => ({
      change: one.change,
      action: one.action,
      version: one.digest,
      ...describedBy(one),
      ...changedBy(one),
    }));

/**
 * Revisions of a job, newest first.
 * @throws AppError `job.not-found`
 */
export const listJobChanges =
  (deps: ViewLibraryDeps) =>
  (name: string, query: PageQuery): Promise<Page<JobChange>> =>
    listChanges(deps, { kind: 'job', name }, query, (one) => ({
      revision: one.change,
      action: one.action,
      digest: one.digest,
      ...describedBy(one),
      ...changedBy(one),
    }));
