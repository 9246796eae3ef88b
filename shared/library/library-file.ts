import type { CommandSpec } from '../model/command.ts';
import type { Interpreter } from '../model/operation.ts';

/** Endings under which the languages look for what they load. */
const endings: Readonly<Record<Interpreter, string>> = {
  sh: 'sh',
  bash: 'sh',
  python3: 'py',
  viri: 'py',
  perl: 'pm',
  node: 'js',
  pwsh: 'ps1',
  powershell: 'ps1',
  bat: 'cmd',
};

/** The file name of a library on the node: what it says, else the last part of its name with the ending of its language. */
export const libraryFile = (name: string, { file, interpreter }: Pick<CommandSpec, 'file' | 'interpreter'>): string =>
  file ?? `${name.slice(name.lastIndexOf('/') + 1)}.${endings[interpreter]}`;
