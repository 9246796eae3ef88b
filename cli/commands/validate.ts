import * as z from 'zod';
import { type AppError, isAppError } from '#shared/errors/app-error.ts';
import { jobDigest } from '#shared/job/job-digest.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { valueAt } from '#shared/job/schema-path.ts';
import { readYaml } from '#shared/job/yaml-source.ts';
import { commandVersion, readCommandFile } from '#shared/library/command-document.ts';
import { defineCommand } from '../command.ts';
import { errorLines, errorProblem } from '../errors.ts';
import { type InputFile, readInputFile } from '../inputs/read-file.ts';
import type { Session } from '../session.ts';

interface Verdict {
  readonly file: string;
  readonly kind?: 'job' | 'command';
  readonly name?: string;
  /** Digest of a job; version of a command. */
  readonly digest?: string;
  readonly error?: AppError;
}

const isCommand = (text: string): boolean => {
  const source = readYaml(text);
  return 'value' in source && valueAt(source.value, ['kind']) === 'Command';
};

const read = ({ text, fileName }: InputFile): Pick<Verdict, 'kind' | 'name' | 'digest'> => {
  if (isCommand(text)) {
    const { metadata, spec } = readCommandFile(text, fileName).value;
    return { kind: 'command', name: metadata.name, digest: commandVersion(spec) };
  }
  const job = parseJobFile(text, fileName);
  return { kind: 'job', name: job.metadata.name, digest: jobDigest(job) };
};

const check = async (session: Session, path: string): Promise<Verdict> => {
  try {
    return { file: path, ...read(await readInputFile(session.host, path)) };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { file: path, error };
  }
};

const verdictText = ({ file, kind, name, digest, error }: Verdict): string =>
  error === undefined ? `${file}: ${kind} ${name} is valid (${digest?.slice(0, 12)})\n` : '';

const verdictData = ({ file, kind = 'job', name, digest, error }: Verdict) =>
  error === undefined
    ? { file, valid: true, [kind]: name, digest }
    : { file, valid: false, problem: errorProblem(error) };

/** `drover validate`. */
export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Check job files and command files; needs no server',
  details: 'Whether the commands that a job uses exist, drover plan says.',
  args: { '<file...>': 'files, or - for standard input' },
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
