import type { ResultView } from '#shared/contract/run-views.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { listenForInterrupts } from '../runs/interrupts.ts';
import type { Session } from '../session.ts';
import { findResults, type LogsTarget } from './find-results.ts';

const pollMs = 1000;
/** Results are asked for again from so long before the latest one: functions that record at the same time differ by little. */
const overlapMs = 10_000;
/** A server that does not answer is asked again this often. */
const toleratedFailures = 8;

/** What was printed already, as far back as results are asked for again. */
interface Printed {
  readonly known: Map<string, string>;
  latest: string | undefined;
}

const sinceOf = ({ latest }: Printed): string | undefined =>
  latest === undefined ? undefined : new Date(Date.parse(latest) - overlapMs).toISOString();

/** Prints what is new, and forgets what will not come again. */
const printNew = async (
  target: LogsTarget,
  printed: Printed,
  print: (result: ResultView) => Promise<void>,
): Promise<void> => {
  const since = sinceOf(printed);
  const filters = { ...target.filters, tries: 'all' as const, ...(since === undefined ? {} : { since }) };
  for await (const result of findResults({ ...target, filters })) {
    if (printed.known.has(result.resultId)) continue;
    printed.known.set(result.resultId, result.recordedAt);
    if (printed.latest === undefined || result.recordedAt > printed.latest) printed.latest = result.recordedAt;
    await print(result);
  }
  const horizon = sinceOf(printed) ?? '';
  for (const [id, recordedAt] of printed.known) if (recordedAt < horizon) printed.known.delete(id);
};

/**
 * Prints results as they come in until the run is at its end, each once. A server that is away for a moment is asked again.
 * @throws AppError `wait.interrupted` after Ctrl-C; the client's errors, when the server stays away
 */
export const followResults = async (
  session: Session,
  target: LogsTarget,
  print: (result: ResultView) => Promise<void>,
): Promise<void> => {
  const interrupts = listenForInterrupts(session.host);
  const printed: Printed = { known: new Map(), latest: undefined };
  let failures = 0;
  try {
    for (;;) {
      try {
        // The run first: what it did until it ended is listed after that.
        const { status } = await target.client.viewRun(target.runId);
        await printNew(target, printed, print);
        if (isTerminalRunStatus(status)) return;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isAppError(error) || !error.kind.retryable || failures > toleratedFailures) throw error;
      }
      if (await interrupts.wait(pollMs))
        throw new AppError('wait.interrupted', `Stopped following run ${target.runId}`, {
          hint: `Follow it again with: drover run logs ${target.runId} --follow`,
        });
    }
  } finally {
    interrupts.stop();
  }
};
