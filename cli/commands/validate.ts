import * as z from 'zod';
import { type AppError, isAppError } from '#shared/errors/app-error.ts';
import { jobDigest } from '#shared/job/job-digest.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { defineCommand } from '../command.ts';
import { errorLines, errorProblem } from '../errors.ts';
import { readInputFile } from '../inputs/read-file.ts';
import type { Session } from '../session.ts';

interface Verdict {
  readonly file: string;
  readonly job?: string;
  readonly digest?: string;
  readonly error?: AppError;
}

const check = async (session: Session, path: string): Promise<Verdict> => {
  try {
    const { text, fileName } = await readInputFile(session.host, path);
    const job = parseJobFile(text, fileName);
    return { file: path, job: job.metadata.name, digest: jobDigest(job) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { file: path, error };
  }
};

const verdictText = ({ file, job, digest, error }: Verdict): string =>
  error === undefined ? `${file}: job ${job} is valid (${digest?.slice(0, 12)})\n` : '';

const verdictData = ({ file, job, digest, error }: Verdict) =>
  error === undefined ? { file, valid: true, job, digest } : { file, valid: false, problem: errorProblem(error) };

/** `drover validate`. */
export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Check job files; needs no server',
  args: { '<job...>': 'job files, or - for standard input' },
  schema: z.object({}),
  run: async (session, _options, paths) => {
    const verdicts: Verdict[] = [];
    for (const path of paths) verdicts.push(await check(session, path));
    session.print({ items: verdicts.map(verdictData) }, () => verdicts.map(verdictText).join(''));
    const errors = verdicts.flatMap(({ error }) => (error === undefined ? [] : [error]));
    if (session.settings.format === 'table')
      for (const error of errors) session.host.stderr.write(`${errorLines(error, session.talkStyle).join('\n')}\n`);
    return errors.length === 0 ? 0 : 2;
  },
});
