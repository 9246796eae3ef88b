import pLimit from 'p-limit';
import type { Caller } from '#functions/adapters/agent/caller.ts';
import { callName, chunksOf, instancePageSize, pageSize } from '#functions/adapters/aliyun/aliyun-context.ts';
import { assistantOf, describeAssistants } from '#functions/adapters/aliyun/aliyun-instances.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import type { AssistantRow, InstanceRow } from '#functions/adapters/aliyun/ecs-replies.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { inventoryNodeOf } from './inventory-node.ts';

/** Calls for statuses at once; they overlap the calls for the next page of instances. */
const parallelCalls = 4;

/** Where the instances of Alibaba Cloud are read from. */
export interface AliyunInventorySource {
  readonly scopes: readonly AgentScope[];
  readonly clientFor: (scope: AgentScope) => EcsCalls;
}

/** Lists instances; `onPage` hears of each page at once. */
const listInstances = async (
  source: AliyunInventorySource,
  caller: Caller,
  scope: AgentScope,
  onPage: (rows: readonly InstanceRow[]) => void,
): Promise<readonly InstanceRow[]> => {
  const calls = source.clientFor(scope);
  const rows: InstanceRow[] = [];
  let nextToken = '';
  do {
    const fields = { maxResults: instancePageSize, ...(nextToken === '' ? {} : { nextToken }) };
    const page = await caller.read(callName('DescribeInstances', scope), () => calls.describeInstances(fields));
    rows.push(...page.Instances.Instance);
    onPage(page.Instances.Instance);
    nextToken = page.NextToken;
  } while (nextToken !== '');
  return rows;
};

/** Cloud Assistant says of an instance without it that it does not run, and nothing of when it last did. */
const isMissing = (assistant: AssistantRow | undefined): boolean => {
  const { online, agentVersion, lastSeenAt } = assistantOf(assistant);
  return !online && agentVersion === undefined && lastSeenAt === undefined;
};

const nodeOf = (scope: AgentScope, row: InstanceRow, assistant: AssistantRow | undefined): InventoryNode =>
  inventoryNodeOf({
    agent: 'aliyun',
    scope,
    instanceId: row.InstanceId,
    names: [row.InstanceName, row.HostName],
    addresses: [
      row.VpcAttributes.PrivateIpAddress.IpAddress[0],
      row.InnerIpAddress.IpAddress[0],
      row.PublicIpAddress.IpAddress[0],
      row.HostName,
    ],
    os: row.OSType.toLowerCase() === 'windows' ? 'windows' : 'linux',
    tags: Object.fromEntries(row.Tags.Tag.map(({ TagKey, TagValue }) => [TagKey, TagValue])),
    reach: assistantOf(assistant),
    more: {
      ...(isMissing(assistant) ? { agentMissing: true } : {}),
      ...(row.Status === 'Stopped' ? { stopped: true } : {}),
    },
  });

/** The instances of one account and region, with the state of their assistant; 10,000 take 100 calls and, overlapping, 200 for the states. */
export const listAliyunInstances = async (
  source: AliyunInventorySource,
  caller: Caller,
  scope: AgentScope,
): Promise<readonly InventoryNode[]> => {
  const limit = pLimit(parallelCalls);
  const context = { clientFor: source.clientFor, caller };
  const statuses: Promise<readonly AssistantRow[]>[] = [];
  const onPage = (page: readonly InstanceRow[]): void => {
    const instanceIds = page.map(({ InstanceId }) => InstanceId);
    for (const ids of chunksOf(instanceIds, pageSize)) {
      const status = limit(() => describeAssistants(context, scope, ids));
      // Awaited below; when the listing itself fails first, its error is the one to report.
      status.catch(() => undefined);
      statuses.push(status);
    }
  };
  const rows = await listInstances(source, caller, scope, onPage);
  const byId = new Map((await Promise.all(statuses)).flat().map((row) => [row.InstanceId, row]));
  return rows.map((row) => nodeOf(scope, row, byId.get(row.InstanceId)));
};
