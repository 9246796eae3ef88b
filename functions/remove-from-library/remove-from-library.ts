import type { LibraryWriter } from '#functions/api/services.ts';
import { type RemoveDeps, removeName } from '#functions/records/remove-name.ts';
import type { RemoveQuery } from '#shared/contract/library-requests.ts';
import type { Removed } from '#shared/contract/library-views.ts';

/**
 * Marks a command or job as removed: from then on it cannot be used or started, and lists leave it out. All of its versions, revisions and
 * history stay readable, because runs refer to them.
 * @throws AppError `command.not-found`, `job.not-found` when there is none or it was removed before, `precondition.failed`
 */
export const removeFromLibrary =
  (kind: 'command' | 'job', deps: RemoveDeps) =>
  (name: string, query: RemoveQuery, writer: LibraryWriter): Promise<Removed> =>
    removeName(deps, { kind, name }, query, writer);
