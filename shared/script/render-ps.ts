import { AppError } from '../errors/app-error.ts';
import { windowsArguments } from './command-line.ts';
import { compactPs } from './compact-ps.ts';
import { fenceFile, fenceName } from './fence.ts';
import { fill } from './fill.ts';
import { interpreterRules, type Program } from './interpreters.ts';
import * as arrival from './ps-arrival.ts';
import * as execution from './ps-execution.ts';
import * as files from './ps-files.ts';
import { psLiteral } from './ps-literal.ts';
import * as secrets from './ps-secrets.ts';
import * as upload from './ps-upload.ts';
import { deferFiles, psFileValues } from './render-ps-files.ts';
import { hasOwnLateValues, psSecretValues } from './render-ps-secrets.ts';
import { psUploadValues } from './render-ps-upload.ts';
import { fileSeconds, searchPaths, secretSeconds } from './search-paths.ts';
import { type CompleteInput, type InstanceValues, shippedScript } from './wrapper-input.ts';

type Env = Readonly<Record<string, string>>;

/** A batch file's first lines: UTF-8 from here on, and commands are not shown. */
const batHead = '@echo off\r\n@chcp 65001 >nul\r\n';

const isPython = (name: string): boolean => name === 'python3' || name === 'viri';

const variables = (env: Env): readonly string[] =>
  Object.entries(env).map(([name, value]) => `ds '${name}' ${psLiteral(value)}`);

/** The script as its interpreter wants it: batch files with Windows line ends. */
const scriptText = (input: CompleteInput): string => {
  if (input.interpreter !== 'bat') return shippedScript(input);
  return `${batHead}${input.script.replaceAll(/\r\n?|\n/g, '\r\n')}`;
};

/** The part of a node in the fence, and the file where the whole name would be too long for one. */
const ownNames = (input: CompleteInput, nodeKey: string | undefined): readonly string[] => {
  const name = fenceName(input.fence, nodeKey);
  const key = name.slice(fenceName(input.fence).length);
  if (key === '') return [];
  const file = fenceFile(name);
  const isWhole = file === name;
  return [`$dn+='${key}'`, isWhole ? '$df=$dn' : `$df='${file}'`];
};

/** One instance's row. */
const arm = (input: CompleteInput, [instanceId, values]: readonly [string, InstanceValues]): string => {
  const args = values.args === undefined ? [] : [`$da=${psLiteral(windowsArguments(input.interpreter, values.args))}`];
  const steps = [...ownNames(input, values.nodeKey), ...variables(values.env ?? {}), ...args, 'break'];
  return `'${instanceId}'{${steps.join(';')}}`;
};

const instanceWord = (from: CompleteInput['instanceIdFrom']): string =>
  from === 'ssm' ? '"$env:AWS_SSM_INSTANCE_ID"' : "'{{ACS::InstanceId}}'";

const programsOf = ({ interpreter }: CompleteInput): readonly Program[] => {
  const programs = interpreterRules[interpreter].windows;
  if (programs === undefined) throw new AppError('internal.bug', `${interpreter} in a wrapper for Windows`);
  return programs;
};

/** Whether the node must know which one it is. */
const needsId = ({ perInstance, upload: uploads }: CompleteInput): boolean =>
  perInstance !== undefined || uploads !== undefined;

/** The wrapper's own text for this shape of input, with placeholders. */
const templateOf = (input: CompleteInput): string => {
  const when = (condition: boolean, text: string): string => (condition ? text : '');
  const reboots = input.reboot === true;
  const hides = input.secrets !== undefined;
  const hasFiles = (input.files ?? []).length > 0;
  const hasLibraries = (input.libraries ?? []).length > 0;
  return [
    arrival.basics,
    when(needsId(input), arrival.instance),
    // An instance's own values come after them, and win.
    '@VARIABLES@',
    when(input.perInstance !== undefined, arrival.table),
    arrival.fence,
    arrival.kill,
    when(hides, secrets.drop),
    arrival.replay,
    when(reboots, arrival.reboot + arrival.resume),
    arrival.firstOnly,
    when(reboots, arrival.rebootCount),
    when(isPython(input.interpreter), execution.python),
    execution.prepare,
    when(hasLibraries, execution.libraries),
    when(hasLibraries && searchPaths[input.interpreter] !== undefined, execution.searchPath),
    when(hasFiles, files.obtainFiles),
    when(hides, secrets.needs + secrets.open),
    when(hides || hasFiles, secrets.assign),
    when(hasOwnLateValues(input), secrets.assignOwn),
    execution.run,
    execution.outputs,
    execution.text,
    when(input.upload !== undefined, upload.uploadStream),
    execution.finish,
  ].join('\n');
};

