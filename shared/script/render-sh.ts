import { AppError } from '../errors/app-error.ts';
import { compactSh } from './compact-sh.ts';
import { needsEnvCommand } from './env-names.ts';
import { fenceName } from './fence.ts';
import { fill } from './fill.ts';
import { interpreterRules, type Program } from './interpreters.ts';
import { shLiteral } from './literal.ts';
import * as arrival from './sh-arrival.ts';
import * as execution from './sh-execution.ts';
import * as reboot from './sh-reboot.ts';
import { type CompleteInput, type InstanceValues, shippedScript } from './wrapper-input.ts';

type Env = Readonly<Record<string, string>>;

/** Up to this many bytes of text are read with builtins; above, starting cat(1) costs less than reading byte by byte, as dash does. */
const builtinReadBytes = 1024;

const words = (values: readonly string[]): string => values.map(shLiteral).join(' ');

/** `A='x' B='y'`, for export; values that export cannot carry are left to {@link envWords}. */
const assignments = (env: Env): string =>
  Object.entries(env)
    .filter(([name]) => !needsEnvCommand(name))
    .map(([name, value]) => `${name}=${shLiteral(value)}`)
    .join(' ');

/** Arguments for env(1). */
const envWords = (env: Env): string =>
  words(
    Object.entries(env)
      .filter(([name]) => needsEnvCommand(name))
      .map(([name, value]) => `${name}=${value}`),
  );

const line = (...parts: readonly string[]): string => parts.filter((word) => word !== '').join(' ');

/** One instance's row: exports its variables, then hands its key, what env(1) must carry, the command `$3 $4` (`$3` may be several words) and its own arguments to `$2`. */
const arm = (input: CompleteInput, [instanceId, values]: readonly [string, InstanceValues]): string => {
  const key = fenceName(input.fence, values.nodeKey).slice(fenceName(input.fence).length);
  const env = values.env ?? {};
  const exported = assignments(env);
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
    execution.finish,
    execution.cancel,
    when(asUser, execution.userCheck),
    execution.scriptFile,
    when(asUser, execution.userFiles),
    execution.start,
    execution.run,
  ].join('\n');
  return compactSh(
    fill(text, {
      REBOOT: when(reboots, reboot.finish),
      REBOOTCOUNT: when(reboots, reboot.count),
      SHIFT: when(byInstance, execution.dropKey),
      PATHCHECK: when(setsPath, execution.pathCheck),
      PATHBACK: when(setsPath, execution.pathBack),
      ENVCOMMAND: when(has(needsEnvCommand), execution.envCommand),
      RUNAS: when(asUser, execution.runAs),
      CHANGEDIRECTORY: when(input.workingDirectory !== undefined, execution.changeDirectory),
      EXPORTS: when(assignments(input.env) !== '', execution.exports),
      GO: byInstance ? execution.goByInstance : execution.goAlike,
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
    NAME: shLiteral(fenceName(input.fence)),
    INSTANCE: instanceIdWord(input.instanceIdFrom),
    ARMS: arms(input),
    CAP: String(input.outputsBytes),
    QUICK: String(Math.min(builtinReadBytes, input.textBytes)),
    ROOM: String(input.textBytes),
    HALF: String(Math.floor(input.textBytes / 2)),
    SCRIPT: shLiteral(shippedScript(input)),
    SUFFIX: interpreterRules[input.interpreter].suffix,
    INTERPRETER: program.name,
    COMMAND: input.perInstance === undefined ? command : shLiteral(command),
    USER: input.runAs ?? '',
    PATHS: words(input.env['PATH'] === undefined ? [] : [`PATH=${input.env['PATH']}`]),
    ENVWORDS: envWords(input.env),
    ARGS: hasOwnArgs(input) ? '' : (input.args ?? []).map((value) => ` ${shLiteral(value)}`).join(''),
    DIRECTORY: directoryWord(input.workingDirectory ?? ''),
    ASSIGNMENTS: assignments(input.env),
  });
};

/**
 * The script that ends what {@link renderSh} started for the same input. Its table has the instances' fences only.
 * @throws AppError `script.invalid` for a fence that makes no file name
 */
export const renderStopSh = (input: CompleteInput): string =>
  fill(stopTemplateOf(input), {
    TIMEOUT: '0',
    GRACE: String(input.killAfterSeconds),
    NAME: shLiteral(fenceName(input.fence)),
    INSTANCE: instanceIdWord(input.instanceIdFrom),
    ARMS: Object.entries(input.perInstance ?? {})
      .map(([instanceId, { nodeKey }]) =>
        arm({ ...input, perInstance: {} }, [instanceId, nodeKey === undefined ? {} : { nodeKey }]),
      )
      .join('\n'),
  });
