import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { didYouMean } from '#shared/expression/nearest-word.ts';
import { canonicalJson } from '#shared/job/canonical-json.ts';
import { type CommandReference, shortVersion } from '#shared/library/command-reference.ts';
import { type CommandSpec, commandSpecSchema } from '#shared/model/command.ts';
import { type Job, jobSchema } from '#shared/model/job.ts';
import { type CommandVersionRecord, kindWords, type LibraryChange, type LibraryKind } from '#shared/model/library.ts';
import type { LibraryName, LibraryStore } from '#shared/ports/library-store.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** What reading the library needs. */
export interface LibraryReadDeps {
  readonly store: Pick<LibraryStore, 'latestChange' | 'getChange' | 'listNames' | 'findVersions'>;
  /** Contents of commands and jobs, which are kept for ever. */
  readonly libraryBlobs: Blobs;
}

/** One version of a command, and the latest change of its name. */
export interface StoredCommand {
  readonly name: string;
  readonly record: CommandVersionRecord;
  readonly latest: LibraryChange;
  readonly spec: CommandSpec;
}

/** One revision of a job, and the latest change of its name. */
export interface StoredJob {
  readonly revision: LibraryChange;
  readonly latest: LibraryChange;
  readonly job: Job;
}

const keyOf = (kind: LibraryKind, digest: string): string => `${kindWords[kind].folder}/${digest}.json`;

/**
 * Stores content under its digest, as canonical JSON: the digest is that of the stored bytes, so anybody can check them.
 * @returns the digest
 */
export const putContent = async (blobs: Blobs, kind: LibraryKind, content: unknown): Promise<string> => {
  const bytes = utf8ToBytes(canonicalJson(content));
  const digest = bytesToHex(sha256(bytes));
  await blobs.put(keyOf(kind, digest), bytes);
  return digest;
};

/**
 * The content of a change, checked against its digest.
 * @throws AppError `blob.not-found`, `internal.bug`
 */
export const readContent = async <S extends z.ZodType>(
  blobs: Blobs,
  { kind, digest }: Pick<LibraryChange, 'kind' | 'digest'>,
  schema: S,
): Promise<z.output<S>> => {
  const bytes = await blobs.get(keyOf(kind, digest));
  if (bytesToHex(sha256(bytes)) !== digest)
    throw new AppError('internal.bug', `The stored content of ${kind} ${digest} is not what was put`, {
      hint: 'It was changed in the bucket. Restore the version of the object whose SHA-256 is its name.',
    });
  const parsed = schema.safeParse(JSON.parse(new TextDecoder().decode(bytes)));
  if (parsed.success) return parsed.data;
  throw new AppError('internal.bug', `The stored content of ${kind} ${digest} cannot be read`, { cause: parsed.error });
};

/** Names that are looked through for one that was meant. */
const namesToCompare = 1000;

const unknownName = async (deps: LibraryReadDeps, { kind, name }: LibraryName): Promise<AppError> => {
  const { items } = await deps.store.listNames({ kind, limit: namesToCompare });
  const known = items.filter(({ action }) => action === 'put').map((one) => one.name);
  const { one, many } = kindWords[kind];
  return new AppError(`${kind}.not-found`, `There is no ${one} '${name}'`, {
    hint: didYouMean(name, known) ?? `List the ${many} with: drover ${kind} ls`,
  });
};

/** How to have back what was removed. */
const comeback: Readonly<Record<LibraryKind, (name: string) => string>> = {
  job: (name) =>
    `Its revisions are still there: drover job show '${name}' --revision N. Apply one of them to have it back.`,
  command: (name) => `Its versions are still there: drover command history ${name}. Put one of them to have it back.`,
  targets: (name) => `Its revisions are still there: drover targets history ${name}. Put one of them to have it back.`,
};

