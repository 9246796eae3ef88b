import { permitName } from '#shared/lock/permit.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { PermitKey } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import type { Engine } from '#shared/ports/services.ts';

/** What waking waiting batches needs. */
export interface WakePermitsDeps {
  readonly store: Pick<LockStore, 'signalPermit'>;
  readonly engine: Pick<Engine, 'complete'>;
}

/** Wakes batches that wait: an accelerator only, since each of them looks by itself in time. */
export const wakePermits = async (deps: WakePermitsDeps, keys: readonly PermitKey[]): Promise<void> => {
  const distinct = new Map(keys.map((key) => [permitName(key), key]));
  for (const { runId, batchId } of distinct.values()) {
    const { token } = await deps.store.signalPermit({ runId, batchId });
    if (token !== undefined) await deps.engine.complete(token);
  }
};

/** Wakes the waiting batches of a run, so that they see at once what an operator wants of it. */
export const wakeWaitingBatches = async (
  deps: WakePermitsDeps & { readonly store: Pick<LockStore, 'listPermits'> },
  runId: RunId,
): Promise<void> => {
  const permits = await deps.store.listPermits(runId);
  await wakePermits(
    deps,
    permits.filter(({ state }) => state === 'waiting'),
  );
};
