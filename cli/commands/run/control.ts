import * as z from 'zod';
import type { RunView } from '#shared/contract/run-views.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { type CommandDefinition, defineCommand } from '../../command.ts';
import { exitCodeOfRun } from '../../exit-codes.ts';
import { resolveRunId } from '../../runs/resolve-run-id.ts';
import { summaryLine } from '../../runs/run-summary.ts';
import { watchRun } from '../../runs/watch-run.ts';

interface Control {
  readonly name: 'abort' | 'pause' | 'resume';
  readonly summary: string;
  readonly method: 'abortRun' | 'pauseRun' | 'resumeRun';
  /** Where the run is when what was asked has come true; when this process is the engine, it stays until then. */
  readonly isDone: (view: RunView) => boolean;
}

const isOver = (view: RunView): boolean => isTerminalRunStatus(view.status);

const controlCommand = ({ name, summary, method, isDone }: Control): CommandDefinition =>
  defineCommand({
    name,
    summary,
    args: { '<id>': 'run id, the beginning of one, or last' },
    options: [{ flags: '--reason <text>', description: 'why, for those who look at the run later' }],
    schema: z.object({ reason: z.string().max(1024).optional() }),
    run: async (session, request, [text = '']) => {
      const connection = await session.connect();
      const runId = await resolveRunId(connection.client, text);
      const asked = await connection.client[method](runId, request);
      const stays = connection.kind === 'embedded' && !isDone(asked);
      const view = stays ? await watchRun(session, connection, runId, { until: isDone }) : asked;
      session.print(view, () => `${summaryLine(view, session.host.now(), session.style)}\n`);
      return stays && name === 'resume' ? exitCodeOfRun(view.status) : 0;
    },
  });

/** `drover run abort`. */
export const runAbortCommand = controlCommand({
  name: 'abort',
  summary: 'Stop a run, also what is running on its nodes',
  method: 'abortRun',
  isDone: isOver,
});

/** `drover run pause`. */
export const runPauseCommand = controlCommand({
  name: 'pause',
  summary: 'Start no further operation; what is running finishes',
  method: 'pauseRun',
  isDone: (view) => view.status === 'paused' || isOver(view),
});

/** `drover run resume`. */
export const runResumeCommand = controlCommand({
  name: 'resume',
  summary: 'Let a paused run go on, each node at its own next operation',
  method: 'resumeRun',
  isDone: isOver,
});
