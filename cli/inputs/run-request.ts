import type { DroverClient, RunRequestInput } from '#shared/client/client.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type AutoexecImport, importAutoexec } from '#shared/import/autoexec/import-autoexec.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { resolveParams } from '#shared/job/params.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { CliHost } from '../host.ts';
import { type NarrowingFlags, narrowingOf } from './narrowing.ts';
import { readInventory, readNodesFile } from './nodes-file.ts';
import { readParams } from './params.ts';
import { readInputFile } from './read-file.ts';
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
  readonly host: Pick<CliHost, 'stdin'>;
  readonly client: () => Promise<Pick<DroverClient, 'listNodes'>>;
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

const requestOfImport = async (deps: RequestDeps, params: string, flags: JobFlags): Promise<RunRequestInput> => {
  const { nodes, scripts } = flags;
  const imported = await importJob(deps, { params, nodes, scripts });
  const values = { ...imported.params, ...(await readParams(deps.host, flags)) };
  return {
    job: imported.job,
    params: resolveParams(imported.job, values),
    ...(imported.nodes === undefined ? {} : { nodes: [...imported.nodes] }),
    ...(imported.context === undefined ? {} : { context: imported.context }),
    only: narrowingOf(flags),
  };
};

const requestOfJob = async (deps: RequestDeps, jobFile: string, flags: JobFlags): Promise<RunRequestInput> => {
  const { text, fileName } = await readInputFile(deps.host, jobFile);
  const job = parseJobFile(text, fileName);
  const params = resolveParams(job, await readParams(deps.host, flags));
  const nodes =
    flags.nodesFile === undefined
      ? undefined
      : await readNodesFile(await readInputFile(deps.host, flags.nodesFile), async () =>
          readInventory(await deps.client()),
        );
  return { job, params, ...(nodes === undefined ? {} : { nodes: [...nodes] }), only: narrowingOf(flags) };
};

/**
 * The request that the files and flags make: a job file, or the files of an autoexec job. Everything that can be checked without a server is
 * checked here, where the places in the files are known.
 * @throws AppError `usage.invalid` when both or neither are given, and whatever is wrong in the files.
 */
export const readRunRequest = (
  deps: RequestDeps,
  jobFile: string | undefined,
  flags: JobFlags,
): Promise<RunRequestInput> => {
  if (jobFile !== undefined && flags.params === undefined) return requestOfJob(deps, jobFile, flags);
  if (jobFile === undefined && flags.params !== undefined) return requestOfImport(deps, flags.params, flags);
  throw new AppError(
    'usage.invalid',
    jobFile === undefined ? 'No job is given' : 'A job file and --params exclude each other',
    {
      hint: 'Give a job file, or --params (with --nodes and --scripts) for a job of autoexec.',
    },
  );
};
