import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import { assistantId } from '../provider/ids.ts';
import type { Caller } from '../provider/inventory.ts';
import type { EcsOperation } from './acs-dialect.ts';
import {
  checkSize,
  readCommand,
  readTerminationMode,
  readTimeout,
  readUsername,
  readWorkingDir,
  refuseWhatIsNotServed,
} from './commands.ts';
import type { EcsEngine, TokenUse } from './engine.ts';
import type { EcsCommand, EcsInvocation } from './invocation.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { knownInstances, targetsOf } from './targets.ts';
import { fillCustom, readParameters } from './template.ts';

const SHORTEST_INVOKE_TIMEOUT_SECONDS = 10;
const MOST_STOPPED_INSTANCES = 50;

/** The operations that create, run and stop commands. */
export const runOperations = (engine: EcsEngine, deps: EngineDeps): Readonly<Record<string, EcsOperation>> => {
  const invoke = (command: EcsCommand, parameters: RpcParameters, caller: Caller, timeoutSeconds: number): string => {
    const invocation = newInvocation({ command, parameters, caller, deps, timeoutSeconds });
    engine.run(invocation);
    return invocation.invokeId;
  };
  return {
    RunCommand: (parameters, caller) => {
      const earlier = earlierUse(engine, parameters, caller);
      if (earlier !== undefined) return { CommandId: earlier.commandId, InvokeId: earlier.invokeId };
      const command = readCommand(parameters, {
        region: caller.region,
        uuid: deps.uuid(),
        defaultEncoding: 'PlainText',
      });
      const invokeId = invoke(command, parameters, caller, command.timeoutSeconds);
      if (parameters.flag('KeepCommand')) engine.create(command);
      return { CommandId: command.commandId, InvokeId: invokeId };
    },
    CreateCommand: (parameters, caller) => {
      const earlier = earlierUse(engine, parameters, caller);
      if (earlier !== undefined) return { CommandId: earlier.commandId };
      parameters.required('Name');
      const command = readCommand(parameters, {
        region: caller.region,
        uuid: deps.uuid(),
        defaultEncoding: 'Base64',
      });
      engine.create(command, tokenOf(parameters));
      return { CommandId: command.commandId };
    },
    InvokeCommand: (parameters, caller) => {
      const earlier = earlierUse(engine, parameters, caller);
      if (earlier !== undefined) return { InvokeId: earlier.invokeId };
      refuseWhatIsNotServed(parameters);
      const command = engine.commands.get(parameters.required('CommandId'));
      if (command?.region !== caller.region)
        throw new CloudFault('InvalidCmdId.NotFound', 'The specified command does not exist.', 404);
      const timeoutSeconds = readTimeout(parameters, command.timeoutSeconds);
      if (parameters.text('Timeout') !== undefined && timeoutSeconds < SHORTEST_INVOKE_TIMEOUT_SECONDS) {
        throw new CloudFault('InvalidParameter.Timeout', `Timeout must be ${SHORTEST_INVOKE_TIMEOUT_SECONDS} or more.`);
      }
      checkSize(command.content, parameters.text('Parameters'));
      return { InvokeId: invoke(command, parameters, caller, timeoutSeconds) };
    },
    StopInvocation: (parameters, caller) => {
      const state = engine.invocations.get(parameters.required('InvokeId'));
      if (state?.invocation.region !== caller.region) {
        throw new CloudFault('InvalidInvokeId.NotFound', 'The specified invocation does not exist.', 404);
      }
      const ids = parameters.list('InstanceId');
      if (ids.length > 0) knownInstances(ids, MOST_STOPPED_INSTANCES, { caller, inventory: deps.inventory });
      engine.stop(state, ids);
      return {};
    },
  };
};

/** The client token of a call with the text that its repetition must equal. */
const tokenOf = (
  parameters: RpcParameters,
): { readonly clientToken: string; readonly fingerprint: string } | undefined => {
  const clientToken = parameters.text('ClientToken');
  if (clientToken === undefined || clientToken === '') return undefined;
  if (!/^[\x20-\x7e]{1,64}$/.test(clientToken)) {
    throw new CloudFault('InvalidClientToken.Malformed', 'ClientToken must be 1 to 64 ASCII characters.');
  }
  return { clientToken, fingerprint: parameters.fingerprint('ClientToken') };
};

const earlierUse = (engine: EcsEngine, parameters: RpcParameters, caller: Caller): TokenUse | undefined => {
  const token = tokenOf(parameters);
  if (token === undefined) return undefined;
  const earlier = engine.tokens.get(`${caller.region} ${token.clientToken}`);
  if (earlier !== undefined && earlier.fingerprint !== token.fingerprint) {
    throw new CloudFault('IdempotentParameterMismatch', 'The same client token was used with other parameters.', 403);
  }
  return earlier;
};

interface InvocationSource {
  readonly command: EcsCommand;
  readonly parameters: RpcParameters;
  readonly caller: Caller;
  readonly deps: EngineDeps;
  readonly timeoutSeconds: number;
}

const newInvocation = ({ command, parameters, caller, deps, timeoutSeconds }: InvocationSource): EcsInvocation => {
  const text = parameters.text('Parameters');
  const values = readParameters(text);
  if (values.size > 0 && !command.enableParameter)
    throw new CloudFault('Parameter.Disabled', 'The command takes no parameters.');
  return {
    invokeId: assistantId('t', deps.uuid()),
    region: caller.region,
    command,
    script: command.enableParameter ? fillCustom(command.content, values) : command.content,
    parameters: text ?? '{}',
    timeoutSeconds,
    workingDir: readWorkingDir(parameters) || command.workingDir,
    username: readUsername(parameters),
    terminationMode: readTerminationMode(parameters),
    instanceIds: targetsOf(parameters, caller, deps.inventory),
    createdAtMs: deps.clock(),
    ...tokenOf(parameters),
  };
};
