import type { DroverClient, RunRequestInput } from '#shared/client/client.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { type AutoexecImport, importAutoexec } from '#shared/import/autoexec/import-autoexec.ts';
import { readDocumentFile } from '#shared/job/document-file.ts';
import { resolveParams } from '#shared/job/params.ts';
import { jobDocument, parseJob } from '#shared/job/parse-job.ts';
import { readJobReference } from '#shared/library/job-reference.ts';
import type { Job } from '#shared/model/job.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { CliHost } from '../host.ts';
import { mayNameFile, type UploadDeps, withUploadedFiles } from './file-params.ts';
import { type SentFile, withFilePlaces } from './file-places.ts';
import { type NarrowingFlags, narrowingOf } from './narrowing.ts';
import { readInventory, readNodesFile } from './nodes-file.ts';
import { readParams } from './params.ts';
import { type InputFile, readFileIfThere, readInputFile } from './read-file.ts';
import { readScripts } from './scripts-folder.ts';

/** Flags of commands that take a job, or the files of an autoexec job in its place. */
export interface JobFlags extends NarrowingFlags {
  readonly param?: readonly string[] | undefined;
  readonly paramsFile?: string | undefined;
  readonly nodesFile?: string | undefined;
  /** Parameter file of autoexec. */
  readonly params?: string | undefined;
  /** Nodes file of autoexec. */
  readonly nodes?: string | undefined;
  /** Folder with the scripts of the autoexec job. */
  readonly scripts?: string | undefined;
}

/** What reading a request needs. */
export interface RequestDeps {
  readonly host: Pick<CliHost, 'stdin' | 'fetch'>;
  readonly client: () => Promise<Pick<DroverClient, 'listNodes' | 'offerFile' | 'completeFile' | 'viewJob'>>;
  readonly say: (line: string) => void;
}

/**
 * Imports an autoexec job from its files, and tells its notices.
 * @throws AppError `usage.invalid`, the importer's and the client's errors.
 */
export const importJob = async (
  { host, client, say }: RequestDeps,
  flags: { readonly params: string; readonly nodes?: string | undefined; readonly scripts?: string | undefined },
): Promise<AutoexecImport> => {
  const inventory: readonly InventoryNode[] = flags.nodes === undefined ? [] : await readInventory(await client());
  const imported = importAutoexec({
    params: await readInputFile(host, flags.params),
    ...(flags.nodes === undefined ? {} : { nodes: await readInputFile(host, flags.nodes) }),
    ...(flags.scripts === undefined ? {} : { scripts: await readScripts(flags.scripts) }),
    inventory,
  });
  for (const { path, message } of imported.notices) say(`note ${path}: ${message}`);
  return imported;
};

/** A request, and what is needed to explain the server's errors to the one who wrote the job. */
export interface ReadRequest {
  readonly request: RunRequestInput;
  /** Waits for the server; its errors are told with the places in the job file. */
  readonly explained: <T>(work: Promise<T>) => Promise<T>;
}

const inFile =
  (file?: SentFile): ReadRequest['explained'] =>
  (work) =>
    withFilePlaces(file, work);

const requestOfImport = async (deps: RequestDeps, params: string, flags: JobFlags): Promise<ReadRequest> => {
  const { nodes, scripts } = flags;
  const imported = await importJob(deps, { params, nodes, scripts });
  const given = { ...imported.params, ...(await readParams(deps.host, flags)) };
  const values = await withUploadedFiles(uploading(deps), imported.job.spec.params, given);
  const request = {
    job: imported.job,
    params: resolveParams(imported.job, values),
    ...(imported.nodes === undefined ? {} : { nodes: [...imported.nodes] }),
    ...(imported.context === undefined ? {} : { context: imported.context }),
    only: narrowingOf(flags),
  };
  return { request, explained: inFile() };
};

const nodesOf = async (deps: RequestDeps, { nodesFile }: JobFlags): Promise<Pick<RunRequestInput, 'nodes'>> => {
  if (nodesFile === undefined) return {};
  const file = await readInputFile(deps.host, nodesFile);
  return { nodes: [...(await readNodesFile(file, async (refresh) => readInventory(await deps.client(), refresh)))] };
};

const requestOfFile = async (
  deps: RequestDeps,
  { text, fileName }: InputFile,
  flags: JobFlags,
): Promise<ReadRequest> => {
  const { value: job, source } = readDocumentFile(jobDocument, text, fileName);
  const given = await readParams(deps.host, flags);
  const params = resolveParams(job, await withUploadedFiles(uploading(deps), job.spec.params, given));
  const request = { job, params, ...(await nodesOf(deps, flags)), only: narrowingOf(flags) };
  return { request, explained: inFile({ fileName, source }) };
};

const uploading = ({ host, client }: RequestDeps): UploadDeps => ({ client, fetch: host.fetch });

/** What a stored job says of its params; nothing when there is none of that name, which the server then tells. */
const paramsOfStored = async ({ client }: RequestDeps, written: string): Promise<Job['spec']['params']> => {
  const reference = readJobReference(written);
  if (reference === undefined) return {};
  const { name, revision } = reference;
  const { view } = await (await client()).viewJob(name, revision === undefined ? {} : { revision });
  return parseJob(view.job).spec.params;
};

/** A name that is neither a file nor a stored job is most often a file that is elsewhere. */
const withoutFile =
  (name: string): ReadRequest['explained'] =>
  async (work) => {
    try {
      return await work;
    } catch (error) {
      if (!isAppError(error, 'job.not-found') || !error.message.startsWith('There is no job')) throw error;
      throw new AppError('job.not-found', `There is no file '${name}' and no stored job of that name`, {
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      });
    }
  };

const requestOfJob = async (deps: RequestDeps, jobOrFile: string, flags: JobFlags): Promise<ReadRequest> => {
  const file = await readFileIfThere(deps.host, jobOrFile);
  if (file !== undefined) return requestOfFile(deps, file, flags);
  // A mistyped file name is told as such; `x.yaml@latest` would name a stored job.
  if (/\.(?:ya?ml|json)$/.test(jobOrFile) || readJobReference(jobOrFile) === undefined)
    await readInputFile(deps.host, jobOrFile);
  const given = await readParams(deps.host, flags);
  const declared = mayNameFile(given) ? await paramsOfStored(deps, jobOrFile) : {};
  const params = await withUploadedFiles(uploading(deps), declared, given);
  const request = { job: jobOrFile, params, ...(await nodesOf(deps, flags)), only: narrowingOf(flags) };
  return { request, explained: withoutFile(jobOrFile) };
};

/**
 * The request that the files and flags make: a job file, the name of a stored job where there is no such file, or the files of an autoexec job.
 * Everything that can be checked without a server is checked here, where the places in the files are known.
 * @throws AppError `usage.invalid` when both or neither are given, and whatever is wrong in the files.
 */
export const readRunRequest = (
  deps: RequestDeps,
  jobOrFile: string | undefined,
  flags: JobFlags,
): Promise<ReadRequest> => {
  if (jobOrFile !== undefined && flags.params === undefined) return requestOfJob(deps, jobOrFile, flags);
  if (jobOrFile === undefined && flags.params !== undefined) return requestOfImport(deps, flags.params, flags);
  throw new AppError(
    'usage.invalid',
    jobOrFile === undefined ? 'No job is given' : 'A job and --params exclude each other',
    {
      hint: 'Give a job file or the name of a stored job, or --params (with --nodes and --scripts) for a job of autoexec.',
    },
  );
};
