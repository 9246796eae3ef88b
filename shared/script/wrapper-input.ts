import { AppError } from '../errors/app-error.ts';
import { isFileName } from '../files/file-value.ts';
import type { Interpreter } from '../model/operation.ts';
import type { UploadForm } from '../ports/services.ts';
import { isVariableName, needsEnvCommand } from './env-names.ts';
import { type Shell, scriptFault } from './interpreters.ts';
import { requireCarriable } from './literal.ts';
import { viriScript } from './viri.ts';

/** A value with secrets in it: texts, and numbers that stand for secrets, which only the node puts in. */
export type SecretText = readonly (string | number)[];

/** Values that were sealed for one sending: where the node fetches them, what tells that they are the right ones, and what opens them. */
export interface SealedValues {
  readonly url: string;
  /** SHA-256 of what is fetched, in hexadecimal. */
  readonly digest: string;
  readonly key: string;
}

/** How the node comes by the secrets that `secretEnv` refers to. Both kinds together number them from 0. */
export interface WrapperSecrets {
  /** Absent when none comes sealed. */
  readonly sealed?: SealedValues;
  /** Names in Alibaba Cloud's parameter store, by number; its agent puts the values in. */
  readonly fromAgent: Readonly<Record<number, string>>;
  /** Letters and digits made of chance; the line that ends a value which comes from the agent. */
  readonly endWord: string;
}

/** What one instance of a batch has of its own. */
export interface InstanceValues {
  /** The node's own part of the fence. Needed when two nodes live on one instance. */
  readonly nodeKey?: string;
  /** Wins over the batch's `env`, name by name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Wins over the batch's `secretEnv`, name by name. */
  readonly secretEnv?: Readonly<Record<string, SecretText>>;
  /** Instead of the batch's `args`. */
  readonly args?: readonly string[];
}

/** A file that is put beside the script. */
export interface LibraryFile {
  /** Name in the folder `$DROVER_LIB`. */
  readonly file: string;
  /** Any text but NUL. */
  readonly text: string;
}

/** A file that the run was given, which the node fetches. */
export interface WrapperFile {
  /** What stands for its path in variables and arguments (file-value.ts). */
  readonly value: string;
  readonly name: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
  readonly url: string;
}

/** Where the node puts complete output that the answer cannot hold. */
export interface UploadInput {
  readonly form: UploadForm;
  /** Whole seconds for both streams together, at least 1. The agent's own limit must be so much later. */
  readonly seconds: number;
}

/** One script and the values it runs with, for all nodes of a batch. */
export interface WrapperInput {
  /** What the agent on the nodes runs the wrapper with; `sh` when absent. */
  readonly shell?: Shell;
  /** Unique per run, phase, operation, attempt and try: on one node, a second arrival of the same fence never runs the script again. */
  readonly fence: string;
  readonly interpreter: Interpreter;
  /** Any text but NUL. */
  readonly script: string;
  /**
   * Files for the script, in a folder of its own, which is `$DROVER_LIB` and is first where python3, perl and node look for what they load
   * (PYTHONPATH, PERL5LIB, NODE_PATH).
   */
  readonly libraries?: readonly LibraryFile[];
  /** Files for the script; where a variable or argument holds the value of one, it gets its path on the node. At most 10. */
  readonly files?: readonly WrapperFile[];
  /** The script's arguments, as data. */
  readonly args?: readonly string[];
  /** The script's environment beside the agent's own, as data; the same for all nodes of the batch. */
  readonly env: Readonly<Record<string, string>>;
  /** Like `env`, with secrets in it. These wrappers mask what the script prints. */
  readonly secretEnv?: Readonly<Record<string, SecretText>>;
  /** Needed with `secretEnv`. */
  readonly secrets?: WrapperSecrets;
  /** By instance id; absent when all nodes are alike. An instance that is not in it refuses. */
  readonly perInstance?: Readonly<Record<string, InstanceValues>>;
  /**
   * Where the node learns its instance id from: SSM's agent sets AWS_SSM_INSTANCE_ID, Aliyun's replaces the literal `{{ACS::InstanceId}}`
   * (only rendered with `perInstance` or `upload`; the sender then sets EnableParameter).
   */
  readonly instanceIdFrom: 'ssm' | 'aliyun';
  /** Whole seconds, at least 1. The agent's own limit must be at least 2 × `killAfterSeconds` + 5 above it. */
  readonly timeoutSeconds: number;
  /** Whole seconds from TERM to KILL, at least 1; 5 when absent. */
  readonly killAfterSeconds?: number;
  readonly workingDirectory?: string;
  /**
   * A script that exits with 194 or 3010 has the node rebooted, and is run again when it is delivered again after that, with DROVER_REBOOT_COUNT 1
   * and so on, at most three times (reboot.ts); `timeoutSeconds` is for all of it. Otherwise such a code is an ordinary failure.
   */
  readonly reboot?: boolean;
  /** A user of the node; not on Windows. The node refuses when it has no such user, or when the agent is neither root nor that user. */
  readonly runAs?: string;
  /** How many bytes of stdout and stderr together may be printed after the envelope. */
  readonly textBytes: number;
  /** How many bytes of $DROVER_OUTPUT the envelope carries; more is reported as an error. 3,000 when absent. */
  readonly outputsBytes?: number;
  /** Absent: what is not printed stays on the node. */
  readonly upload?: UploadInput;
}

