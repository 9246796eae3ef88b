import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { joinSentIds, splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { AgentInvocation, AgentScope, SendReceipt } from '#shared/ports/agent.ts';
import { type AliyunContext, callName } from './aliyun-context.ts';
import { validateInstances } from './aliyun-instances.ts';
import { blamesInstance, commandTypes, sendOnce } from './aliyun-send.ts';
import { derivedToken } from './client-token.ts';
import type { RunCommandFields } from './ecs-calls.ts';

/** What an invocation ran, asked of Cloud Assistant, which keeps it for weeks. */
const sentFields = async (
  context: AliyunContext,
  scope: AgentScope,
  invokeId: string,
): Promise<Omit<RunCommandFields, 'instanceId' | 'clientToken'>> => {
  const calls = context.clientFor(scope);
  const reply = await context.caller.read(callName('DescribeInvocations', scope), () =>
    calls.describeInvocations({ invokeId, contentEncoding: 'Base64' }),
  );
  const row = reply.Invocations.Invocation.find((one) => one.InvokeId === invokeId);
  if (row === undefined || row.CommandContent === '')
    throw new AppError('agent.refused', `Cloud Assistant does not know any more what ${invokeId} ran.`);
  const script = Buffer.from(row.CommandContent, 'base64').toString('utf8');
  return {
    type: row.CommandType === commandTypes.powershell ? commandTypes.powershell : commandTypes.sh,
    commandContent: row.CommandContent,
    contentEncoding: 'Base64',
    timeout: row.Timeout,
    name: row.CommandName,
    terminationMode: 'ProcessTree',
    keepCommand: false,
    // What Drover sends holds two braces only where the agent is to fill something in.
    ...(script.includes('{{') ? { enableParameter: true } : {}),
  };
};

/**
 * Sends to some of its instances what an invocation sent, under its name. The token is made of the ids so far, so that the same call made
 * again, after a crash before its id was written down, starts nothing new.
 */
export const sendAgain = async (
  context: AliyunContext,
  { agentInvocationId, instanceIds, ...scope }: AgentInvocation,
): Promise<SendReceipt> => {
  const fields = await sentFields(context, scope, splitSentIds(agentInvocationId)[0] ?? '');
  const receipt = await sendToKnown(
    {
      send: (instanceId) =>
        sendOnce(context, scope, {
          ...fields,
          instanceId,
          clientToken: derivedToken('again', agentInvocationId, instanceId),
        }),
      blamesInstance,
      validate: (ids) =>
        validateInstances(context, scope, ids, fields.type === commandTypes.powershell ? 'powershell' : 'sh'),
    },
    instanceIds,
  );
  const joined = joinSentIds([agentInvocationId, receipt.agentInvocationId].filter((id) => id !== undefined));
  return receipt.agentInvocationId === undefined || joined === undefined
    ? receipt
    : { ...receipt, agentInvocationId: joined };
};
