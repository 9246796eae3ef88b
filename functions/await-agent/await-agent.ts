import type { Engine } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** What Await Agent needs. */
export interface AwaitAgentDeps {
  readonly store: Pick<LedgerStore, 'parkToken'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/**
 * Parks the token of a batch until its agent says something or the time for the next look has come. An event that came between the last
 * look and now is not lost: the token is completed at once.
 */
export const awaitAgent =
  (deps: AwaitAgentDeps): TaskBehaviour<'awaitAgent'> =>
  async ({ runId, invocationId, token }) => {
    const { signalled } = await deps.store.parkToken(runId, invocationId, token);
    if (signalled) await deps.engine.complete(token);
    return {};
  };