const removedName = ({ kind, name, actor, at }: LibraryChange): AppError => {
  const { one } = kindWords[kind];
  const what = `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
  return new AppError(`${kind}.not-found`, `${what} '${name}' was removed by ${actor} at ${at}`, {
    hint: comeback[kind](name),
  });
};

/**
 * The latest change of a name that is in use.
 * @throws AppError `command.not-found`, `job.not-found` when there is no such name, or it was removed
 */
export const requireName = async (deps: LibraryReadDeps, entry: LibraryName): Promise<LibraryChange> => {
  const latest = await deps.store.latestChange(entry);
  if (latest === undefined) throw await unknownName(deps, entry);
  if (latest.action === 'remove') throw removedName(latest);
  return latest;
};

const requireAnyChange = async (deps: LibraryReadDeps, entry: LibraryName): Promise<LibraryChange> => {
  const latest = await deps.store.latestChange(entry);
  if (latest === undefined) throw await unknownName(deps, entry);
  return latest;
};

const requireVersion = async (
  { store }: LibraryReadDeps,
  { name, version }: CommandReference,
): Promise<CommandVersionRecord> => {
  const [found, other] = await store.findVersions(name, version, 2);
  if (found === undefined)
    throw new AppError('command.not-found', `Command '${name}' has no version ${version}`, {
      hint: `Its versions: drover command history ${name}`,
    });
  if (other !== undefined)
    throw new AppError(
      'command.ambiguous',
      `${version} is the beginning of several versions of '${name}': ${shortVersion(found.version)}, ${shortVersion(other.version)}`,
      { hint: 'Write more digits.' },
    );
  return found;
};

/**
 * One version of a command. With `history`, versions by id are found also when the command was removed.
 * @throws AppError `command.not-found`, `command.ambiguous`
 */
export const requireCommand = async (
  deps: LibraryReadDeps,
  reference: CommandReference,
  options: { readonly history?: true } = {},
): Promise<StoredCommand> => {
  const entry = { kind: 'command', name: reference.name } as const;
  const isHistory = options.history === true && reference.version !== 'latest';
  const latest = isHistory ? await requireAnyChange(deps, entry) : await requireName(deps, entry);
  const record = await requireVersion(
    deps,
    reference.version === 'latest' ? { ...reference, version: latest.digest } : reference,
  );
  const spec = await readContent(deps.libraryBlobs, { kind: 'command', digest: record.version }, commandSpecSchema);
  return { name: reference.name, record, latest, spec };
};

/**
 * One change of a name that put something; without a number, the latest. With `history`, changes by number are found also when the name was
 * removed.
 * @throws AppError `job.not-found`, `targets.not-found`
 */
export const requireRevision = async (
  deps: LibraryReadDeps,
  entry: LibraryName,
  number: number | undefined,
  options: { readonly history?: true },
): Promise<Omit<StoredJob, 'job'>> => {
  const { kind, name } = entry;
  const isHistory = options.history === true && number !== undefined;
  const latest = isHistory ? await requireAnyChange(deps, entry) : await requireName(deps, entry);
  const revision = number === undefined ? latest : await deps.store.getChange(entry, number);
  if (revision === undefined) {
    const { one } = kindWords[kind];
    const what = `${one.charAt(0).toUpperCase()}${one.slice(1)}`;
    throw new AppError(`${kind}.not-found`, `${what} '${name}' has no revision ${number}`, {
      hint: `The latest is ${latest.change}: drover ${kind} show '${name}'`,
    });
  }
  if (revision.action === 'remove') throw removedName(revision);
  return { revision, latest };
};

/**
 * One revision of a job; without a number, the latest. With `history`, revisions by number are found also when the job was removed.
 * @throws AppError `job.not-found`
 */
export const requireJob = async (
  deps: LibraryReadDeps,
  { name, revision: number }: { readonly name: string; readonly revision?: number | undefined },
  options: { readonly history?: true } = {},
): Promise<StoredJob> => {
  const { revision, latest } = await requireRevision(deps, { kind: 'job', name }, number, options);
  return { revision, latest, job: await readContent(deps.libraryBlobs, revision, jobSchema) };
};
