import { AppError } from '../errors/app-error.ts';
import { compactSh } from './compact-sh.ts';
import { needsEnvCommand } from './env-names.ts';
import { fenceName } from './fence.ts';
import { fill } from './fill.ts';
import { interpreterRules, type Program } from './interpreters.ts';
import { shLiteral } from './literal.ts';
import { secretAssignments, secretPieces, secretTemplate, secretValues } from './render-secrets.ts';
import { fileSeconds, searchPaths, secretSeconds } from './search-paths.ts';
import * as arrival from './sh-arrival.ts';
import * as execution from './sh-execution.ts';
import * as files from './sh-files.ts';
import * as reboot from './sh-reboot.ts';
import * as upload from './sh-upload.ts';
import { formFields } from './upload-key.ts';
import { type CompleteInput, type InstanceValues, shippedScript, type UploadInput } from './wrapper-input.ts';

type Env = Readonly<Record<string, string>>;

/** Up to this many bytes of text are read with builtins; above, starting cat(1) costs less than reading byte by byte, as dash does. */
const builtinReadBytes = 1024;

const line = (...parts: readonly string[]): string => parts.filter((word) => word !== '').join(' ');

const words = (values: readonly string[]): string => values.map(shLiteral).join(' ');

/** `A='x' B='y'`, for export; values that export cannot carry are left to {@link envWords}. */
const assignments = (env: Env): string =>
  Object.entries(env)
    .filter(([name]) => !needsEnvCommand(name))
    .map(([name, value]) => `${name}=${shLiteral(value)}`)
    .join(' ');

/** What every node exports. */
const exportsOf = ({ env, secretEnv }: CompleteInput): string => line(assignments(env), secretAssignments(secretEnv));

/** Arguments for env(1). */
const envWords = (env: Env): string =>
  words(
    Object.entries(env)
      .filter(([name]) => needsEnvCommand(name))
      .map(([name, value]) => `${name}=${value}`),
  );

const hasFiles = ({ files: given = [] }: CompleteInput): boolean => given.length > 0;

/** Values for a shell, with the variable of a file's path where a file is named: inside of single quotes, so these are closed around it. */
const withPaths = (text: string, { files: given = [] }: CompleteInput): string =>
  given.reduce(
    (filled, { value }, index) => filled.replaceAll(shLiteral(value).slice(1, -1), () => `'"$_f${index}"'`),
    text,
  );

const hasLibraries = ({ libraries = [] }: CompleteInput): boolean => libraries.length > 0;

/** ` PYTHONPATH="$DROVER_LIB…"`: the folder of the libraries first, then what was there. */
const searchPath = ({ interpreter }: CompleteInput): string => {
  const name = searchPaths[interpreter];
  return name === undefined ? '' : ` ${name}="$_base.lib\${${name}:+:$${name}}"`;
};

/** One instance's row: exports its variables, then hands its key, what env(1) must carry, the command `$3 $4` (`$3` may be several words) and its own arguments to `$2`. */
const arm = (input: CompleteInput, [instanceId, values]: readonly [string, InstanceValues]): string => {
  const key = fenceName(input.fence, values.nodeKey).slice(fenceName(input.fence).length);
  const env = values.env ?? {};
  const exported = line(assignments(env), secretAssignments(values.secretEnv));
  const ownArgs = hasOwnArgs(input) ? words(values.args ?? input.args ?? []) : '';
  const call = line('$2', shLiteral(key), envWords(env), '$3 "$4"', ownArgs);
  return `${instanceId})${exported === '' ? '' : `$1 ${exported};`}${call};;`;
};

const hasOwnArgs = ({ perInstance }: CompleteInput): boolean =>
  Object.values(perInstance ?? {}).some((values) => values.args !== undefined);

const instanceIdWord = (from: CompleteInput['instanceIdFrom']): string =>
  from === 'ssm' ? '$AWS_SSM_INSTANCE_ID' : "'{{ACS::InstanceId}}'";

