const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for names that a POSIX shell can export. */
export const isVariableName = (name: string): boolean => variableName.test(name);

/** Names that bash, busybox or dash treat as their own: read-only, computed on reading, or changing how the shell itself works. */
const shellOwned = new Set([
  'DIRSTACK',
  'EPOCHREALTIME',
  'EPOCHSECONDS',
  'EUID',
  'FUNCNAME',
  'GROUPS',
  'HISTCMD',
  'IFS',
  'LANG',
  'LINENO',
  'OLDPWD',
  'OPTARG',
  'OPTERR',
  'OPTIND',
  'PATH',
  'POSIXLY_CORRECT',
  'PPID',
  'PWD',
  'RANDOM',
  'REPLY',
  'SECONDS',
  'SHELLOPTS',
  'SHLVL',
  'SRANDOM',
  'UID',
]);

/**
 * True when a shell's `export` would not carry a value of this name unchanged, or would change the wrapper itself; such a value goes through
 * env(1). The wrapper's own variables are `_` and one or two letters or digits.
 */
export const needsEnvCommand = (name: string): boolean =>
  shellOwned.has(name) || /^(?:BASH|COMP_|LC_)/.test(name) || /^_[A-Za-z0-9]{0,2}$/.test(name);
