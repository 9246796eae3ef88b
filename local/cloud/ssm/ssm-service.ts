import { type AwsService, readAws } from '../provider/aws-dialect.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import { parameterOperations } from '../secrets/secret-stores.ts';
import type { SsmEngine } from './engine.ts';
import { describeInstanceInformation } from './instance-information.ts';
import { SsmQueries } from './queries.ts';
import { cancelCommandRequest, sendCommandRequest } from './requests.ts';
import { newCommand } from './send-command.ts';
import { commandView } from './views.ts';

/** The operations of AWS Systems Manager that the local cloud serves. */
export const ssmService = (engine: SsmEngine, deps: EngineDeps): AwsService => {
  const queries = new SsmQueries(engine, deps);
  return {
    signingName: 'ssm',
    operations: {
      SendCommand: (input, caller) => {
        const request = readAws(sendCommandRequest, input);
        const { inventory, agents } = deps;
        const context = { inventory, agents, caller, commandId: deps.uuid(), nowMs: deps.clock() };
        return { Command: commandView(engine.send(newCommand(request, context))) };
      },
      CancelCommand: (input, caller) => {
        const request = readAws(cancelCommandRequest, input);
        const state = queries.visible(request.CommandId, caller);
        if (state === undefined) throw new CloudFault('InvalidCommandId');
        if (new Set(request.InstanceIds).size < request.InstanceIds.length) throw new CloudFault('DuplicateInstanceId');
        const stranger = request.InstanceIds.find((id) => !state.invocations.has(id));
        if (stranger !== undefined)
          throw new CloudFault('InvalidInstanceId', `${stranger} is no target of the command.`);
        engine.cancel(state, request.InstanceIds);
        return {};
      },
      GetCommandInvocation: (input, caller) => queries.getCommandInvocation(input, caller),
      ListCommandInvocations: (input, caller) => queries.listCommandInvocations(input, caller),
      ListCommands: (input, caller) => queries.listCommands(input, caller),
      ...parameterOperations(deps.secretOf),
      DescribeInstanceInformation: (input, caller) => describeInstanceInformation(input, caller, deps),
    },
  };
};