/** Input with its defaults filled in. */
export type CompleteInput = WrapperInput & Required<Pick<WrapperInput, 'shell' | 'killAfterSeconds' | 'outputsBytes'>>;

/** The script as it lies on the node. */
export const shippedScript = ({ interpreter, script, outputsBytes }: CompleteInput): string =>
  interpreter === 'viri' ? viriScript(script, outputsBytes) : script;

/** What SSM returns at most (GetCommandInvocation: the first 24,000 characters); Cloud Assistant drops nothing below it. */
const printLimitBytes = 24_000;
/** Upper bound of the envelope without outputs, and of the marks in the text. */
const printOverheadBytes = 700;
/** Upper bound of the envelope's field on uploads. */
const uploadFieldBytes = 150;
const defaultOutputsBytes = 3000;
const defaultKillAfterSeconds = 5;

const requireThat = (condition: boolean, message: string, hint?: string): void => {
  if (!condition) throw new AppError('script.invalid', message, hint === undefined ? {} : { hint });
};

const checkEnv = (env: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(env)) {
    requireThat(isVariableName(name), `'${name}' is not the name of an environment variable.`);
    requireCarriable(`The environment variable ${name}`, value);
  }
};

const checkSecretEnv = (env: Readonly<Record<string, SecretText>> = {}): void => {
  for (const [name, parts] of Object.entries(env)) {
    requireThat(
      isVariableName(name) && !needsEnvCommand(name),
      `The environment variable ${name} cannot carry a secret: a shell treats it as its own.`,
      'Give the secret to a variable of another name.',
    );
    for (const part of parts) if (typeof part === 'string') requireCarriable(`The environment variable ${name}`, part);
  }
};

const checkArgs = (args: readonly string[] = []): void => {
  for (const [index, value] of args.entries()) requireCarriable(`Argument ${index + 1}`, value);
};

const checkLibraries = (libraries: readonly LibraryFile[] = []): void => {
  for (const { file, text } of libraries) {
    requireThat(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(file), `'${file}' is not a file name.`);
    requireCarriable(`The library ${file}`, text);
  }
};

const checkFiles = (files: readonly WrapperFile[] = []): void => {
  requireThat(files.length <= 10, 'A script takes at most 10 files.');
  for (const { name, sha256, value } of files)
    requireThat(isFileName(name) && /^[0-9a-f]{64}$/.test(sha256) && value !== '', `'${name}' is not a file.`);
};

