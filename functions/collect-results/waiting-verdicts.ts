import type { GateRecord } from '#shared/model/gate.ts';
import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { BatchNode, InvocationRecord } from '#shared/model/run.ts';
import type { NodeVerdict } from './verdict.ts';

/** What is known of a wait. */
export interface Waiting {
  readonly nowMs: number;
  readonly aborting: boolean;
  /** The gate that is waited at; absent where only time passes. */
  readonly gate: GateRecord | undefined;
}

/** What nodes that wait at Drover, not at an agent, have come to: a decision, or their deadline, is their end. */
export const waitingVerdicts = (
  open: readonly BatchNode[],
  invocation: Pick<InvocationRecord, 'createdAt' | 'deadlineAt'>,
  waiting: Waiting,
): readonly NodeVerdict[] => {
  const outcome = outcomeOf(invocation, waiting);
  return open.map(
    (batchNode): NodeVerdict =>
      outcome === undefined ? { kind: 'open', batchNode } : { kind: 'said', batchNode, outcome, claims: [] },
  );
};

const outcomeOf = (
  { createdAt, deadlineAt }: Pick<InvocationRecord, 'createdAt' | 'deadlineAt'>,
  { nowMs, aborting, gate }: Waiting,
): Outcome | undefined => {
  const endMs = Date.parse(deadlineAt ?? createdAt);
  const lasted = (untilMs: number) => ({
    startedAt: createdAt,
    durationMs: Math.max(0, untilMs - Date.parse(createdAt)),
  });
  const decided = gate && decisionOf(gate);
  if (decided !== undefined) return { ...decided, ...lasted(Date.parse(gate?.decidedAt ?? createdAt)) };
  if (nowMs >= endMs)
    return gate === undefined
      ? { ...bareOutcome('succeeded', null), ...lasted(endMs) }
      : { ...bareOutcome('timedOut', 'Nobody decided in time.'), ...lasted(endMs) };
  return aborting ? bareOutcome('aborted', 'It was waiting when the run was aborted.') : undefined;
};

const decisionOf = ({ status, votes, answer }: GateRecord): Outcome | undefined => {
  const by = votes.filter(({ decision }) => decision !== 'reject').map(({ actor }) => actor);
  const no = votes.find(({ decision }) => decision === 'reject');
  if (no !== undefined)
    return bareOutcome(
      'failed',
      `Rejected by ${no.actor}${no.comment === undefined ? '' : `: ${no.comment}`}`.slice(0, 1024),
    );
  if (status !== 'approved' && status !== 'answered') return undefined;
  const stdout = `${status} by ${by.join(', ')}${answer === undefined ? '' : `: ${answer}`}\n`;
  return {
    ...bareOutcome('succeeded', null),
    stdout,
    stdoutBytes: new TextEncoder().encode(stdout).length,
    outputs: { by: by.join(', '), ...(answer === undefined ? {} : { answer }) },
  };
};
