import type { ControlRequest } from '#shared/contract/requests.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Engine } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { changeRun, isAttemptOpen } from './change-run.ts';

/** What asking a run to abort needs. */
export interface AskAbortDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/**
 * Makes an attempt abort that another run takes the place of; whatever waits is let go of, and commands under way are stopped at their next
 * look. An attempt that is over or being aborted is left as it is.
 */
export const askAbort = async (
  deps: AskAbortDeps,
  { runId, attempt }: { readonly runId: RunId; readonly attempt: number },
  reason: string,
): Promise<void> => {
  const run = await changeRun(deps.store, runId, (one) =>
    !isAttemptOpen(one, attempt) || one.control === 'abort'
      ? undefined
      : { ...one, control: 'abort', status: 'aborting', reason },
  );
  if (run.control === 'abort' && run.holdToken !== undefined) await deps.engine.complete(run.holdToken);
};

/** Why a run is aborted whose place another one takes. */
export const replacedReason = (by: RunId, key: string): string =>
  `Aborted: replaced by run ${by} under the key '${key}'`;

/** Aborts a run, as an operator would. */
export type Abort = (runId: RunId, request: ControlRequest, actor: string) => Promise<void>;

/** Aborts runs whose place another one takes. One that has ended meanwhile is out of the way. */
export const abortReplaced = async (
  abort: Abort,
  replaced: readonly { readonly runId: RunId }[],
  by: { readonly runId: RunId; readonly actor: string },
): Promise<void> => {
  for (const { runId } of replaced) {
    try {
      await abort(runId, { reason: `replaced by run ${by.runId}` }, by.actor);
    } catch (error) {
      if (!isAppError(error, 'run.')) throw error;
    }
  }
};
