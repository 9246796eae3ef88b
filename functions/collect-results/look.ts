import { fenceOf } from '#functions/records/fence-of.ts';
import type { ProgressView } from '#functions/records/record-progress.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchNode, InvocationRecord } from '#shared/model/run.ts';
import type { Agent } from '#shared/ports/agent.ts';

/** An invocation that is looked at, with all that decides what comes of it. */
export interface Look extends ProgressView {
  readonly invocation: InvocationRecord;
  readonly operation: Operation;
  readonly agent: Agent;
  /** Nodes of the invocation without a result. */
  readonly open: readonly BatchNode[];
}

/** The fence under which the invocation was sent. */
export const fenceOfLook = ({ run, place, invocation: { operationId, tryNumber } }: Look): string =>
  fenceOf({ run, key: place.key, operationId, tryNumber });

/** True while the run is being aborted. */
export const isAborting = ({ run }: Look): boolean => run.control === 'abort';
