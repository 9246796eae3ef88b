import type { RunId } from '#shared/model/ids.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { BatchNode } from '#shared/model/run.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';
import { outcomeOf, type SaidOutcome } from './outcome-of.ts';

/** What is known of a node at a moment. Times in milliseconds since the epoch. */
export interface VerdictInput {
  readonly batchNode: BatchNode;
  readonly runId: RunId;
  /** Fence under which the operation was sent. */
  readonly fence: string;
  /** True when the operation may have its node rebooted. */
  readonly mayReboot?: boolean;
  /** Absent when the agent does not know of it (yet). */
  readonly report: InstanceReport | undefined;
  readonly nowMs: number;
  readonly deliverByMs: number;
  readonly deadlineMs: number;
}

/** `open`: wait on. `said`: the agent's word. `givenUp`: our own clock's word. */
export type NodeVerdict =
  | { readonly kind: 'open'; readonly batchNode: BatchNode }
  | ({ readonly kind: 'said' | 'givenUp'; readonly batchNode: BatchNode } & SaidOutcome);

/**
 * What to hold of a node now. The agent's final word goes before every clock of ours. A node whose agent has not taken the operation in
 * time is undeliverable; one that took it and does not answer by the deadline is lost.
 */
export const verdictOf = ({
  batchNode,
  report,
  runId,
  fence,
  mayReboot = false,
  nowMs,
  deliverByMs,
  deadlineMs,
}: VerdictInput): NodeVerdict => {
  const { node, via } = batchNode;
  const said = report && outcomeOf(report, { runId, fence, instanceId: via.instanceId, nodeId: node.id }, mayReboot);
  if (said) return { kind: 'said', batchNode, ...said };
  const rawStatus = report?.rawStatus ?? null;
  const giveUp = (status: 'undeliverable' | 'lost', reason: string): NodeVerdict => ({
    kind: 'givenUp',
    batchNode,
    outcome: bareOutcome(status, reason, rawStatus),
  });
  const taken = report?.state === 'running';
  if (!taken && nowMs >= deliverByMs)
    return giveUp('undeliverable', 'Its agent did not take the operation in time: it is offline or too busy.');
  if (nowMs >= deadlineMs)
    return giveUp('lost', 'Its agent took the operation and did not answer by the deadline: it may have run.');
  return { kind: 'open', batchNode };
};