/** The wrapper's own text for this shape of input, with placeholders for the values. */
const templateOf = (input: CompleteInput): string => {
  const instances = Object.values(input.perInstance ?? {});
  const environments = [input.env, ...instances.map((values) => values.env ?? {})];
  const has = (test: (name: string) => boolean): boolean => environments.some((env) => Object.keys(env).some(test));
  const when = (condition: boolean, text: string): string => (condition ? text : '');
  const byInstance = input.perInstance !== undefined;
  const asUser = input.runAs !== undefined;
  const reboots = input.reboot === true;
  const uploads = input.upload !== undefined;
  const setsPath = has((name) => name === 'PATH');
  const text = [
    '#!/bin/sh',
    arrival.basics,
    when(byInstance, arrival.table),
    arrival.fence,
    asUser ? arrival.userBase : arrival.ownBase,
    arrival.kill,
    arrival.replay,
    when(reboots, reboot.boot + reboot.resume + reboot.arrive),
    arrival.firstOnly,
    when(uploads, upload.uploadStream),
    execution.finish,
    execution.cancel,
    when(asUser, execution.userCheck),
    secretTemplate(input.secrets),
    when(hasFiles(input), files.obtainFiles),
    execution.scriptFile,
    when(hasLibraries(input), execution.libraryFiles),
    when(asUser, execution.userFiles),
    execution.start,
    execution.run,
  ].join('\n');
  return compactSh(
    fill(text, {
      REMOVEFILES: when(hasFiles(input), files.removeFiles),
      REBOOT: when(reboots, reboot.finish),
      REBOOTCOUNT: when(reboots, reboot.count),
      UPLOAD: when(uploads, upload.uploadOutput),
      SHIFT: when(byInstance, execution.dropKey),
      PATHCHECK: when(setsPath, execution.pathCheck),
      PATHBACK: when(setsPath, execution.pathBack),
      ENVCOMMAND: when(has(needsEnvCommand), execution.envCommand),
      LIBRARY: when(hasLibraries(input), fill(execution.libraryFolder, { SEARCHPATH: searchPath(input) })),
      RUNAS: when(asUser, execution.runAs),
      CHANGEDIRECTORY: when(input.workingDirectory !== undefined, execution.changeDirectory),
      EXPORTS: when(exportsOf(input) !== '', execution.exports),
      GO: byInstance ? execution.goByInstance : execution.goAlike,
      ...secretPieces(input.secrets),
    }),
  );
};

/** The text that ends what the same input started. */
const stopTemplateOf = (input: CompleteInput): string =>
  compactSh(
    [
      '#!/bin/sh',
      arrival.basics,
      input.perInstance === undefined ? '' : arrival.table,
      arrival.fence,
      input.runAs === undefined ? arrival.ownBase : arrival.userBase,
      arrival.kill,
      arrival.replay,
      input.reboot === true ? reboot.boot + reboot.resume + reboot.stop : '',
      arrival.stop,
    ].join('\n'),
  );

/** @throws AppError `internal.bug` for an interpreter that only Windows has: checkedInput refuses it before */
const posixProgram = ({ interpreter }: CompleteInput): Program => {
  const program = interpreterRules[interpreter].posix;
  if (program === undefined) throw new AppError('internal.bug', `${interpreter} in a wrapper for a POSIX shell`);
  return program;
};

/** A relative directory is relative to where the agent starts scripts; the prefix keeps `-` and CDPATH out of it. */
const directoryWord = (directory: string): string =>
  shLiteral(directory.startsWith('/') ? directory : `./${directory}`);

