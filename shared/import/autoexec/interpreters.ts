import type { Interpreter } from '#shared/model/job.ts';

/** Old names of the interpreters that Drover has. */
const known: ReadonlyMap<string, Interpreter> = new Map([
  ['sh', 'sh'],
  ['bash', 'bash'],
  ['python', 'python3'],
  ['python3', 'python3'],
  ['perl', 'perl'],
  ['javascript', 'node'],
  ['node', 'node'],
  ['nodejs', 'node'],
  ['cmd', 'bat'],
  ['bat', 'bat'],
  ['powershell', 'powershell'],
  ['pwsh', 'pwsh'],
]);

const extensions: ReadonlyMap<string, Interpreter> = new Map([
  ['sh', 'sh'],
  ['bash', 'bash'],
  ['py', 'python3'],
  ['pl', 'perl'],
  ['js', 'node'],
  ['mjs', 'node'],
  ['cmd', 'bat'],
  ['bat', 'bat'],
  ['ps1', 'powershell'],
]);

const withoutVersion = (name: string): string => name.replace(/[\d.]+$/, '');

/** The interpreter of an old name; undefined for those that Drover does not have (ksh, csh, ruby, vbscript, package). */
export const interpreterOfName = (name: string): Interpreter | undefined => known.get(name.trim().toLowerCase());

/** The name in a script's first line: `python3` of `#!/usr/bin/env python3`. */
const shebangName = (script: string): string | undefined => {
  const [, program, argument] = /^#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?([^\s-]\S*))?/.exec(script) ?? [];
  const last = (path: string | undefined): string | undefined => path?.split('/').at(-1);
  return last(program) === 'env' ? last(argument) : last(program);
};

/**
 * The interpreter of a script that does not say it: its first line, its file's extension, else sh, as an operating system does.
 * Undefined when the first line names one that Drover does not have.
 */
export const guessInterpreter = (script: string, path: string): Interpreter | undefined => {
  const named = shebangName(script);
  if (named !== undefined) return interpreterOfName(named) ?? interpreterOfName(withoutVersion(named));
  return extensions.get(path.split('.').at(-1) ?? '') ?? 'sh';
};

/** Extensions that a script of an interpreter may have, to choose between two files of one name. */
export const hasExtensionOf = (path: string, interpreter: Interpreter | undefined): boolean =>
  extensions.get(path.split('.').at(-1) ?? '') === interpreter;
