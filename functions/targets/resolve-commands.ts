import { type LibraryReadDeps, requireCommand } from '#functions/records/library.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import { checkReferences } from '#shared/job/check-references.ts';
import { checkSecrets } from '#shared/job/check-secrets.ts';
import { type Finding, inDocumentOrder } from '#shared/job/finding.ts';
import { type OperationSite, operationSites } from '#shared/job/job-outline.ts';
import { jobDocument } from '#shared/job/parse-job.ts';
import { invalidDocument } from '#shared/job/read-document.ts';
import { applyCommands, type FrozenCommands } from '#shared/library/apply-commands.ts';
import { checkArguments } from '#shared/library/arguments.ts';
import { isReference, readCommandReference } from '#shared/library/command-reference.ts';
import { usedCommands } from '#shared/library/run-job.ts';
import type { FrozenCommand } from '#shared/model/command.ts';
import type { Job } from '#shared/model/job.ts';
import { resolveLibraries } from './resolve-libraries.ts';

type Complaint = Pick<Finding, 'message' | 'suggestion'>;
type Resolved = { readonly command: FrozenCommand } | { readonly complaints: readonly Complaint[] };

/**
 * The commands that a job uses, as the library has them now: `latest` becomes the version that it is. Uses are checked against what the
 * commands say of their arguments and outputs.
 * @throws AppError `job.invalid` with a place for each use that is wrong
 */
export const resolveCommands = async (deps: LibraryReadDeps, job: Job): Promise<FrozenCommands> => {
  const names = usedCommands(job);
  if (names.length === 0) return {};
  const resolved = new Map<string, Resolved>();
  for (const name of names) resolved.set(name, await resolve(deps, name));
  const commands = Object.fromEntries(
    [...resolved].flatMap(([name, one]) => ('command' in one ? [[name, one.command] as const] : [])),
  );
  const findings = operationSites(job).flatMap((site) => findingsOfUse(site, resolved));
  const all = findings.length > 0 ? findings : checkApplied(applyCommands(job, commands));
  if (all.length > 0) throw invalidDocument(jobDocument, 'The job', inDocumentOrder(job, all));
  return commands;
};

/** What can be said only of a job whose commands are known: their outputs, and where its secrets come to stand. */
const checkApplied = (job: Job): readonly Finding[] => [...checkReferences(job), ...checkSecrets(job)];

const findingsOfUse = (
  { operation, path }: OperationSite,
  resolved: ReadonlyMap<string, Resolved>,
): readonly Finding[] => {
  const one = operation.use === undefined ? undefined : resolved.get(operation.use);
  if (one === undefined) return [];
  if ('complaints' in one) return one.complaints.map((complaint) => ({ path: [...path, 'use'], ...complaint }));
  const { name, spec } = one.command;
  return checkArguments(path, operation, { name, arguments: spec.arguments, positional: spec.positional });
};

const resolve = async (deps: LibraryReadDeps, text: string): Promise<Resolved> => {
  const reference = readCommandReference(text);
  if (!isReference(reference)) return { complaints: [reference] };
  try {
    const { name, record, spec } = await requireCommand(deps, reference);
    if (spec.type === 'library')
      return {
        complaints: [
          {
            message: `'${name}' is a library, not a script`,
            suggestion: 'It is used by commands, in their libraries.',
          },
        ],
      };
    const { libraries, findings } = await resolveLibraries(deps, name, spec);
    if (findings.length > 0)
      return {
        complaints: findings.map(({ path: _path, ...finding }) => ({
          ...finding,
          message: `${name}: ${finding.message}`,
        })),
      };
    return { command: { name, version: record.version, spec, libraries: [...libraries] } };
  } catch (error) {
    if (!isAppError(error, 'command.')) throw error;
    return {
      complaints: [{ message: error.message, ...(error.hint === undefined ? {} : { suggestion: error.hint }) }],
    };
  }
};