/** The parts of the form for `_fields` and the policy, see sh-upload.ts. */
const uploadValues = (upload: UploadInput | undefined): Readonly<Record<string, string>> => {
  if (upload === undefined) return {};
  const { url, policy, keyPrefix } = upload.form;
  const { long, short } = formFields(upload.form);
  return {
    URL: shLiteral(url),
    PREFIX: shLiteral(keyPrefix),
    FIELDS: words(short.flat()),
    LONGFIELD: long?.[0] ?? '',
    LONG: long === undefined ? '' : shLiteral(long[1]),
    POLICY: long === undefined ? shLiteral(policy) : policy.split(long[1]).map(shLiteral).join('"$1"'),
    UPLOADSECONDS: String(upload.seconds),
  };
};

const arms = (input: CompleteInput): string =>
  Object.entries(input.perInstance ?? {})
    .map((row) => arm(input, row))
    .join('\n');

/**
 * The wrapper in POSIX sh. The caller has checked the input.
 * @throws AppError `script.invalid` for a fence that makes no file name
 */
export const renderSh = (input: CompleteInput): string => {
  const program = posixProgram(input);
  const command = `${program.name} ${program.options}`.trimEnd();
  return fill(templateOf(input), {
    TIMEOUT: String(input.timeoutSeconds),
    GRACE: String(input.killAfterSeconds),
    PATIENCE: String(
      input.killAfterSeconds * 3 +
        15 +
        (input.upload?.seconds ?? 0) +
        (input.secrets === undefined ? 0 : secretSeconds) +
        (hasFiles(input) ? fileSeconds : 0),
    ),
    NAME: shLiteral(fenceName(input.fence)),
    INSTANCE: instanceIdWord(input.instanceIdFrom),
    ARMS: withPaths(arms(input), input),
    CAP: String(input.outputsBytes),
    QUICK: String(Math.min(builtinReadBytes, input.textBytes)),
    ROOM: String(input.textBytes),
    HALF: String(Math.floor(input.textBytes / 2)),
    SCRIPT: shLiteral(shippedScript(input)),
    SUFFIX: interpreterRules[input.interpreter].suffix,
    INTERPRETER: program.name,
    COMMAND: input.perInstance === undefined ? command : shLiteral(command),
    FILES: words((input.libraries ?? []).flatMap(({ file, text }) => [file, text])),
    USER: input.runAs ?? '',
    PATHS: words(input.env['PATH'] === undefined ? [] : [`PATH=${input.env['PATH']}`]),
    ENVWORDS: withPaths(envWords(input.env), input),
    ARGS: hasOwnArgs(input) ? '' : withPaths((input.args ?? []).map((value) => ` ${shLiteral(value)}`).join(''), input),
    DIRECTORY: directoryWord(input.workingDirectory ?? ''),
    ASSIGNMENTS: withPaths(exportsOf(input), input),
    FILESECONDS: String(fileSeconds),
    FILEWORDS: words((input.files ?? []).flatMap(({ sha256, url, name }, index) => [String(index), sha256, url, name])),
    FILEVARIABLES: (input.files ?? []).map(({ name }, index) => `_f${index}=$1/${index}/${shLiteral(name)}`).join('\n'),
    ...secretValues(input.secrets),
    ...uploadValues(input.upload),
  });
};

/**
 * The script that ends what {@link renderSh} started for the same input. Its table has the instances' fences only.
 * @throws AppError `script.invalid` for a fence that makes no file name
 */
export const renderStopSh = (input: CompleteInput): string =>
  fill(stopTemplateOf(input), {
    TIMEOUT: '0',
    PATIENCE: String(input.killAfterSeconds * 3 + 15),
    GRACE: String(input.killAfterSeconds),
    NAME: shLiteral(fenceName(input.fence)),
    INSTANCE: instanceIdWord(input.instanceIdFrom),
    ARMS: Object.entries(input.perInstance ?? {})
      .map(([instanceId, { nodeKey }]) =>
        arm({ ...input, perInstance: {} }, [instanceId, nodeKey === undefined ? {} : { nodeKey }]),
      )
      .join('\n'),
  });
