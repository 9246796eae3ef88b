import * as z from 'zod';
import type { RunView } from '#shared/contract/run-views.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { OptionSpec } from '../command.ts';
import type { Connection } from '../connection.ts';
import type { Session } from '../session.ts';
import { summaryLine } from './run-summary.ts';
import { watchRun } from './watch-run.ts';

/** The argument of commands that change a run. */
export const wholeRunArgs = { '<id>': 'run id, whole, or last' } as const;

/** Why a run is changed. */
export const reasonOption: OptionSpec = {
  flags: '--reason <text>',
  description: 'why, for those who look at the run later',
};
export const reasonSchema = z.object({ reason: z.string().max(1024).optional() });

/** True when nothing of a run is under way any more. */
export const isOver = (view: RunView): boolean => isTerminalRunStatus(view.status);

/** Prints in one line how a run stands. */
export const printSummary = (session: Session, view: RunView): void =>
  session.print(view, () => `${summaryLine(view, session.host.now(), session.style)}\n`);

/**
 * Stays until what was asked has come true, when this process is the engine: nobody else would do it.
 * @throws AppError as `watchRun`
 */
export const stayUntil = (
  session: Session,
  connection: Connection,
  asked: RunView,
  isDone: (view: RunView) => boolean,
): Promise<RunView> =>
  connection.kind === 'embedded' && !isDone(asked)
    ? watchRun(session, connection, asked.runId, { until: isDone })
    : Promise.resolve(asked);
