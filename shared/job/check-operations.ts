import type { Job } from '../model/job.ts';
import type { Finding, Path } from './finding.ts';
import { operationSites } from './job-outline.ts';

/** Environment variables of this prefix are Drover's own (`DROVER_OUTPUT`, `DROVER_RUN_ID`). */
const reservedPrefix = 'DROVER_';

/** Environment variables that only Drover may set. */
export const checkEnvNames = (path: Path, env: Readonly<Record<string, unknown>>): readonly Finding[] =>
  Object.keys(env)
    .filter((name) => name.startsWith(reservedPrefix))
    .map((name) => ({
      path: [...path, name],
      message: `variables that begin with ${reservedPrefix} are set by Drover itself`,
      atKey: true,
    }));

/** A text in which no value is put: `${{` in it is a mistake. */
export const checkLiteral = (path: Path, text: string | undefined, suggestion: string): readonly Finding[] => {
  const offset = text?.indexOf('${{') ?? -1;
  return offset < 0 ? [] : [{ path, offset, message: "'${{' is not replaced here", suggestion }];
};

/**
 * Scripts, users and directories are taken as they stand. A value inside a script would be read by its interpreter (`x$(id)y`); as
 * environment variable or argument it arrives as data.
 */
export const checkOperations = (job: Job): readonly Finding[] => [
  ...checkEnvNames(['spec', 'env'], job.spec.env),
  ...job.spec.groups.flatMap((group, groupIndex) => [
    ...checkEnvNames(['spec', 'groups', groupIndex, 'env'], group.env),
    ...group.phases.flatMap((phase, phaseIndex) =>
      checkEnvNames(['spec', 'groups', groupIndex, 'phases', phaseIndex, 'env'], phase.env),
    ),
  ]),
  ...operationSites(job).flatMap(({ operation, path }) => [
    ...checkEnvNames([...path, 'env'], operation.env),
    ...checkEnvNames([...path, 'setEnv'], operation.setEnv ?? {}),
    ...checkLiteral(
      [...path, 'run'],
      operation.run,
      'Give the value to the script as data: env: {NAME: ${{ … }}} and "$NAME" in the script, or args.',
    ),
    ...checkLiteral([...path, 'runAs'], operation.runAs, 'Only env, args, output defaults and conditions take values.'),
    ...checkLiteral(
      [...path, 'workingDirectory'],
      operation.workingDirectory,
      'Give it through env and cd to it in the script.',
    ),
  ]),
];
