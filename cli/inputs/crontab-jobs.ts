import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { CrontabEntry, CrontabWork } from '#shared/import/crontab/read-crontab.ts';
import { execJob } from '#shared/job/exec-job.ts';
import type { Interpreter, Job, Targets } from '#shared/model/job.ts';

/** Scripts by the SHA-1 of their source. */
export type ScriptsById = ReadonlyMap<string, string>;

/**
 * The scripts of a folder by their ids.
 * @throws AppError `usage.invalid` when it cannot be read
 */
export const readScripts = async (folder: string | undefined): Promise<ScriptsById> => {
  if (folder === undefined) return new Map();
  try {
    const files = (await readdir(folder, { withFileTypes: true })).filter((file) => file.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file.name))));
    return new Map(texts.map((bytes) => [createHash('sha1').update(bytes).digest('hex'), bytes.toString('utf8')]));
  } catch (cause) {
    throw new AppError('usage.invalid', `Cannot read the scripts in ${folder}: ${messageOf(cause)}`, { cause });
  }
};

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const settings: ReadonlySet<string> = new Set(['SHELL', 'LOGNAME', 'USER']);

/** The command as a script: what cron does around it is written out. */
const scriptOf = ({ command, input, environment }: Extract<CrontabWork, { kind: 'command' }>): string => {
  const exports = Object.entries(environment)
    .filter(([name]) => !settings.has(name))
    .map(([name, value]) => `export ${name}=${quote(value)}\n`);
  const fed = input === undefined ? command : `printf %s ${quote(input)} | {\n${command}\n}`;
  return `${exports.join('')}${fed}`;
};

const shellOf = ({ SHELL }: Readonly<Record<string, string>>): Interpreter | undefined => {
  const name = SHELL?.split('/').at(-1);
  if (name === undefined || name === 'sh' || name === 'dash') return 'sh';
  return name === 'bash' ? 'bash' : undefined;
};

/** In templates `${{` begins an expression; doubling the `$` makes it text. */
const asText = (script: string): string => script.split('${{').join('$${{');

const named = (job: Job, name: string): Job => ({ ...job, metadata: { ...job.metadata, name } });

/**
 * The job that a line of a crontab runs, or why there is none.
 * @throws AppError `usage.invalid`
 */
export const jobOfEntry = (
  { work }: CrontabEntry,
  { name, targets, scripts }: { readonly name: string; readonly targets: Targets; readonly scripts: ScriptsById },
): Job | string => {
  if (work.kind === 'script') {
    const source = scripts.get(work.scriptId);
    if (source === undefined) return `the script ${work.scriptId} is not there: give its folder with --scripts`;
    return named(execJob({ words: [asText(source)], interpreter: 'viri', maxFailures: 0, targets }), name);
  }
  const interpreter = shellOf(work.environment);
  if (interpreter === undefined)
    return `its SHELL=${work.environment['SHELL']} is not one that Drover runs scripts with`;
  const runAs = work.user === undefined || work.user === 'root' ? {} : { runAs: work.user };
  return named(execJob({ words: [asText(scriptOf(work))], interpreter, maxFailures: 0, targets, ...runAs }), name);
};
