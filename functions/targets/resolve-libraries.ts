import { type LibraryReadDeps, requireCommand } from '#functions/records/library.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { Finding } from '#shared/job/finding.ts';
import { isReference, readCommandReference, shortVersion } from '#shared/library/command-reference.ts';
import { libraryFile } from '#shared/library/library-file.ts';
import type { CommandSpec } from '#shared/model/command.ts';
import type { DeliveredLibrary } from '#shared/model/operation.ts';

/** More files than this beside one script are a package, and belong on the nodes beforehand. */
const mostLibraries = 50;

/** The libraries of a command, those that others need first, and what is wrong with them. */
export interface LibraryClosure {
  readonly libraries: readonly DeliveredLibrary[];
  /** At `spec.libraries` of the command. */
  readonly findings: readonly Finding[];
}

interface Complaint {
  readonly message: string;
  readonly suggestion?: string;
}

interface Walk {
  readonly deps: LibraryReadDeps;
  readonly found: Map<string, DeliveredLibrary>;
}

/**
 * The libraries that a command uses, and those that they use, as they are now: each once, in one version, under a file name of its own.
 * What `latest` means is decided here.
 */
export const resolveLibraries = async (
  deps: LibraryReadDeps,
  name: string,
  { libraries }: Pick<CommandSpec, 'libraries'>,
): Promise<LibraryClosure> => {
  const walk: Walk = { deps, found: new Map() };
  const findings: Finding[] = [];
  for (const [index, reference] of libraries.entries()) {
    const complaint = await visit(walk, reference, [name]);
    if (complaint !== undefined) findings.push({ path: ['spec', 'libraries', index], ...complaint });
  }
  const clash = findings.length === 0 ? complainOfFiles([...walk.found.values()]) : undefined;
  return {
    libraries: [...walk.found.values()],
    findings: clash === undefined ? findings : [{ path: ['spec', 'libraries'], ...clash }],
  };
};

/** Adds a library and what it uses, the latter first; `chain` is the way to it. */
const visit = async (walk: Walk, text: string, chain: readonly string[]): Promise<Complaint | undefined> => {
  const reference = readCommandReference(text);
  if (!isReference(reference)) return reference;
  if (chain.includes(reference.name))
    return { message: `libraries use each other in a circle: ${[...chain, reference.name].join(' → ')}` };
  const read = await readLibrary(walk, reference, chain);
  if ('message' in read) return read;
  const { name, record, spec } = read;
  const known = walk.found.get(name);
  if (known !== undefined)
    return known.version === record.version
      ? undefined
      : {
          message: `${chain.join(' → ')} needs version ${shortVersion(record.version)} of ${name}, and ${shortVersion(known.version)} is needed too`,
          suggestion: 'One script can have one version of a library: use the same reference everywhere.',
        };
  for (const inner of spec.libraries) {
    const complaint = await visit(walk, inner, [...chain, name]);
    if (complaint !== undefined) return complaint;
  }
  walk.found.set(name, { name, version: record.version, file: libraryFile(name, spec), text: spec.run });
  return undefined;
};

const readLibrary = async ({ deps }: Walk, reference: { name: string; version: string }, chain: readonly string[]) => {
  try {
    const stored = await requireCommand(deps, reference);
    if (stored.spec.type === 'library') return stored;
    return {
      message: `'${reference.name}' is a script, not a library`,
      suggestion: `Put it with type: library, or take it out of the libraries of ${chain.at(-1)}.`,
    };
  } catch (error) {
    if (!isAppError(error, 'command.')) throw error;
    return { message: error.message, ...(error.hint === undefined ? {} : { suggestion: error.hint }) };
  }
};

const complainOfFiles = (libraries: readonly DeliveredLibrary[]): Complaint | undefined => {
  if (libraries.length > mostLibraries)
    return { message: `there are ${libraries.length} libraries; at most ${mostLibraries} can go with a script` };
  const owners = new Map<string, string>();
  for (const { name, file } of libraries) {
    const owner = owners.get(file);
    if (owner !== undefined)
      return {
        message: `the libraries ${owner} and ${name} have one file name, ${file}`,
        suggestion: "Give one of them another with 'file'.",
      };
    owners.set(file, name);
  }
  return undefined;
};
