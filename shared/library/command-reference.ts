import { commandNameSchema } from '../model/command.ts';

/** A command, and which version of it: `latest`, or the first digits of its id. */
export interface CommandReference {
  readonly name: string;
  readonly version: string;
}

/** Fewer digits than this could soon mean two versions. */
const fewestDigits = 6;

/** Why a text names no command. */
export interface ReferenceProblem {
  readonly message: string;
  readonly suggestion: string;
}

/** Reads `ops/restart`, `ops/restart@latest` or `ops/restart@<first digits of the version>`. */
export const readCommandReference = (text: string): CommandReference | ReferenceProblem => {
  const at = text.lastIndexOf('@');
  const name = at < 0 ? text : text.slice(0, at);
  const version = at < 0 ? 'latest' : text.slice(at + 1);
  if (!commandNameSchema.safeParse(name).success)
    return {
      message: `'${name}' is not the name of a command`,
      suggestion: 'Names are paths such as ops/restart: letters, digits, . _ -',
    };
  if (version === 'latest' || (version.length >= fewestDigits && /^[0-9a-f]{1,64}$/.test(version)))
    return { name, version };
  return {
    message: `'${version}' is not a version of a command`,
    suggestion: `Write ${name}@latest, or ${name}@ and at least ${fewestDigits} digits of a version's id, as drover command history ${name} shows them.`,
  };
};

/** True for what {@link readCommandReference} could read. */
export const isReference = (reading: CommandReference | ReferenceProblem): reading is CommandReference =>
  'name' in reading;

/** Versions as people read them: the first twelve digits. */
export const shortVersion = (version: string): string => version.slice(0, 12);
