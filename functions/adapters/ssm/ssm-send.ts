import { SendCommandCommand, type SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { callText } from '#functions/adapters/agent/call-name.ts';
import type { Answer } from '#functions/adapters/agent/caller.ts';
import { requireFile, requireSendable } from '#functions/adapters/agent/requirements.ts';
import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { ssmDocuments } from '#shared/config/ssm-documents.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { AgentScope, PushFileRequest, SendReceipt, SendRequest } from '#shared/ports/agent.ts';
import { pushFileScript } from './push-file-script.ts';
import { callName, type SsmContext, ssmLimits } from './ssm-context.ts';
import { validateInstances } from './ssm-instances.ts';

/** The wrapper ends a script itself; the agent's own limit comes so much later. */
const graceSeconds = 60;
/** The agent takes a limit outside of this for 3,600 seconds (amazon-ssm-agent, runscript plugin). */
const shortestExecutionSeconds = 5;
const longestExecutionSeconds = 172_800;
/** SendCommand API reference, TimeoutSeconds. */
const shortestDeliverySeconds = 30;
const longestDeliverySeconds = 2_592_000;
/** Writing 24 KB takes no longer on a node that answers at all. */
const pushTimeoutSeconds = 60;
const pushDeliverySeconds = 120;

/** Refusals of a whole call for which one instance is to blame (SendCommand API reference). */
const instanceFaults: ReadonlySet<string> = new Set(['InvalidInstanceId', 'UnsupportedPlatformType']);

/** True for a refusal that an instance caused. */
export const blamesInstance = (code: string): boolean => instanceFaults.has(code);

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, Math.ceil(value)));

/** The call for a sending. */
export const sendCommandInput = (request: SendRequest, instanceIds: readonly string[]): SendCommandCommandInput => ({
  DocumentName: ssmDocuments[request.shell ?? 'sh'],
  InstanceIds: [...instanceIds],
  Comment: request.invocationId,
  TimeoutSeconds: clamp(request.deliveryTimeoutSeconds, shortestDeliverySeconds, longestDeliverySeconds),
  Parameters: {
    commands: [request.script],
    executionTimeout: [
      String(clamp(request.timeoutSeconds + graceSeconds, shortestExecutionSeconds, longestExecutionSeconds)),
    ],
  },
  // How many nodes run at once, and when to stop, is decided when batches are cut: SSM is to hold back none of this one.
  MaxConcurrency: String(instanceIds.length),
  MaxErrors: '100%',
});

const sendOnce = async (
  context: SsmContext,
  request: SendRequest,
  instanceIds: readonly string[],
): Promise<Answer<string>> => {
  const client = context.clientFor(request);
  const answer = await context.caller.ask({
    what: callName('SendCommand', request),
    run: () => client.send(new SendCommandCommand(sendCommandInput(request, instanceIds))),
    repeatable: false,
  });
  return answer.refused ? answer : { refused: false, value: requireId(answer.value.Command?.CommandId, request) };
};

const requireId = (commandId: string | undefined, scope: AgentScope): string => {
  if (commandId !== undefined && commandId !== '') return commandId;
  throw new AppError(
    'agent.unavailable',
    `${callText(callName('SendCommand', scope))} returned no command id; it may have taken effect.`,
  );
};

/** Sends a script. */
export const send = (context: SsmContext, request: SendRequest): Promise<SendReceipt> => {
  requireSendable(request, ssmLimits);
  return sendToKnown(
    {
      send: (instanceIds) => sendOnce(context, request, instanceIds),
      blamesInstance,
      validate: (instanceIds) => validateInstances(context, request, instanceIds, request.shell),
    },
    request.instanceIds,
  );
};

/** Writes a file by a script, as SSM has no call for it. */
export const pushFile = (context: SsmContext, request: PushFileRequest): Promise<SendReceipt> => {
  requireFile(request, ssmLimits);
  const { account, region, invocationId, instanceIds } = request;
  return send(context, {
    ...(account === undefined ? {} : { account }),
    region,
    invocationId,
    instanceIds,
    script: pushFileScript(request),
    needsInstanceId: false,
    timeoutSeconds: pushTimeoutSeconds,
    deliveryTimeoutSeconds: pushDeliverySeconds,
  });
};
