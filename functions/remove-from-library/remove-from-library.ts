import type { LibraryWriter } from '#functions/api/services.ts';
import { type ChangingStore, changeLibrary } from '#functions/records/change-library.ts';
import { type LibraryReadDeps, requireName } from '#functions/records/library.ts';
import { changedBy, describedBy } from '#functions/records/library-views.ts';
import type { RemoveQuery } from '#shared/contract/library-requests.ts';
import type { Removed } from '#shared/contract/library-views.ts';
import type { LibraryKind } from '#shared/model/library.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';

/** What removing needs. */
export interface RemoveDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & ChangingStore;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Marks a command or job as removed: from then on it cannot be used or started, and lists leave it out. All of its versions, revisions and
 * history stay readable, because runs refer to them.
 * @throws AppError `command.not-found`, `job.not-found` when there is none or it was removed before, `precondition.failed`
 */
export const removeFromLibrary =
  (kind: LibraryKind, deps: RemoveDeps) =>
  async (name: string, { comment }: RemoveQuery, writer: LibraryWriter): Promise<Removed> => {
    const entry = { kind, name };
    const { latest } = await changeLibrary(deps.store, entry, writer, async () => {
      const { digest, type, interpreter, ...before } = await requireName(deps, entry);
      return {
        action: 'remove',
        digest,
        actor: writer.actor,
        at: nowIso(deps.clock),
        ...(comment === undefined ? {} : { comment }),
        ...describedBy(before),
        ...(type === undefined ? {} : { type }),
        ...(interpreter === undefined ? {} : { interpreter }),
      };
    });
    deps.log.info(`${kind}.removed`, { name, actor: writer.actor });
    return { name, changes: latest.change, ...changedBy(latest) };
  };
