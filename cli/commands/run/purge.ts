import * as z from 'zod';
import { allPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import type { RunId } from '#shared/model/ids.ts';
import { durationSchema } from '#shared/model/job-values.ts';
import { defineCommand } from '../../command.ts';
import { resolveWholeRunId } from '../../runs/resolve-run-id.ts';
import type { Session } from '../../session.ts';

/** Runs that ended before an instant, newest first. */
const endedBefore = async (client: DroverClient, epochMs: number): Promise<readonly RunId[]> => {
  const found: RunId[] = [];
  const pages = allPages((page) => client.listRuns(page));
  for await (const { runId, endedAt } of pages)
    if (endedAt !== undefined && Date.parse(endedAt) < epochMs) found.push(runId);
  return found;
};

/** Sends the same request until all of a run is gone: a large one takes several. */
const purge = async (client: DroverClient, runId: RunId): Promise<void> => {
  while (!(await client.purgeRun(runId)).done);
};

/** What is to go is said first, and done when somebody agrees. */
const agreed = async ({ host, say }: Session, runIds: readonly RunId[], yes: boolean | undefined): Promise<boolean> => {
  const what = runIds.length === 1 ? `run ${runIds[0]}` : `${runIds.length} runs`;
  if (yes) return true;
  if (!host.stdin.isTerminal)
    throw new AppError('usage.invalid', `This removes ${what} for good`, { hint: 'Say so with --yes.' });
  if (/^y(es)?$/i.test((await host.stdin.ask(`Remove ${what} with all results and outputs, for good? [y/N] `)).trim()))
    return true;
  say('Nothing was removed');
  return false;
};

/** `drover run purge`. */
export const runPurgeCommand = defineCommand({
  name: 'purge',
  summary: 'Remove runs that have ended, with their results and outputs, for good',
  details:
    'One run by its id, or all that ended longer ago than --older-than. A run under way is refused. What runs cost stays in drover cost.\nEvery run goes by itself after the time that the deployment keeps them (retentionDays).',
  args: { '[id]': 'run id, whole, or last' },
  options: [
    { flags: '--older-than <duration>', description: 'every run that ended longer ago than that, such as 90d' },
    { flags: '--yes', description: 'do not ask' },
  ],
  schema: z.object({ olderThan: durationSchema.optional(), yes: z.boolean().optional() }),
  run: async (session, { olderThan, yes }, [text]) => {
    if ((text === undefined) === (olderThan === undefined))
      throw new AppError('usage.invalid', 'Either a run or --older-than says what is removed');
    const { client } = await session.connect();
    const runIds =
      olderThan === undefined
        ? [await resolveWholeRunId(client, text ?? '')]
        : await endedBefore(client, session.host.now() - parseDurationMs(olderThan));
    if (runIds.length > 0 && !(await agreed(session, runIds, yes))) return 0;
    for (const runId of runIds) {
      await purge(client, runId);
      session.say(`Removed run ${runId}`);
    }
    session.print({ removed: runIds }, () => `${runIds.length} run${runIds.length === 1 ? '' : 's'} removed\n`);
    return 0;
  },
});
