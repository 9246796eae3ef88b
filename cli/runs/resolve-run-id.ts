import { allPages } from '#shared/client/all-pages.ts';
import type { DroverClient } from '#shared/client/client.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';

/** A prefix is looked for among this many of the newest runs. */
const mostRuns = 5000;

const runsWith = async (client: Pick<DroverClient, 'listRuns'>, prefix: string): Promise<readonly RunId[]> => {
  const found = new Set<RunId>();
  let seen = 0;
  for await (const { runId } of allPages((page) => client.listRuns(page))) {
    if (runId.startsWith(prefix)) found.add(runId);
    seen += 1;
    if (seen >= mostRuns) break;
  }
  return [...found];
};

const lastRun = async (client: Pick<DroverClient, 'listRuns'>): Promise<RunId> => {
  const [newest] = (await client.listRuns({ limit: 1 })).items;
  if (newest === undefined) throw new AppError('run.not-found', 'There are no runs yet');
  return newest.runId;
};

/**
 * The run that a person wants to change: its whole id, or `last`. The beginning of an id is not enough, because the run that it means may be
 * another one by now.
 * @throws AppError `usage.invalid` with the whole id in its hint, `run.not-found`
 */
export const resolveWholeRunId = async (client: Pick<DroverClient, 'listRuns'>, text: string): Promise<RunId> => {
  const runId = await resolveRunId(client, text);
  if (text === 'last' || text.toUpperCase() === runId) return runId;
  throw new AppError('usage.invalid', `'${text}' is not a whole run id`, {
    hint: `What changes a run takes its whole id, or last. Did you mean ${runId}?`,
  });
};

/**
 * The run that a person means: a whole id, the beginning of one (in capitals or not), or `last` for the newest.
 * @throws AppError `run.not-found`, or `usage.invalid` when several runs begin like that.
 */
export const resolveRunId = async (client: Pick<DroverClient, 'listRuns'>, text: string): Promise<RunId> => {
  if (text === 'last') return lastRun(client);
  const whole = runIdSchema.safeParse(text.toUpperCase());
  if (whole.success) return whole.data;
  const [only, ...others] = await runsWith(client, text.toUpperCase());
  if (only === undefined)
    throw new AppError('run.not-found', `There is no run '${text}'`, { hint: 'List the runs with: drover run list' });
  if (others.length > 0)
    throw new AppError('usage.invalid', `'${text}' is the beginning of ${others.length + 1} run ids`, {
      hint: `For example ${only} and ${others[0]}; give more of it.`,
    });
  return only;
};
