import type { LibraryWriter } from '#functions/api/services.ts';
import type { RemoveQuery } from '#shared/contract/library-requests.ts';
import type { Removed } from '#shared/contract/library-views.ts';
import type { LibraryName } from '#shared/ports/library-store.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import { type ChangingStore, changeLibrary } from './change-library.ts';
import { type LibraryReadDeps, requireName } from './library.ts';
import { changedBy, describedBy } from './library-views.ts';

/** What removing needs. */
export interface RemoveDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & ChangingStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Marks a name of the library as removed: from then on it cannot be used, and lists leave it out. What it meant stays readable, because runs
 * refer to it.
 * @throws AppError `command.not-found`, `job.not-found`, `targets.not-found` when there is none or it was removed before, `precondition.failed`
 */
export const removeName = async (
  deps: RemoveDeps,
  entry: LibraryName,
  { comment }: RemoveQuery,
  writer: LibraryWriter,
): Promise<Removed> => {
  const { latest } = await changeLibrary(deps.store, entry, writer, async () => {
    const { digest, type, interpreter, outline, ...before } = await requireName(deps, entry);
    return {
      action: 'remove',
      digest,
      actor: writer.actor,
      at: nowIso(deps.clock),
      ...(comment === undefined ? {} : { comment }),
      ...describedBy(before),
      ...(type === undefined ? {} : { type }),
      ...(interpreter === undefined ? {} : { interpreter }),
      ...(outline === undefined ? {} : { outline }),
    };
  });
  deps.log.info(`${entry.kind}.removed`, { name: entry.name, actor: writer.actor });
  return { name: entry.name, changes: latest.change, ...changedBy(latest) };
};
