import type { DroverClient } from '#shared/client/client.ts';
import type { RunSide } from '#shared/client/diff-runs.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { resolveRunId } from '../runs/resolve-run-id.ts';

type SideClient = Pick<DroverClient, 'listRuns' | 'viewRun'>;

const splitSide = (text: string): { readonly run: string; readonly attempt?: number } => {
  const [, run = '', attempt] = /^([^@]*)(?:@([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (run === '' && attempt === undefined)
    throw new AppError('usage.invalid', `'${text}' is no run`, { hint: 'Write a run id, or id@2 for its attempt 2.' });
  return attempt === undefined ? { run } : { run, attempt: Number(attempt) };
};

const readSide = async (client: SideClient, text: string, base?: RunSide): Promise<RunSide> => {
  const { run, attempt } = splitSide(text);
  const runId = run === '' && base !== undefined ? base.runId : await resolveRunId(client, run);
  return attempt === undefined ? { runId } : { runId, attempt };
};

/**
 * The two sides of a comparison: `<run>` or `<run>@<attempt>` each; the second may be `@<attempt>` alone. One run alone means its last two attempts,
 * one attempt alone the one before it and itself.
 * @throws AppError `usage.invalid`, `run.not-found`
 */
export const runSides = async (
  client: SideClient,
  one: string,
  other: string | undefined,
): Promise<readonly [RunSide, RunSide]> => {
  const first = await readSide(client, one);
  if (other !== undefined) return [first, await readSide(client, other, first)];
  const attempt = first.attempt ?? (await client.viewRun(first.runId)).attempt;
  if (attempt < 2)
    throw new AppError('usage.invalid', `Run ${first.runId} has nothing before its attempt 1`, {
      hint: 'Name the run to compare it with as well.',
    });
  return [
    { runId: first.runId, attempt: attempt - 1 },
    { runId: first.runId, attempt },
  ];
};
