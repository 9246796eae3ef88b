import { splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentInvocation, AgentScope } from '#shared/ports/agent.ts';
import { type AliyunContext, callName, chunksOf, pageSize } from './aliyun-context.ts';
import { look } from './aliyun-look.ts';

/** Refusals that mean that there is nothing to stop: forgotten, at its end, or a file, which has no stop. */
const nothingToStop: ReadonlySet<string> = new Set([
  'InvalidInvokeId.NotFound',
  'InvalidInvocation.NotFound',
  'InvalidInvokeStatus.NotSupported',
  'InvalidInstance.NotFound',
]);

const stop = async (
  context: AliyunContext,
  scope: AgentScope,
  fields: { readonly invokeId: string; readonly instanceId: readonly string[] },
): Promise<void> => {
  const calls = context.clientFor(scope);
  const answer = await context.caller.ask({
    what: callName('StopInvocation', scope),
    run: () => calls.stopInvocation(fields),
    repeatable: true,
  });
  if (answer.refused && !nothingToStop.has(answer.code)) throw answer.error;
};

/** Asks Cloud Assistant to stop, 50 instances a call. Of a sending in parts each invocation gets only its own instances. */
export const cancel = async (context: AliyunContext, invocation: AgentInvocation): Promise<void> => {
  const { agentInvocationId, instanceIds, ...scope } = invocation;
  const parts = splitSentIds(agentInvocationId);
  for (const invokeId of parts) {
    const own =
      parts.length === 1 ? instanceIds : await instancesOf(context, { ...invocation, agentInvocationId: invokeId });
    for (const instanceId of chunksOf(own, pageSize)) await stop(context, scope, { invokeId, instanceId });
  }
};

const instancesOf = async (context: AliyunContext, part: AgentInvocation): Promise<readonly string[]> =>
  (await look(context, part)).map(({ instanceId }) => instanceId);
