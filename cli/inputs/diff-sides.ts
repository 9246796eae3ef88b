import type { DroverClient } from '#shared/client/client.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { NamedText } from '#shared/format/text-diff.ts';
import { toYaml } from '#shared/format/to-yaml.ts';
import { readDocumentFile } from '#shared/job/document-file.ts';
import { jobDocument } from '#shared/job/parse-job.ts';
import { shortJob } from '#shared/job/short-job.ts';
import { parseCommand, storedCommand } from '#shared/library/command-document.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import type { CliHost } from '../host.ts';
import { isCommandFile, readCommand } from './command-input.ts';
import { readFileIfThere } from './read-file.ts';
import { commandArgument, jobArgument } from './references.ts';

/** What the sides of a comparison are read with. */
export interface SideDeps {
  readonly host: Pick<CliHost, 'stdin'>;
  readonly client: Pick<DroverClient, 'viewCommand' | 'viewJob' | 'listCommandChanges' | 'listJobChanges'>;
}

/** One side: the whole document as YAML, and of a command its text alone, for comparison with a bare script. */
interface Side {
  readonly label: string;
  readonly name?: string;
  readonly document?: string;
  readonly script?: string;
}

/** Changes that are looked through for the version before the latest. */
const recentChanges = 1000;

const storedCommandSide = async ({ client }: SideDeps, text: string): Promise<Side> => {
  const reference = commandArgument(text);
  const { name, version, command } = (await client.viewCommand(reference.name, { version: reference.version })).view;
  const label = `${name}@${shortVersion(version)}`;
  return { label, name, document: toYaml(command), script: parseCommand(command).spec.run };
};

const commandSide = async (deps: SideDeps, text: string): Promise<Side> => {
  const file = await readFileIfThere(deps.host, text);
  if (file === undefined) return storedCommandSide(deps, text);
  if (!isCommandFile(file.fileName, {})) return { label: file.fileName, script: file.text };
  const { command } = readCommand(file);
  const document = toYaml(storedCommand(command));
  return { label: file.fileName, name: command.metadata.name, document, script: command.spec.run };
};

const storedJobSide = async ({ client }: SideDeps, text: string): Promise<Side> => {
  const { name, revision } = jobArgument(text);
  const { view } = await client.viewJob(name, revision === undefined ? {} : { revision });
  return { label: `${view.name}@${view.revision}`, name: view.name, document: toYaml(view.job) };
};

const jobSide = async (deps: SideDeps, text: string): Promise<Side> => {
  const file = await readFileIfThere(deps.host, text);
  if (file === undefined) return storedJobSide(deps, text);
  const job = readDocumentFile(jobDocument, file.text, file.fileName).value;
  return { label: file.fileName, name: job.metadata.name, document: toYaml(shortJob(job)) };
};

const versionBefore = async ({ client }: SideDeps, name: string): Promise<string> => {
  const { items } = await client.listCommandChanges(name, { limit: recentChanges });
  const latest = items.find(({ action }) => action === 'put')?.version;
  const before = items.find(({ action, version }) => action === 'put' && version !== latest);
  if (before !== undefined) return `${name}@${before.version}`;
  throw new AppError('command.not-found', `Command '${name}' has one version only: there is nothing to compare`);
};

const revisionBefore = async ({ client }: SideDeps, name: string): Promise<string> => {
  const { items } = await client.listJobChanges(name, { limit: recentChanges });
  const [, before] = items.filter(({ action }) => action === 'put');
  if (before !== undefined) return `${name}@${before.revision}`;
  throw new AppError('job.not-found', `Job '${name}' has one revision only: there is nothing to compare`);
};

const textsOf = (before: Side, after: Side): readonly [NamedText, NamedText] => {
  const isScript = before.document === undefined || after.document === undefined;
  const textOf = ({ label, document, script }: Side): NamedText => ({
    label,
    text: (isScript ? script : document) ?? '',
  });
  return [textOf(before), textOf(after)];
};

interface SideReaders {
  readonly read: (text: string) => Promise<Side>;
  readonly stored: (text: string) => Promise<Side>;
  readonly before: (name: string) => Promise<string>;
}

/** Two sides as they are named; one file against what is stored under its name; one name against what it was before. */
const sidesOf = async (
  { read, stored, before }: SideReaders,
  one: string,
  other: string | undefined,
): Promise<readonly [NamedText, NamedText]> => {
  const first = await read(one);
  if (other !== undefined) return textsOf(first, await read(other));
  if (first.name === undefined)
    throw new AppError('usage.invalid', `With what is ${one} to be compared?`, { hint: 'Name a stored one as well.' });
  const isFile = !first.label.startsWith(`${first.name}@`);
  return isFile ? textsOf(await stored(first.name), first) : textsOf(await read(await before(first.name)), first);
};

/**
 * The texts of two commands, each a file or a stored version. A bare script is compared with the text of the other alone.
 * @throws AppError `usage.invalid`, `command.*`
 */
export const commandSides = (deps: SideDeps, one: string, other: string | undefined) =>
  sidesOf(
    {
      read: (text) => commandSide(deps, text),
      stored: (text) => storedCommandSide(deps, text),
      before: (name) => versionBefore(deps, name),
    },
    one,
    other,
  );

/**
 * The texts of two jobs, each a file or a stored revision.
 * @throws AppError `usage.invalid`, `job.*`
 */
export const jobSides = (deps: SideDeps, one: string, other: string | undefined) =>
  sidesOf(
    {
      read: (text) => jobSide(deps, text),
      stored: (text) => storedJobSide(deps, text),
      before: (name) => revisionBefore(deps, name),
    },
    one,
    other,
  );
