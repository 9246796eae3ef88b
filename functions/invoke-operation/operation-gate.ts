import { changeRun, currentAttempt } from '#functions/records/change-run.ts';
import { gateById, newGate } from '#shared/gate/gates-of-run.ts';
import { approvalSchema, type GateRecord } from '#shared/model/gate.ts';
import { formatInvocationId } from '#shared/model/ids.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchRecord, RunRecord } from '#shared/model/run.ts';
import type { NextOperation } from '#shared/plan/node-progress.ts';
import type { Clock } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What opening a gate needs. */
export interface OperationGateDeps {
  readonly store: Pick<RunStore, 'get' | 'replace'>;
  readonly clock: Clock;
}

/** What is asked. */
interface Asked {
  readonly operation: Operation;
  readonly next: NextOperation;
  readonly message: string;
}

/**
 * Opens the gate of an operation that asks people, unless it is there. It has the id of the invocation that waits at it, so a repeat finds it.
 * Returns when it expires, in milliseconds since the epoch.
 */
export const openOperationGate = async (
  deps: OperationGateDeps,
  { run, batch }: { readonly run: RunRecord; readonly batch: BatchRecord },
  asked: Asked,
): Promise<number> => {
  const gate = gateOf(deps, run, batch, asked);
  const changed = await changeRun(deps.store, run.runId, (one) =>
    gateById(one.gates, gate.gateId) === undefined ? { ...one, gates: [...(one.gates ?? []), gate] } : undefined,
  );
  return Date.parse(gateById(changed.gates, gate.gateId)?.expiresAt ?? gate.expiresAt);
};

const gateOf = (
  { clock }: OperationGateDeps,
  run: RunRecord,
  batch: BatchRecord,
  { operation, next, message }: Asked,
): GateRecord => {
  const { runId } = run;
  const { operationIndex, tryNumber } = next;
  const gateId = formatInvocationId({ runId, batchId: batch.batchId, operationIndex, tryNumber });
  const { waitInput, approve, timeout } = operation;
  const { of } = waitInput ?? approve ?? {};
  const approval = approvalSchema.parse({
    count: approve?.count ?? 1,
    fourEyes: approve?.fourEyes ?? false,
    expires: timeout,
    ...(of === undefined ? {} : { of }),
  });
  const kind = waitInput === undefined ? 'approve' : 'input';
  const gate = newGate({ gateId, attempt: currentAttempt(run), kind, message }, approval, clock.now());
  if (waitInput === undefined) return gate;
  const { type, options, pattern } = waitInput;
  return {
    ...gate,
    input: {
      type,
      ...(options === undefined ? {} : { options }),
      ...(pattern === undefined ? {} : { pattern }),
    },
  };
};
