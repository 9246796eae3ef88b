import { DescribeInstanceInformationCommand, type InstanceInformation } from '@aws-sdk/client-ssm';
import pMap from 'p-map';
import type { Validation } from '#functions/adapters/agent/send-to-known.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { AgentScope, Reach } from '#shared/ports/agent.ts';
import type { Shell } from '#shared/script/interpreters.ts';
import { callName, pageSize, type SsmContext } from './ssm-context.ts';

/** What these calls need. */
type CallContext = Pick<SsmContext, 'clientFor' | 'caller'>;

const parallelCalls = 4;

const describe = async (
  context: CallContext,
  scope: AgentScope,
  instanceIds: readonly string[],
): Promise<readonly InstanceInformation[]> => {
  const client = context.clientFor(scope);
  const input = { Filters: [{ Key: 'InstanceIds', Values: [...instanceIds] }], MaxResults: pageSize };
  const rows = await context.caller.read(callName('DescribeInstanceInformation', scope), () =>
    client.send(new DescribeInstanceInformationCommand(input)),
  );
  return rows.InstanceInformationList ?? [];
};

/**
 * Finds out which of these instances SSM does not manage. Those it manages but does not hear of, or whose platform is not the one of the shell, are
 * suspects. A refusal of this call itself says nothing about any one of them.
 */
export const validateInstances = async (
  context: CallContext,
  scope: AgentScope,
  instanceIds: readonly string[],
  shell: Shell = 'sh',
): Promise<Validation> => {
  try {
    const rows = new Map((await describe(context, scope, instanceIds)).map((row) => [row.InstanceId, row]));
    const isSuspect = (id: string): boolean => {
      const row = rows.get(id);
      return row?.PingStatus !== 'Online' || (row.PlatformType === 'Windows') !== (shell === 'powershell');
    };
    return {
      refusals: instanceIds
        .filter((id) => !rows.has(id))
        .map((instanceId) => ({
          instanceId,
          reason: 'SSM does not manage this instance in this account and region.',
          rawStatus: 'InvalidInstanceId',
        })),
      suspects: new Set(instanceIds.filter(isSuspect)),
    };
  } catch (error) {
    if (!isAppError(error, 'agent.refused')) throw error;
    // The ids cannot be asked for together, or not at all: the caller finds the bad ones by sending in parts.
    return { refusals: [], suspects: new Set() };
  }
};

const reachOf = (instanceId: string, row: InstanceInformation | undefined): Reach => ({
  instanceId,
  online: row?.PingStatus === 'Online',
  ...(row?.AgentVersion === undefined ? {} : { agentVersion: row.AgentVersion }),
  ...(row?.LastPingDateTime === undefined ? {} : { lastSeenAt: row.LastPingDateTime.toISOString() }),
});

/** What SSM last heard of the agents of instances, in the order asked. One that it does not manage is not online. */
export const reach = async (
  context: CallContext,
  { instanceIds, ...scope }: AgentScope & { readonly instanceIds: readonly string[] },
): Promise<readonly Reach[]> => {
  const chunks = Array.from({ length: Math.ceil(instanceIds.length / pageSize) }, (_, index) =>
    instanceIds.slice(index * pageSize, (index + 1) * pageSize),
  );
  const rows = (await pMap(chunks, (chunk) => describe(context, scope, chunk), { concurrency: parallelCalls })).flat();
  const byId = new Map(rows.map((row) => [row.InstanceId, row]));
  return instanceIds.map((id) => reachOf(id, byId.get(id)));
};
