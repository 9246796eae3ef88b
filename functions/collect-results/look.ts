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