const checkValues = (input: WrapperInput): void => {
  requireCarriable('The script', input.script);
  checkLibraries(input.libraries);
  checkFiles(input.files);
  checkArgs(input.args);
  requireCarriable('The working directory', input.workingDirectory ?? '');
  checkEnv(input.env);
  checkSecretEnv(input.secretEnv);
  for (const [instanceId, values] of Object.entries(input.perInstance ?? {})) {
    requireThat(/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(instanceId), `'${instanceId}' is not an instance id.`);
    checkEnv(values.env ?? {});
    checkSecretEnv(values.secretEnv);
    checkArgs(values.args);
  }
};

/** What no node of this shell can run: callers keep it away from the nodes one by one (scriptFault), here it would end a whole batch. */
const checkShell = ({ shell, interpreter, runAs, args, perInstance = {} }: CompleteInput): void => {
  const os = shell === 'powershell' ? 'windows' : 'linux';
  for (const own of [args, ...Object.values(perInstance).map((values) => values.args)]) {
    const fault = scriptFault(os, { interpreter, runAs, args: own ?? [] });
    requireThat(fault === undefined, fault ?? '');
  }
};

const checkSecrets = ({ secrets, secretEnv, perInstance = {}, instanceIdFrom }: WrapperInput): void => {
  const carries = [secretEnv, ...Object.values(perInstance).map((one) => one.secretEnv)].some(
    (env) => Object.keys(env ?? {}).length > 0,
  );
  requireThat(!carries || secrets !== undefined, 'Values with secrets need to know where the secrets come from.');
  if (secrets === undefined) return;
  const { sealed, fromAgent, endWord } = secrets;
  const names = Object.entries(fromAgent);
  requireThat(
    names.every(([, name]) => /^[A-Za-z0-9][A-Za-z0-9/_.-]*$/.test(name)) && /^[A-Za-z0-9]{8,64}$/.test(endWord),
    'A secret from the agent has no name, or nothing that ends it.',
  );
  requireThat(
    names.length === 0 || instanceIdFrom === 'aliyun',
    "Only Alibaba Cloud's agent puts secrets into a script.",
  );
  requireThat(
    sealed === undefined || (/^[0-9a-f]{64}$/.test(sealed.digest) && /^[A-Za-z0-9_-]{43}$/.test(sealed.key)),
    'Sealed values have no digest or key.',
  );
};

const checkSettings = (input: CompleteInput): void => {
  const overheadBytes = printOverheadBytes + (input.upload === undefined ? 0 : uploadFieldBytes);
  const whole = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;
  requireThat(whole(input.timeoutSeconds, 1), 'timeoutSeconds must be a whole number of at least 1.');
  requireThat(whole(input.killAfterSeconds, 1), 'killAfterSeconds must be a whole number of at least 1.');
  requireThat(
    whole(input.textBytes, 0) && whole(input.outputsBytes, 0),
    'textBytes and outputsBytes must be whole numbers.',
  );
  requireThat(
    overheadBytes + Math.ceil(input.outputsBytes / 3) * 4 + input.textBytes <= printLimitBytes,
    `textBytes ${input.textBytes} and outputsBytes ${input.outputsBytes} together exceed what agents return.`,
    `Keep textBytes + outputsBytes × 4/3 below ${printLimitBytes - overheadBytes}.`,
  );
  requireThat(whole(input.upload?.seconds ?? 1, 1), 'The time for uploading must be a whole number of at least 1.');
  requireThat(input.workingDirectory !== '', 'The working directory is empty.');
  requireThat(
    input.runAs === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,254}$/.test(input.runAs),
    `'${input.runAs}' is not a user name.`,
  );
};

/**
 * The input with its defaults filled in.
 * @throws AppError `script.invalid` for values that cannot be carried and settings out of range
 */
export const checkedInput = (input: WrapperInput): CompleteInput => {
  const complete = {
    ...input,
    shell: input.shell ?? 'sh',
    killAfterSeconds: input.killAfterSeconds ?? defaultKillAfterSeconds,
    outputsBytes: input.outputsBytes ?? defaultOutputsBytes,
  };
  checkValues(complete);
  checkShell(complete);
  checkSecrets(complete);
  checkSettings(complete);
  return complete;
};
