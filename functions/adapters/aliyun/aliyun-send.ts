import { callText } from '#functions/adapters/agent/call-name.ts';
import type { Answer } from '#functions/adapters/agent/caller.ts';
import { requireSendable } from '#functions/adapters/agent/requirements.ts';
import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { AgentScope, SendReceipt, SendRequest } from '#shared/ports/agent.ts';
import type { Shell } from '#shared/script/interpreters.ts';
import { type AliyunContext, aliyunLimits, callName } from './aliyun-context.ts';
import { validateInstances } from './aliyun-instances.ts';
import { derivedToken } from './client-token.ts';
import type { RunCommandFields } from './ecs-calls.ts';

/** The wrapper ends a script itself; the agent's own limit comes so much later. */
const graceSeconds = 60;

/** Cloud Assistant's types of commands, by what runs them. */
export const commandTypes = { sh: 'RunShellScript', powershell: 'RunPowerShellScript' } as const satisfies Record<
  Shell,
  RunCommandFields['type']
>;

/** Refusals of a whole call for which one instance is to blame (RunCommand reference, error codes). */
const instanceFaults: ReadonlySet<string> = new Set([
  'InvalidInstance.NotFound',
  'InvalidInstance.NotMatch',
  'InvalidInstanceId.NotFound',
]);

/** True for a refusal that an instance caused. */
export const blamesInstance = (code: string): boolean => instanceFaults.has(code);

/** The call for a sending. Cloud Assistant gives up on delivery after about a minute by itself; it takes no time for it. */
export const runCommandFields = (
  request: SendRequest,
  instanceIds: readonly string[],
  clientToken: string,
): RunCommandFields => ({
  type: commandTypes[request.shell ?? 'sh'],
  commandContent: Buffer.from(request.script).toString('base64'),
  contentEncoding: 'Base64',
  instanceId: instanceIds,
  timeout: Math.ceil(request.timeoutSeconds) + graceSeconds,
  name: request.invocationId,
  clientToken,
  terminationMode: 'ProcessTree',
  keepCommand: false,
  // Otherwise a script that happens to hold two braces would be rewritten or refused.
  ...(request.needsInstanceId ? { enableParameter: true } : {}),
});

/** Makes the call; the answer is the invoke id. */
export const sendOnce = async (
  context: AliyunContext,
  scope: AgentScope,
  fields: RunCommandFields,
): Promise<Answer<string>> => {
  const calls = context.clientFor(scope);
  const answer = await context.caller.ask({
    what: callName('RunCommand', scope),
    run: () => calls.runCommand(fields),
    // The token makes a second arrival return what the first one started.
    repeatable: true,
  });
  if (answer.refused && answer.code === tokenUsedBefore) throw sentBefore(scope, answer.error);
  return answer.refused ? answer : { refused: false, value: answer.value.InvokeId };
};

/** An earlier call with our id took effect, with other text: what a script carries to sign with, or secret, changes with time. */
const tokenUsedBefore = 'IdempotentParameterMismatch';

const sentBefore = (scope: AgentScope, cause: Error): AppError =>
  new AppError(
    'agent.unavailable',
    `${callText(callName('RunCommand', scope))} took effect in an earlier call; look it up.`,
    {
      cause,
    },
  );

/** Sends a script. */
export const send = (context: AliyunContext, request: SendRequest): Promise<SendReceipt> => {
  requireSendable(request, aliyunLimits);
  const tokenFor = (instanceIds: readonly string[], isResend: boolean): string =>
    isResend ? derivedToken('run', request.invocationId, instanceIds) : request.invocationId;
  return sendToKnown(
    {
      send: (instanceIds, isResend) =>
        sendOnce(context, request, runCommandFields(request, instanceIds, tokenFor(instanceIds, isResend))),
      blamesInstance,
      validate: (instanceIds) => validateInstances(context, request, instanceIds, request.shell),
    },
    request.instanceIds,
  );
};
