import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Await Permit needs. */
export interface AwaitPermitDeps {
  readonly store: Pick<LockStore, 'parkPermitToken'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/**
 * Parks the token of a batch that waits for nodes which other runs use. A signal that came between the last look and now is not lost: the
 * token is completed at once.
 */
export const awaitPermit =
  (deps: AwaitPermitDeps): TaskBehaviour<'awaitPermit'> =>
  async ({ runId, batchId, token }) => {
    const { signalled } = await deps.store.parkPermitToken({ runId, batchId }, token);
    if (signalled) await deps.engine.complete(token);
    return {};
  };
