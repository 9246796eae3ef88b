import { bareOutcome, type Outcome } from '#shared/model/outcome.ts';
import type { InstanceReport } from '#shared/ports/agent.ts';
import { type Envelope, parseEnvelope } from '#shared/script/envelope.ts';
import type { OutputsError } from '#shared/script/outputs.ts';
import { asksForReboot, mostReboots } from '#shared/script/reboot.ts';
import { missingBytes, type UploadClaim, type UploadPlace, uploadClaims, uploadProblem } from './upload-claims.ts';

/** What came of a node, and what it says to have uploaded: that counts once it was found there. */
export interface SaidOutcome {
  readonly outcome: Outcome;
  readonly claims?: readonly UploadClaim[];
}

/**
 * The verdict of a report that is at its end, with all the text that the agent returned; undefined while the instance waits or runs.
 * Only an envelope of the place's fence counts. `mayReboot`: the operation may have its node rebooted.
 */
export const outcomeOf = (report: InstanceReport, place: UploadPlace, mayReboot = false): SaidOutcome | undefined => {
  if (report.state === 'waiting' || report.state === 'running') return undefined;
  if (report.state === 'undeliverable') {
    const reason = report.reason ?? 'The agent never took it.';
    return { outcome: bareOutcome('undeliverable', reason, report.rawStatus) };
  }
  const envelope = report.text === null ? undefined : parseEnvelope(report.text, place.fence);
  if (envelope === undefined) return { outcome: withoutEnvelope(report) };
  return {
    outcome: fromEnvelope(report, envelope, mayReboot),
    ...(envelope.kind === 'finished' ? { claims: uploadClaims(envelope, place) } : {}),
  };
};

/** What the wrapper says goes before what the agent says: it was there. */
const fromEnvelope = (report: InstanceReport, envelope: Envelope, mayReboot: boolean): Outcome => {
  if (envelope.kind === 'interrupted')
    return bareOutcome(
      'lost',
      'It was started on this node before and its end is not known: it may have run.',
      report.rawStatus,
    );
  if (envelope.kind === 'refused') return bareOutcome('failed', envelope.text, report.rawStatus);
  if (envelope.kind === 'rebooting')
    return bareOutcome(
      'lost',
      'It asked for a reboot of its node, and nothing was heard of it after that.',
      report.rawStatus,
    );
  const problem = uploadProblem(envelope);
  return {
    stop: null,
    ...finishedStatus(report, envelope, mayReboot),
    exitCode: envelope.exitCode,
    signal: envelope.signal,
    rawStatus: report.rawStatus,
    startedAt: report.startedAt,
    durationMs: envelope.durationMs,
    stdout: envelope.stdout,
    stderr: envelope.stderr,
    stdoutBytes: envelope.stdoutBytes,
    stderrBytes: envelope.stderrBytes,
    omittedBytes: missingBytes(envelope, 'stdout') + missingBytes(envelope, 'stderr'),
    textBlob: null,
    ...(problem === undefined ? {} : { uploads: { problem } }),
    outputs: { ...envelope.outputs },
    replayed: envelope.replayed,
  };
};

const outputsReason = (error: OutputsError): string =>
  error.code === 'tooLarge'
    ? `It wrote ${error.bytes} bytes to $DROVER_OUTPUT, which is more than an answer carries; nothing of it was taken.`
    : `Line ${error.line} of its $DROVER_OUTPUT is neither name=value nor a JSON object: ${error.text}`;

type Finished = Envelope & { readonly kind: 'finished' };

const exitReason = ({ exitCode, signal }: Finished, mayReboot: boolean): string => {
  if (signal !== null) return `It was killed by ${signal}.`;
  if (!asksForReboot(exitCode)) return `It exited with code ${exitCode}.`;
  const why = mayReboot
    ? `its node was rebooted ${mostReboots} times already, or does not tell one boot from another`
    : 'the operation does not allow it with reboot: true';
  return `It exited with code ${exitCode}, which asks for a reboot, and ${why}.`;
};

const finishedStatus = (
  report: InstanceReport,
  envelope: Finished,
  mayReboot: boolean,
): Pick<Outcome, 'status' | 'reason'> & Partial<Pick<Outcome, 'stop'>> => {
  if (envelope.timedOut) return { status: 'timedOut', reason: 'It did not end within its timeout and was killed.' };
  if (envelope.cancelled)
    return { status: 'aborted', reason: 'It was stopped: confirmed by the node.', stop: 'confirmed' };
  // Agents kill what they find of a tree, the script before the wrapper or after it.
  if (report.state === 'cancelled' && envelope.signal !== null) return killedByAgent;
  if (envelope.outputsError !== null) return { status: 'failed', reason: outputsReason(envelope.outputsError) };
  if (envelope.exitCode === 0) return { status: 'succeeded', reason: null };
  return { status: 'failed', reason: exitReason(envelope, mayReboot) };
};

const killedByAgent = {
  status: 'aborted',
  reason: 'The agent reports that it was stopped; the node did not confirm it.',
  stop: 'unknown',
} as const;

const wordless: Readonly<
  Record<
    'succeeded' | 'failed' | 'timedOut' | 'cancelled' | 'error',
    Pick<Outcome, 'status' | 'reason'> & Partial<Pick<Outcome, 'stop'>>
  >
> = {
  succeeded: { status: 'succeeded', reason: null },
  failed: {
    status: 'failed',
    reason: 'The agent reports a failure, and the record of the script did not come with it.',
  },
  timedOut: { status: 'timedOut', reason: 'The agent killed it after its time limit.' },
  cancelled: killedByAgent,
  error: { status: 'lost', reason: 'The agent lost track of it: it may have run.' },
};

/** No record of the wrapper in the text: only the agent's word is left. */
const withoutEnvelope = (report: InstanceReport): Outcome => {
  const state =
    report.state === 'waiting' || report.state === 'running' || report.state === 'undeliverable'
      ? 'error'
      : report.state;
  const { status, reason, stop = null } = wordless[state];
  const stdout = report.text ?? '';
  return {
    ...bareOutcome(
      status,
      report.reason === null ? reason : `${reason ?? ''} ${report.reason}`.trim(),
      report.rawStatus,
    ),
    stop,
    exitCode: report.exitCode,
    startedAt: report.startedAt,
    stdout,
    stdoutBytes: new TextEncoder().encode(stdout).length,
    omittedBytes: report.droppedBytes ?? 0,
  };
};
