import type { RunId } from '#shared/model/ids.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchNode } from '#shared/model/run.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';
import { parseEnvelope } from '#shared/script/envelope.ts';
import { outcomeOf, type SaidOutcome } from './outcome-of.ts';
import type { UploadPlace } from './upload-claims.ts';
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
  readonly runId: RunId;
  /** Fence under which the operation was sent, and which the stop ends. */
  readonly fence: string;
  /** True when the operation may have its node rebooted. */
  readonly mayReboot: boolean;
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
export const sureOutcome = ({
  report,
  ...known
}: Pick<StopVerdictInput, 'batchNode' | 'runId' | 'fence' | 'mayReboot' | 'report'>): SaidOutcome | undefined => {
  const said = report && outcomeOf(report, placeOf(known), known.mayReboot);
  if (said === undefined || said.outcome.status === 'lost') return undefined;
  return said.outcome.status === 'aborted' && said.outcome.stop !== 'confirmed' ? undefined : said;
};

const placeOf = ({
  batchNode: { node, via },
  runId,
  fence,
}: Pick<StopVerdictInput, 'batchNode' | 'runId' | 'fence'>): UploadPlace => ({
  runId,
  fence,
  instanceId: via.instanceId,
  nodeId: node.id,
});

/**
 * What to hold of a node while its run is being aborted: what its operation came to by itself, else what the stop script found there. A node
 * that says nothing in time is aborted, and unknown is whether it stopped.
 */
export const stopVerdict = (input: StopVerdictInput): NodeVerdict => {
  const { batchNode, report, stop, nowMs } = input;
  const own = sureOutcome(input);
  if (own) return { kind: 'said', batchNode, ...own };
  const rawStatus = report?.rawStatus ?? null;
  const unknown = (detail: string): NodeVerdict => ({
    kind: 'givenUp',
    batchNode,
    outcome: aborted('unknown', `It was to be stopped, and its node did not say whether it has: ${detail}`, rawStatus),
  });
  if (stop === undefined) return { kind: 'open', batchNode };
  if (stop.refused) return unknown('the agent refused the stop.');
  const word = stop.report && wordOf(stop.report, placeOf(input), report);
  if (word === 'none') return unknown(`the stop ended as ${stop.report?.rawStatus} without an answer.`);
  if (word !== undefined) return { kind: 'said', batchNode, ...word };
  const isTaken = stop.report?.state === 'running';
  if (!isTaken && nowMs >= stop.sentAtMs + reachMs) return unknown('its agent did not take the stop in time.');
  if (nowMs >= stop.sentAtMs + answerMs) return unknown('its agent took the stop and did not answer.');
  return { kind: 'open', batchNode };
};

const aborted = (stop: Outcome['stop'], reason: string, rawStatus: string | null): Outcome => ({
  ...bareOutcome('aborted', reason, rawStatus),
  stop,
});

const stopped = (stop: Outcome['stop'], reason: string, rawStatus: string | null): SaidOutcome => ({
  outcome: aborted(stop, reason, rawStatus),
});

/** What the stop script says; `none` when it is over without a word, undefined while it is not over. */
const wordOf = (
  stop: InstanceReport,
  place: UploadPlace,
  operation: InstanceReport | undefined,
): SaidOutcome | 'none' | undefined => {
  if (stop.state === 'waiting' || stop.state === 'running') return undefined;
  const rawStatus = operation?.rawStatus ?? null;
  const envelope = stop.text === null ? undefined : parseEnvelope(stop.text, place.fence);
  if (envelope?.kind === 'interrupted')
    return envelope.running
      ? stopped('running', 'It was stopped, and its node says that processes of it still run.', rawStatus)
      : stopped('confirmed', 'It was stopped: its node says that no process of it is left.', rawStatus);
  if (envelope?.kind === 'refused' && envelope.code === 'stopped')
    return stopped('confirmed', 'It was stopped before it began; its node will not start it.', rawStatus);
  if (envelope?.kind !== 'finished') return 'none';
  const recorded = outcomeOf(stop, place);
  // The record is that of the operation itself, which ran once; only the times and words around it are those of the stop.
  return (
    recorded && {
      ...recorded,
      outcome: { ...recorded.outcome, rawStatus, startedAt: operation?.startedAt ?? null, replayed: false },
    }
  );
};
