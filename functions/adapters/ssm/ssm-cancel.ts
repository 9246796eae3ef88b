import { CancelCommandCommand } from '@aws-sdk/client-ssm';
import { splitSentIds } from '#functions/adapters/agent/sent-ids.ts';
import type { AgentInvocation, AgentScope } from '#shared/ports/agent.ts';
import { callName, pageSize, type SsmContext } from './ssm-context.ts';
import { listInvocations } from './ssm-look.ts';

/** Refusals that mean that there is nothing to cancel: SSM has forgotten the command, or it never went to the instance. */
const nothingToCancel: ReadonlySet<string> = new Set(['InvalidCommandId', 'InvalidInstanceId']);

const cancelPart = async (
  context: SsmContext,
  scope: AgentScope,
  commandId: string,
  instanceIds: readonly string[],
): Promise<void> => {
  if (instanceIds.length === 0) return;
  const client = context.clientFor(scope);
  const answer = await context.caller.ask({
    what: callName('CancelCommand', scope),
    run: () =>
      client.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: instanceIds.slice(0, pageSize) })),
    repeatable: true,
  });
  if (answer.refused && !nothingToCancel.has(answer.code)) throw answer.error;
  await cancelPart(context, scope, commandId, instanceIds.slice(pageSize));
};

/** Asks SSM to cancel. Of a sending in parts each command gets only its own instances, because SSM refuses the others. */
export const cancel = async (
  context: SsmContext,
  { agentInvocationId, instanceIds, ...scope }: AgentInvocation,
): Promise<void> => {
  const [first, ...others] = splitSentIds(agentInvocationId);
  if (first === undefined) return;
  if (others.length === 0) return cancelPart(context, scope, first, instanceIds);
  const wanted = new Set(instanceIds);
  for (const commandId of [first, ...others]) {
    const rows = await listInvocations(context, scope, commandId);
    const own = rows.flatMap(({ InstanceId }) => InstanceId ?? []).filter((id) => wanted.has(id));
    await cancelPart(context, scope, commandId, own);
  }
};
