import type { LibraryWriter, Tagged } from '#functions/api/services.ts';
import { type ChangingStore, changeLibrary, etagOf } from '#functions/records/change-library.ts';
import { type LibraryReadDeps, putContent, requireCommand } from '#functions/records/library.ts';
import { commandView, describedBy } from '#functions/records/library-views.ts';
import { type LibraryClosure, resolveLibraries } from '#functions/targets/resolve-libraries.ts';
import type { PutCommandRequest } from '#shared/contract/library-requests.ts';
import type { CommandPut } from '#shared/contract/library-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { canonicalJson } from '#shared/job/canonical-json.ts';
import { invalidDocument } from '#shared/job/read-document.ts';
import { commandDocument, commandVersion, parseCommand, storedSpec } from '#shared/library/command-document.ts';
import { scriptBytes } from '#shared/library/script-bytes.ts';
import type { Command } from '#shared/model/command.ts';
import type { LibraryChange } from '#shared/model/library.ts';
import type { PlanningAgents } from '#shared/ports/agent.ts';
import type { LibraryStore } from '#shared/ports/library-store.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';

/** What putting a command needs. */
export interface PutCommandDeps extends LibraryReadDeps {
  readonly store: LibraryReadDeps['store'] & ChangingStore & Pick<LibraryStore, 'noteVersion'>;
  readonly agents: PlanningAgents;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Puts a command under its name. Its version is the digest of content and settings, so putting what is there already is no new version; a
 * changed description or label changes the command, not the version; content of an earlier version makes that one the latest again.
 * The version is written before the change that names it.
 * @throws AppError `command.invalid`, `request.invalid` when the name is another one, `script.too-large`, `precondition.failed`
 */
export const putCommand =
  (deps: PutCommandDeps) =>
  async (name: string, request: PutCommandRequest, writer: LibraryWriter): Promise<Tagged<CommandPut>> => {
    const command = parseCommand(request.command);
    if (command.metadata.name !== name)
      throw new AppError('request.invalid', `The command's name is '${command.metadata.name}', not '${name}'`, {
        places: [{ path: '/command/metadata/name', message: `must be '${name}', as in the path of the request` }],
      });
    checkSize(deps, command, await requireLibraries(deps, command));
    const version = commandVersion(command.spec);
    const at = nowIso(deps.clock);
    const { latest, created } = await changeLibrary(deps.store, { kind: 'command', name }, writer, async (before) => {
      if (before !== undefined && isSame(before, command, version)) return undefined;
      await putContent(deps.libraryBlobs, 'command', storedSpec(command.spec));
      await deps.store.noteVersion({ name, version, actor: writer.actor, createdAt: at });
      return {
        action: 'put',
        digest: version,
        actor: writer.actor,
        at,
        ...(request.comment === undefined ? {} : { comment: request.comment }),
        ...describedBy(command.metadata),
        type: command.spec.type,
        interpreter: command.spec.interpreter,
      };
    });
    if (created) deps.log.info('command.put', { name, version, actor: writer.actor });
    const stored = await requireCommand(deps, { name, version }, { history: true });
    return { view: { ...commandView({ ...stored, latest }), created }, etag: etagOf(latest) };
  };

const isSame = (before: LibraryChange, command: Command, version: string): boolean =>
  before.action === 'put' &&
  before.digest === version &&
  canonicalJson(describedBy(before)) === canonicalJson(describedBy(command.metadata));

/** The libraries of a command as they are now: all must be there before it. */
const requireLibraries = async (deps: PutCommandDeps, command: Command): Promise<LibraryClosure['libraries']> => {
  const { libraries, findings } = await resolveLibraries(deps, command.metadata.name, command.spec);
  if (findings.length > 0) throw invalidDocument(commandDocument, 'The command', findings);
  return libraries;
};

/** What no agent takes can never run. What only some take is told when a run is planned. */
const checkSize = (
  { agents }: PutCommandDeps,
  { metadata, spec }: Command,
  libraries: LibraryClosure['libraries'],
): void => {
  const most = Math.max(agents.aws.limits.scriptBytes, agents.aliyun.limits.scriptBytes);
  const bytes = scriptBytes({ ...spec, libraries });
  if (spec.type === 'library' || bytes <= most) return;
  const parts = libraries.map(({ name, text }) => `${name} ${text.length}`).join(', ');
  throw new AppError(
    'script.too-large',
    `Command '${metadata.name}' makes ${bytes} bytes to send${parts === '' ? '' : ` with its libraries (${parts})`}; no agent takes more than ${most}`,
    { hint: 'Shorten it, or push large files to the nodes beforehand.' },
  );
};
