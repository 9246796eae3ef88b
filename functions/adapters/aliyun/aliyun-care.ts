import { createCaller } from '#functions/adapters/agent/caller.ts';
import { sendToKnown } from '#functions/adapters/agent/send-to-known.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import type { AgentCare, CareResult } from '#shared/ports/agent-care.ts';
import type { AliyunAgentOptions } from './aliyun-agent.ts';
import { type AliyunContext, callName, pageSize } from './aliyun-context.ts';
import { classifyAliyun } from './aliyun-failures.ts';
import { validateInstances } from './aliyun-instances.ts';
import { blamesInstance } from './aliyun-send.ts';

/** Installs Cloud Assistant; the answer says on which instances it could not be. */
const install = (context: AliyunContext, scope: AgentScope, instanceIds: readonly string[]) =>
  sendToKnown(
    {
      send: async (instanceId) => {
        const calls = context.clientFor(scope);
        const answer = await context.caller.ask({
          what: callName('InstallCloudAssistant', scope),
          run: () => calls.installCloudAssistant({ instanceId }),
          repeatable: true,
        });
        return answer.refused ? answer : { refused: false, value: 'installed' };
      },
      blamesInstance,
      validate: (ids) => validateInstances(context, scope, ids),
    },
    instanceIds,
  );

/** Restarts instances, each by itself; the answer says which could not be, and why. */
const restart = async (
  context: AliyunContext,
  scope: AgentScope,
  instanceId: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const calls = context.clientFor(scope);
  const answer = await context.caller.ask({
    what: callName('RebootInstances', scope),
    run: () => calls.rebootInstances({ instanceId, batchOptimization: 'SuccessFirst' }),
    // A second restart of an instance that just restarted is one too many.
    repeatable: false,
  });
  if (answer.refused) return new Map(instanceId.map((id) => [id, answer.error.message]));
  return new Map(
    answer.value.InstanceResponses.InstanceResponse.filter(({ Code }) => Code !== '200').map((row) => [
      row.InstanceId,
      row.Message === '' ? row.Code : row.Message,
    ]),
  );
};

/** Installs Cloud Assistant on instances that came without it. It begins with the next restart of the instance (InstallCloudAssistant reference). */
export const createAliyunCare = (options: AliyunAgentOptions): AgentCare => {
  const context: AliyunContext = {
    clientFor: options.clientFor,
    caller: createCaller(classifyAliyun, options, options.retries),
  };
  return {
    instances: pageSize,
    bring: async ({ instanceIds, reboot, ...scope }) => {
      const { refusals } = await install(context, scope, instanceIds);
      const refused = new Map(refusals.map(({ instanceId, reason }) => [instanceId, reason]));
      const installed = instanceIds.filter((id) => !refused.has(id));
      const upright = reboot && installed.length > 0 ? await restart(context, scope, installed) : undefined;
      return instanceIds.map((instanceId): CareResult => {
        const reason = refused.get(instanceId);
        if (reason !== undefined) return { instanceId, refused: true, says: reason };
        if (upright === undefined)
          return {
            instanceId,
            refused: false,
            says: 'was installed, and begins with the next restart of the instance',
          };
        const kept = upright.get(instanceId);
        return kept === undefined
          ? { instanceId, refused: false, says: 'was installed, and the instance restarts' }
          : { instanceId, refused: true, says: `was installed, but the instance cannot be restarted: ${kept}` };
      });
    },
  };
};
