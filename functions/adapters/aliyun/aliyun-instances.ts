import pMap from 'p-map';
import type { Validation } from '#functions/adapters/agent/send-to-known.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { AgentScope, Reach } from '#shared/ports/agent.ts';
import type { Shell } from '#shared/script/interpreters.ts';
import { type AliyunContext, callName, chunksOf, instancePageSize, pageSize } from './aliyun-context.ts';
import type { AssistantRow, InstanceRow } from './ecs-replies.ts';

const parallelCalls = 4;

const describeInstances = async (
  context: AliyunContext,
  scope: AgentScope,
  instanceIds: readonly string[],
): Promise<readonly InstanceRow[]> => {
  const calls = context.clientFor(scope);
  const fields = { instanceIds: JSON.stringify(instanceIds), maxResults: instancePageSize };
  const reply = await context.caller.read(callName('DescribeInstances', scope), () => calls.describeInstances(fields));
  return reply.Instances.Instance;
};

/** Finds out which of these instances are not there. Those that do not run, or have another shell, are suspects. */
export const validateInstances = async (
  context: AliyunContext,
  scope: AgentScope,
  instanceIds: readonly string[],
  shell: Shell = 'sh',
): Promise<Validation> => {
  try {
    const rows = new Map((await describeInstances(context, scope, instanceIds)).map((row) => [row.InstanceId, row]));
    const isSuspect = (id: string): boolean => {
      const row = rows.get(id);
      return row?.Status !== 'Running' || (row.OSType.toLowerCase() === 'windows') !== (shell === 'powershell');
    };
    return {
      refusals: instanceIds
        .filter((id) => !rows.has(id))
        .map((instanceId) => ({
          instanceId,
          reason: 'There is no such instance in this account and region.',
          rawStatus: 'InvalidInstance.NotFound',
        })),
      suspects: new Set(instanceIds.filter(isSuspect)),
    };
  } catch (error) {
    if (!isAppError(error, 'agent.refused')) throw error;
    // The ids cannot be asked for: the caller finds the bad ones by sending in parts.
    return { refusals: [], suspects: new Set() };
  }
};

/** A time of ECS as RFC 3339 in UTC; undefined for none, which is an empty string. */
export const timeOf = (time: string): string | undefined => {
  const atMs = Date.parse(time);
  return Number.isNaN(atMs) ? undefined : new Date(atMs).toISOString();
};

/** What a row says of the assistant; one without a row never reported. */
export const assistantOf = (row: AssistantRow | undefined): Omit<Reach, 'instanceId'> => {
  const lastSeenAt = timeOf(row?.LastHeartbeatTime ?? '');
  return {
    online: row?.CloudAssistantStatus.toLowerCase() === 'true',
    ...(row === undefined || row.CloudAssistantVersion === '' ? {} : { agentVersion: row.CloudAssistantVersion }),
    ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
  };
};

/** The assistant's status on at most 50 instances. */
export const describeAssistants = async (
  context: AliyunContext,
  scope: AgentScope,
  instanceId: readonly string[],
): Promise<readonly AssistantRow[]> => {
  const calls = context.clientFor(scope);
  const reply = await context.caller.read(callName('DescribeCloudAssistantStatus', scope), () =>
    calls.describeCloudAssistantStatus({ instanceId, maxResults: pageSize }),
  );
  return reply.InstanceCloudAssistantStatusSet.InstanceCloudAssistantStatus;
};

/** What Cloud Assistant last heard of instances, in the order asked. One that it does not know is not online. */
export const reach = async (
  context: AliyunContext,
  { instanceIds, ...scope }: AgentScope & { readonly instanceIds: readonly string[] },
): Promise<readonly Reach[]> => {
  const pages = await pMap(chunksOf(instanceIds, pageSize), (chunk) => describeAssistants(context, scope, chunk), {
    concurrency: parallelCalls,
  });
  const byId = new Map(pages.flat().map((row) => [row.InstanceId, row]));
  return instanceIds.map((instanceId) => ({ instanceId, ...assistantOf(byId.get(instanceId)) }));
};
