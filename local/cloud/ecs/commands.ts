import { CloudFault } from '../provider/cloud-fault.ts';
import { assistantId } from '../provider/ids.ts';
import type { EcsCommand } from './invocation.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { parameterNames, readParameters } from './template.ts';

/** Limits of the RunCommand reference. */
const CONTENT_BYTES = 24 * 1024;
const LONGEST_NAME = 128;
const LONGEST_DESCRIPTION = 512;
const LONGEST_WORKING_DIR = 200;
const LONGEST_USERNAME = 255;
const DEFAULT_TIMEOUT_SECONDS = 60;
const LONGEST_TIMEOUT_SECONDS = 86_400;
const TYPES = ['RunShellScript', 'RunPowerShellScript', 'RunBatScript'];
/** What the cloud can do and this one cannot: refused rather than ignored. */
const NOT_SERVED = ['Frequency', 'ContainerId', 'ContainerName', 'Launcher', 'OssOutputDelivery'];

/** What a command is made from besides the call's parameters. */
export interface CommandContext {
  readonly region: string;
  readonly uuid: string;
  /** The encoding of the content when the call does not say: plain for RunCommand, base64 for CreateCommand. */
  readonly defaultEncoding: 'PlainText' | 'Base64';
}

/**
 * Reads a command from a RunCommand or CreateCommand call.
 * @throws CloudFault
 */
export const readCommand = (parameters: RpcParameters, context: CommandContext): EcsCommand => {
  refuseWhatIsNotServed(parameters);
  const type = parameters.required('Type');
  if (!TYPES.includes(type))
    throw new CloudFault('InvalidCmdType.NotFound', 'The specified command type does not exist.', 403);
  const content = readContent(parameters, context.defaultEncoding);
  const name = parameters.text('Name') ?? '';
  const description = parameters.text('Description') ?? '';
  if (name.length > LONGEST_NAME)
    throw new CloudFault('CmdName.ExceedLimit', 'The length of the command name exceeds the limit.', 403);
  if (description.length > LONGEST_DESCRIPTION)
    throw new CloudFault('CmdDesc.ExceedLimit', 'The description exceeds the limit.', 403);
  const enableParameter = parameters.flag('EnableParameter');
  if (enableParameter && parameterNames(content).length > 20) {
    throw new CloudFault('ParameterCount.ExceedLimit', 'A command has at most 20 parameters.', 403);
  }
  return {
    commandId: assistantId('c', context.uuid),
    region: context.region,
    name,
    type,
    content,
    description,
    timeoutSeconds: readTimeout(parameters, DEFAULT_TIMEOUT_SECONDS),
    workingDir: readWorkingDir(parameters),
    enableParameter,
  };
};

/** @throws CloudFault for a time-out that is no number of seconds. */
export const readTimeout = (parameters: RpcParameters, absent: number): number =>
  parameters.integer('Timeout', { min: 1, max: LONGEST_TIMEOUT_SECONDS, absent });

/** @throws CloudFault */
export const readWorkingDir = (parameters: RpcParameters): string => {
  const workingDir = parameters.text('WorkingDir') ?? '';
  if (workingDir.length > LONGEST_WORKING_DIR)
    throw new CloudFault('InvalidParameter.WorkingDir', 'WorkingDir is too long.');
  return workingDir;
};

/** @throws CloudFault */
export const readUsername = (parameters: RpcParameters): string => {
  const username = parameters.text('Username') ?? '';
  if (username.length > LONGEST_USERNAME)
    throw new CloudFault('Username.ExceedLimit', 'The username is too long.', 403);
  return username;
};

/** @throws CloudFault for a kind of run that this cloud does not serve. */
export const refuseWhatIsNotServed = (parameters: RpcParameters): void => {
  const name = NOT_SERVED.find((candidate) => (parameters.text(candidate) ?? '') !== '');
  if (name !== undefined) throw new CloudFault('Operation.Forbidden', `The local cloud does not serve ${name}.`, 403);
  const mode = parameters.text('RepeatMode') ?? 'Once';
  if (mode !== 'Once')
    throw new CloudFault('InvalidRepeatMode.NotFound', `The local cloud does not serve RepeatMode ${mode}.`, 404);
};

/** @throws CloudFault */
export const readTerminationMode = (parameters: RpcParameters): string => {
  const mode = parameters.text('TerminationMode') ?? 'Process';
  if (mode !== 'Process' && mode !== 'ProcessTree') {
    throw new CloudFault('InvalidTerminationMode.NotFound', 'The specified termination mode does not exist.', 404);
  }
  return mode;
};

/** Bytes of a text once it is base64. */
export const base64Bytes = (text: string): number => Math.ceil(Buffer.byteLength(text) / 3) * 4;

/** Content and values together must fit once they are base64. */
export const checkSize = (content: string, parametersText: string | undefined): void => {
  const values = [...readParameters(parametersText).values()].join('');
  if (base64Bytes(content + values) > CONTENT_BYTES) {
    throw new CloudFault(
      'CmdContent.ExceedLimit',
      'The length of the command content exceeds the limit of 24 KB after base64.',
      403,
    );
  }
};

const readContent = (parameters: RpcParameters, absent: 'PlainText' | 'Base64'): string => {
  const raw = parameters.required('CommandContent');
  const said = parameters.text('ContentEncoding')?.toLowerCase();
  const base64 = absent === 'Base64' ? said !== 'plaintext' : said === 'base64';
  const content = base64 ? Buffer.from(raw, 'base64').toString('utf8') : raw;
  if (content === '')
    throw new CloudFault('InvalidParameter.CommandContent', 'The command content is empty or not base64.');
  checkSize(content, parameters.text('Parameters'));
  return content;
};
