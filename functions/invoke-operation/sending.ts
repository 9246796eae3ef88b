import type { PhasePlace } from '#functions/records/phase-place.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchRecord, InvocationRecord, RunRecord } from '#shared/model/run.ts';
import type { Agents } from '#shared/ports/agent.ts';
import type { Blobs, Clock, Log } from '#shared/ports/services.ts';
import type { LedgerStore } from '#shared/ports/store.ts';
import type { DeliverSecretsDeps } from './deliver-secrets.ts';
import type { Recipient } from './render-script.ts';

/** What sending needs. */
export interface SendDeps extends DeliverSecretsDeps {
  readonly store: Pick<LedgerStore, 'createInvocation' | 'recordSent' | 'putResults'>;
  readonly agents: Agents;
  readonly blobs: Pick<Blobs, 'allowUploads' | 'put' | 'addressOf' | 'remove' | 'size'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is sent. */
export interface Sending {
  readonly operation: Operation;
  readonly operationIndex: number;
  readonly tryNumber: number;
  readonly recipients: readonly Recipient[];
  /** False when nothing new may start: then only what the agent has already is recorded. */
  readonly mayStart: boolean;
}

/** The part of a batch's state that sending looks at. */
export interface SendState {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
  /** What the batch has sent so far. */
  readonly invocations: readonly InvocationRecord[];
}
