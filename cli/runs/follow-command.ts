import * as z from 'zod';
import type { RunView } from '#shared/contract/run-views.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { durationSchema } from '#shared/model/job.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { OptionSpec } from '../command.ts';
import type { Connection } from '../connection.ts';
import { exitCodeOfRun } from '../exit-codes.ts';
import type { Session } from '../session.ts';
import { nextSteps, summaryLine, waitsForPeople } from './run-summary.ts';
import { watchRun } from './watch-run.ts';

/** Flags of commands that can wait for a run. */
export const watchOptions: readonly OptionSpec[] = [
  { flags: '--watch', description: 'wait for the end of the run, showing its progress (the default on a terminal)' },
  { flags: '--no-watch', description: 'print the id of the run and leave' },
  { flags: '--timeout <duration>', description: 'wait at most so long (30s, 10m); then exit with 124' },
];

/** The values of those flags. */
export const watchSchema = z.object({ watch: z.boolean().optional(), timeout: durationSchema.optional() });
export type WatchFlags = z.output<typeof watchSchema>;

/** Prints how a run ended or stands; what to do next goes to standard error. Answers the exit code. */
export const printEnd = (session: Session, view: RunView): number => {
  session.print(view, () => `${summaryLine(view, session.host.now(), session.style)}\n`);
  for (const step of nextSteps(view)) session.say(`next: ${step}`);
  return exitCodeOfRun(view.status);
};

/**
 * Without a server this process is the engine, so it has to stay; a run that is paused or waits for people stands still until somebody
 * comes with another command, so it leaves then.
 */
const endsEmbedded = (view: RunView): boolean =>
  isTerminalRunStatus(view.status) || view.status === 'paused' || waitsForPeople(view);

/**
 * Watches a run when the flags, a terminal or an engine in this process ask for it, and prints how it ended; else prints its id. Answers the
 * exit code.
 * @throws AppError as `watchRun`.
 */
export const followRun = async (
  session: Session,
  connection: Connection,
  view: RunView,
  flags: WatchFlags,
): Promise<number> => {
  const embedded = connection.kind === 'embedded';
  const watches = embedded || (flags.watch ?? session.host.stderr.isTerminal);
  if (embedded && flags.watch === false)
    session.say('No server runs, so this process runs the job and stays until its end.');
  if (!watches) {
    session.print(view, () => `${view.runId}\n`);
    return 0;
  }
  const timeoutMs = flags.timeout === undefined ? undefined : parseDurationMs(flags.timeout);
  const until = embedded ? { until: endsEmbedded } : {};
  return printEnd(session, await watchRun(session, connection, view.runId, { timeoutMs, ...until }));
};
