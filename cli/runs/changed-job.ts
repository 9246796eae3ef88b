import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { type NamedText, unifiedDiff } from '#shared/format/text-diff.ts';
import { toYaml } from '#shared/format/to-yaml.ts';
import { readDocumentFile } from '#shared/job/document-file.ts';
import { jobDocument } from '#shared/job/parse-job.ts';
import { shortJob } from '#shared/job/short-job.ts';
import type { RunId } from '#shared/model/ids.ts';
import { jobSchema } from '#shared/model/job.ts';
import type { OptionSpec } from '../command.ts';
import type { Connection } from '../connection.ts';
import { type SentFile, withFilePlaces } from '../inputs/file-places.ts';
import { readFileIfThere, readInputFile } from '../inputs/read-file.ts';
import { jobArgument } from '../inputs/references.ts';
import { diffText } from '../output/text-diff.ts';
import type { Session } from '../session.ts';

/** Flags of commands that can go on with another job. */
export const changedJobOptions: readonly OptionSpec[] = [
  {
    flags: '--job <job>',
    description: 'go on with this job: a file, or name@revision of a stored one; shows what differs, and asks',
  },
  { flags: '-y, --yes', description: 'do not ask' },
];

/** The values of those flags. */
export const changedJobSchema = z.object({ job: z.string().min(1).optional(), yes: z.boolean().default(false) });

/** What the flags add to a request. */
export interface ChosenJob {
  readonly request: { readonly job?: unknown };
  /** Waits for the server; its errors are told with the places in the job file. */
  readonly explained: <T>(work: Promise<T>) => Promise<T>;
}

interface NewJob extends NamedText {
  readonly sent: unknown;
  readonly file?: SentFile;
}

const readNewJob = async (session: Session, connection: Connection, text: string): Promise<NewJob> => {
  const file =
    text === '-' || /\.(?:ya?ml|json)$/.test(text)
      ? await readInputFile(session.host, text)
      : await readFileIfThere(session.host, text);
  if (file === undefined) {
    const { name, revision } = jobArgument(text);
    const { view } = await connection.client.viewJob(name, revision === undefined ? {} : { revision });
    // What is shown is what is sent, whatever is applied meanwhile.
    const label = `${view.name}@${view.revision}`;
    return { label, text: toYaml(view.job), sent: label };
  }
  const { value, source } = readDocumentFile(jobDocument, file.text, file.fileName);
  const { fileName } = file;
  return { label: fileName, text: toYaml(shortJob(value)), sent: value, file: { fileName, source } };
};

const isAgreed = async ({ host }: Session): Promise<boolean> =>
  /^y(es)?$/i.test((await host.stdin.ask('Go on with this job? [y/N] ')).trim());

/**
 * The job that a run is to go on with: shows on standard error how it differs from the one that the run has, and asks at a terminal.
 * @throws AppError `usage.invalid` when nobody can be asked or the answer is no, and whatever is wrong with the job
 */
export const chooseJob = async (
  session: Session,
  connection: Connection,
  runId: RunId,
  { job, yes }: z.output<typeof changedJobSchema>,
): Promise<ChosenJob> => {
  if (job === undefined) return { request: {}, explained: (work) => work };
  const now = await readNewJob(session, connection, job);
  const before = jobSchema.parse((await connection.client.viewRunJob(runId)).job);
  const diff = unifiedDiff({ label: `job of run ${runId}`, text: toYaml(shortJob(before)) }, now);
  session.say(diff === '' ? `${now.label} says what the job of the run says` : diffText(diff, session.talkStyle));
  if (diff !== '' && !yes && !session.host.stdin.isTerminal)
    throw new AppError('usage.invalid', 'The job differs from that of the run, and nobody is there to ask', {
      hint: 'Look at the difference, then say --yes.',
    });
  if (diff !== '' && !yes && !(await isAgreed(session)))
    throw new AppError('usage.invalid', `Nothing was done: run ${runId} keeps its job`);
  return { request: { job: now.sent }, explained: (work) => withFilePlaces(now.file, work) };
};
