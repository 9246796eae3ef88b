import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One argument of a program may have 128 KiB on Linux (MAX_ARG_STRLEN); some room is left for the prefix. */
const LONGEST_ARGUMENT_BYTES = 120 * 1024;
const SHELL = '/bin/sh';

/** How to start a script, and the file to remove afterwards. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly file?: string;
}

/** A script needs a file of its own when another interpreter reads it, when it asks for its own name, or when it is too long for an argument. */
export const needsFile = (script: string): boolean =>
  (script.startsWith('#!') && !/^#!\s*\/bin\/sh\s*(\n|$)/.test(script)) ||
  script.includes('$0') ||
  script.includes('${0') ||
  Buffer.byteLength(script) > LONGEST_ARGUMENT_BYTES;

/**
 * The agents save the script and start `sh -c <path>`. A file costs a write and a removal for each command, so where a script cannot
 * tell the difference it travels as the shell's argument. Merging is on the script's first line, which keeps its line numbers.
 */
export const launchOf = (
  script: string,
  options: {
    readonly merge: boolean;
    readonly folder: string;
    readonly name: string;
    readonly powershell?: string | undefined;
  },
): Launch => {
  if (options.powershell !== undefined) {
    const ps1 = join(options.folder, `${options.name}.ps1`);
    writeFileSync(ps1, script);
    const program = [options.powershell, '-NonInteractive', '-NoProfile', '-File', ps1];
    return {
      program: SHELL,
      args: ['-c', options.merge ? 'exec "$0" "$@" 2>&1' : 'exec "$0" "$@"', ...program],
      file: ps1,
    };
  }
  if (!needsFile(script)) {
    return { program: SHELL, args: ['-c', options.merge ? `exec 2>&1;${script}` : script, '_script.sh'] };
  }
  const file = join(options.folder, `${options.name}.sh`);
  writeFileSync(file, script, { mode: 0o700 });
  // Nobody else may read it: it may hold what opens secrets.
  chmodSync(file, 0o700);
  return { program: SHELL, args: ['-c', options.merge ? 'exec "$0" 2>&1' : 'exec "$0"', file], file };
};