/** What is put in for values once the wrapper's own names are short. */
const valuesOf = (input: CompleteInput): Readonly<Record<string, string>> => ({
  NAME: psLiteral(fenceName(input.fence)),
  FILE: psLiteral(fenceFile(fenceName(input.fence))),
  TIMEOUT: String(input.timeoutSeconds),
  ARGS: psLiteral(windowsArguments(input.interpreter, input.args ?? [])),
  INSTANCE: instanceWord(input.instanceIdFrom),
  ARMS: Object.entries(input.perInstance ?? {})
    .map((row) => arm(input, row))
    .join('\n'),
  VARIABLES: variables(input.env).join('\n'),
  WORKINGDIRECTORY: psLiteral(input.workingDirectory ?? ''),
  SCRIPT: psLiteral(scriptText(input)),
  CAP: String(input.outputsBytes),
  ROOM: String(input.textBytes),
  PATIENCE: String(
    30 +
      (input.upload?.seconds ?? 0) +
      (input.secrets === undefined ? 0 : secretSeconds) +
      ((input.files ?? []).length === 0 ? 0 : fileSeconds),
  ),
  FILES: (input.libraries ?? []).map(({ file, text }) => `dw '${file}' ${psLiteral(text)}`).join('\n'),
  SEARCHPATH: searchPaths[input.interpreter] ?? '',
  ...psSecretValues(input),
  ...psFileValues(input),
  ...psUploadValues(input.upload),
});

/** Settings that are part of the wrapper's own text. */
const settingsOf = (input: CompleteInput): Readonly<Record<string, string>> => {
  const { interpreter } = input;
  const isPowerShell = interpreter === 'powershell' || interpreter === 'pwsh';
  const encode = { ENCODE: input.instanceIdFrom === 'aliyun' ? '$true' : '$false' };
  return {
    REMOVEFILES: (input.files ?? []).length === 0 ? '' : files.removeFiles,
    MASK: input.secrets === undefined ? '' : secrets.mask,
    DROPOWN: input.secrets === undefined ? '' : secrets.dropOwn,
    REBOOT: input.reboot === true ? arrival.rebootFinish : '',
    UPLOAD: input.upload === undefined ? '' : fill(upload.uploadOutput, encode),
    DIRECTORY: input.workingDirectory === undefined ? '' : execution.directory,
    JOBSOURCE: execution.jobSource.trim(),
    ...encode,
    // Windows PowerShell takes a script without a byte order mark for one in the local code page.
    MARK: isPowerShell ? '$true' : '$false',
    SUFFIX: interpreterRules[interpreter].suffix,
    PROGRAMS: programsOf(input)
      .map(({ name, options }) => `zTry '${name}' '${options}'`)
      .join('\n'),
    BEFORE: interpreter === 'bat' ? `'""'` : `'"'`,
    AFTER: interpreter === 'bat' ? `'"'` : "''",
  };
};

/**
 * The wrapper in PowerShell. The caller has checked the input.
 * @throws AppError `script.invalid` for a fence that makes no file name
 */
export const renderPs = (given: CompleteInput): string => {
  const input = deferFiles(given);
  return fill(compactPs(fill(templateOf(input), settingsOf(input))), valuesOf(input));
};

/**
 * The script that ends what {@link renderPs} started for the same input. Its table has the instances' fences only.
 * @throws AppError `script.invalid` for a fence that makes no file name
 */
export const renderStopPs = (input: CompleteInput): string => {
  const reboots = input.reboot === true;
  const frame = [
    arrival.basics,
    input.perInstance === undefined ? '' : arrival.instance + arrival.table,
    arrival.fence,
    arrival.kill,
    secrets.drop,
    fill(arrival.replay, { DROPOWN: secrets.dropOwn }),
    reboots ? arrival.reboot + arrival.stopResume : '',
    arrival.stop,
  ].join('\n');
  const perInstance = Object.entries(input.perInstance ?? {}).map(([instanceId, { nodeKey }]) => [
    instanceId,
    nodeKey === undefined ? {} : { nodeKey },
  ]);
  const plain = { ...input, timeoutSeconds: 0, args: [], env: {}, script: '', workingDirectory: '' };
  return fill(compactPs(frame), valuesOf({ ...plain, perInstance: Object.fromEntries(perInstance) }));
};
