import type { RunView } from '#shared/contract/run-views.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { Connection } from '../connection.ts';
import { makeReporter, type Reporter } from '../output/reporter.ts';
import type { Session } from '../session.ts';
import { type Interrupts, listenForInterrupts } from './interrupts.ts';

/** How a run is watched. */
export interface WatchOptions {
  /** Gives up after so many milliseconds; the run goes on. */
  readonly timeoutMs?: number | undefined;
  /** When watching ends; default: when the run is at its end. */
  readonly until?: (view: RunView) => boolean;
}

interface Watch {
  readonly session: Session;
  readonly connection: Connection;
  readonly runId: RunId;
  readonly reporter: Reporter;
  readonly interrupts: Interrupts;
}

const firstPollMs = 100;
const slowestPollMs = 1000;
/** A server that does not answer is asked again this often before the watch ends. */
const toleratedFailures = 8;
/** Within this time after a Ctrl-C a second one asks for an abort. */
const secondInterruptMs = 3000;

/** Looks at the run; undefined when the server did not answer this time. */
const look = async ({ connection, runId }: Watch, failures: number): Promise<RunView | undefined> => {
  try {
    return await connection.client.viewRun(runId);
  } catch (error) {
    if (!isAppError(error) || !error.kind.retryable || failures >= toleratedFailures) throw error;
    return undefined;
  }
};

const timedOut = ({ connection, runId }: Watch, timeoutMs: number): AppError =>
  new AppError(
    'wait.timed-out',
    `Run ${runId} is not at its end after ${timeoutMs / 1000} s; it ${goesOn(connection)}`,
    {
      hint: `Watch it with: drover run watch ${runId}`,
    },
  );

const goesOn = ({ kind }: Connection): string =>
  kind === 'embedded' ? 'stands still until the next drover command' : 'goes on';

const detached = ({ connection, runId }: Watch): AppError =>
  new AppError('wait.interrupted', `Detached from run ${runId}; it ${goesOn(connection)}`, {
    hint: `Watch it again with: drover run watch ${runId}`,
  });

/**
 * After a Ctrl-C: detaches, unless a second one comes soon and the person then wants the run aborted; in that case the watch goes on.
 * @throws AppError `wait.interrupted`
 */
const handleInterrupt = async (watch: Watch): Promise<void> => {
  const { session, connection, runId, reporter, interrupts } = watch;
  const { stdin, stderr } = session.host;
  if (!stderr.isTerminal || !stdin.isTerminal) throw detached(watch);
  reporter.clear();
  session.say('Detaching. Press Ctrl-C again within 3 seconds to abort the run.');
  if (!(await interrupts.wait(secondInterruptMs))) throw detached(watch);
  const answer = await stdin.ask(`Abort run ${runId}? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw detached(watch);
  await connection.client.abortRun(runId, { reason: 'Ctrl-C' });
};

const follow = async (watch: Watch, { timeoutMs, until = isOver }: WatchOptions): Promise<RunView> => {
  const { host } = watch.session;
  const startedAt = host.now();
  let failures = 0;
  for (let pollMs = firstPollMs; ; pollMs = Math.min(slowestPollMs, pollMs * 1.5)) {
    const view = await look(watch, failures);
    failures = view === undefined ? failures + 1 : 0;
    if (view !== undefined && until(view)) return view;
    if (view !== undefined) watch.reporter.show(view, host.now());
    const leftMs = timeoutMs === undefined ? pollMs : startedAt + timeoutMs - host.now();
    if (timeoutMs !== undefined && leftMs <= 0) throw timedOut(watch, timeoutMs);
    if (await watch.interrupts.wait(Math.min(pollMs, leftMs))) await handleInterrupt(watch);
  }
};

const isOver = (view: RunView): boolean => isTerminalRunStatus(view.status);

/**
 * Watches a run until it is at its end, showing its progress on standard error.
 * @throws AppError `wait.timed-out`; `wait.interrupted` after Ctrl-C; the client's errors, when the server stays away.
 */
export const watchRun = async (
  session: Session,
  connection: Connection,
  runId: RunId,
  options: WatchOptions = {},
): Promise<RunView> => {
  const { host, settings, talkStyle } = session;
  const reporter = makeReporter(host.stderr, talkStyle, { quiet: settings.quiet, dumb: host.env['TERM'] === 'dumb' });
  const interrupts = listenForInterrupts(host);
  try {
    const view = await follow({ session, connection, runId, reporter, interrupts }, options);
    reporter.finish(view, host.now());
    return view;
  } finally {
    interrupts.stop();
  }
};
