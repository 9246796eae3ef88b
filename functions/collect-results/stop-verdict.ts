import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchNode } from '#shared/model/run.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';
import { parseEnvelope } from '#shared/script/envelope.ts';
import { outcomeOf } from './outcome-of.ts';
import type { NodeVerdict } from './verdict.ts';

/** A node that the stop did not reach within this time is not waited for. */
const reachMs = 20_000;

/** Ending a stubborn tree takes 35 seconds (see `renderStop`); a node that took the stop and says nothing for this long will not. */
const answerMs = 60_000;

/** What is known of the stop that was sent to a node. Times in milliseconds since the epoch. */
export interface StopSight {
  readonly sentAtMs: number;
  /** True when the agent refused to reach the node. */
  readonly refused: boolean;
  readonly report: InstanceReport | undefined;
}

/** What is known of a node of a run that is being aborted. */
export interface StopVerdictInput {
  readonly batchNode: BatchNode;
  /** Fence under which the operation was sent, and which the stop ends. */
  readonly fence: string;
  /** What the agent says of the operation. */
  readonly report: InstanceReport | undefined;
  /** Absent when nothing was sent to this node to end it. */
  readonly stop: StopSight | undefined;
  readonly nowMs: number;
}

/**
 * The outcome that the operation's own report settles, also in a run that is being aborted: its node or its agent knows how it ended, or that
 * it never began. Undefined when all that is known is that the agent killed it, or lost it: then something of it may be left on the node.
 */
export const sureOutcome = (report: InstanceReport | undefined, fence: string): Outcome | undefined => {
  const outcome = report && outcomeOf(report, fence);
  if (outcome === undefined || outcome.status === 'lost') return undefined;
  return outcome.status === 'aborted' && outcome.stop !== 'confirmed' ? undefined : outcome;
};

/**
 * What to hold of a node while its run is being aborted: what its operation came to by itself, else what the stop script found there. A node
 * that says nothing in time is aborted, and unknown is whether it stopped.
 */
export const stopVerdict = ({ batchNode, fence, report, stop, nowMs }: StopVerdictInput): NodeVerdict => {
  const own = sureOutcome(report, fence);
  if (own) return { kind: 'said', batchNode, outcome: own };
  const rawStatus = report?.rawStatus ?? null;
  const unknown = (detail: string): NodeVerdict => ({
    kind: 'givenUp',
    batchNode,
    outcome: aborted('unknown', `It was to be stopped, and its node did not say whether it has: ${detail}`, rawStatus),
  });
  if (stop === undefined) return { kind: 'open', batchNode };
  if (stop.refused) return unknown('the agent refused the stop.');
  const word = stop.report && wordOf(stop.report, fence, report);
  if (word === 'none') return unknown(`the stop ended as ${stop.report?.rawStatus} without an answer.`);
  if (word !== undefined) return { kind: 'said', batchNode, outcome: word };
  const isTaken = stop.report?.state === 'running';
  if (!isTaken && nowMs >= stop.sentAtMs + reachMs) return unknown('its agent did not take the stop in time.');
  if (nowMs >= stop.sentAtMs + answerMs) return unknown('its agent took the stop and did not answer.');
  return { kind: 'open', batchNode };
};

const aborted = (stop: Outcome['stop'], reason: string, rawStatus: string | null): Outcome => ({
  ...bareOutcome('aborted', reason, rawStatus),
  stop,
});

/** What the stop script says; `none` when it is over without a word, undefined while it is not over. */
const wordOf = (
  stop: InstanceReport,
  fence: string,
  operation: InstanceReport | undefined,
): Outcome | 'none' | undefined => {
  if (stop.state === 'waiting' || stop.state === 'running') return undefined;
  const rawStatus = operation?.rawStatus ?? null;
  const envelope = stop.text === null ? undefined : parseEnvelope(stop.text, fence);
  if (envelope?.kind === 'interrupted')
    return envelope.running
      ? aborted('running', 'It was stopped, and its node says that processes of it still run.', rawStatus)
      : aborted('confirmed', 'It was stopped: its node says that no process of it is left.', rawStatus);
  if (envelope?.kind === 'refused' && envelope.code === 'stopped')
    return aborted('confirmed', 'It was stopped before it began; its node will not start it.', rawStatus);
  if (envelope?.kind !== 'finished') return 'none';
  const recorded = outcomeOf(stop, fence);
  // The record is that of the operation itself, which ran once; only the times and words around it are those of the stop.
  return recorded && { ...recorded, rawStatus, startedAt: operation?.startedAt ?? null, replayed: false };
};
