import type { Answer } from '#functions/adapters/agent/caller.ts';
import { requireFile } from '#functions/adapters/agent/requirements.ts';
import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { joinSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { PushFileRequest, SendReceipt } from '#shared/ports/agent.ts';
import { type AliyunContext, aliyunLimits, callName, chunksOf, pageSize } from './aliyun-context.ts';
import { validateInstances } from './aliyun-instances.ts';
import { blamesInstance } from './aliyun-send.ts';
import { derivedToken } from './client-token.ts';
import type { SendFileFields } from './ecs-calls.ts';

const timeoutSeconds = 60;

/** The call for a file. */
export const sendFileFields = (request: PushFileRequest, instanceIds: readonly string[]): SendFileFields => {
  const slash = request.path.lastIndexOf('/');
  return {
    name: request.path.slice(slash + 1),
    targetDir: request.path.slice(0, slash) || '/',
    content: Buffer.from(request.content).toString('base64'),
    contentType: 'Base64',
    instanceId: instanceIds,
    fileMode: request.mode.padStart(4, '0'),
    overwrite: request.overwrite,
    timeout: timeoutSeconds,
    clientToken: derivedToken('file', request.invocationId, instanceIds),
  };
};

const pushOnce = async (
  context: AliyunContext,
  request: PushFileRequest,
  instanceIds: readonly string[],
): Promise<Answer<string>> => {
  const calls = context.clientFor(request);
  const answer = await context.caller.ask({
    what: callName('SendFile', request),
    run: () => calls.sendFile(sendFileFields(request, instanceIds)),
    repeatable: true,
  });
  return answer.refused ? answer : { refused: false, value: answer.value.InvokeId };
};

/** Sends a file; one call takes 50 instances, so a full batch takes two. */
export const pushFile = async (context: AliyunContext, request: PushFileRequest): Promise<SendReceipt> => {
  requireFile(request, aliyunLimits);
  const sender = {
    send: (instanceIds: readonly string[]) => pushOnce(context, request, instanceIds),
    blamesInstance,
    validate: (instanceIds: readonly string[]) => validateInstances(context, request, instanceIds),
  };
  const receipts = await Promise.all(
    chunksOf(request.instanceIds, pageSize).map((instanceIds) => sendToKnown(sender, instanceIds)),
  );
  const agentInvocationId = joinSentIds(receipts.flatMap((receipt) => receipt.agentInvocationId ?? []));
  return {
    ...(agentInvocationId === undefined ? {} : { agentInvocationId }),
    refusals: receipts.flatMap(({ refusals }) => refusals),
  };
};
