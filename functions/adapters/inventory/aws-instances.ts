import {
  GetResourcesCommand,
  type GetResourcesOutput,
  type ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import {
  DescribeInstanceInformationCommand,
  type DescribeInstanceInformationResult,
  type InstanceInformation,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Caller } from '#functions/adapters/agent/caller.ts';
import { callName } from '#functions/adapters/ssm/ssm-context.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { inventoryNodeOf } from './inventory-node.ts';

const informationPage = 50;
const resourcesPage = 100;

/** Where the instances of AWS are read from. */
export interface AwsInventorySource {
  readonly scopes: readonly AgentScope[];
  readonly ssmClientFor: (scope: AgentScope) => SSMClient;
  readonly taggingClientFor: (scope: AgentScope) => ResourceGroupsTaggingAPIClient;
}

type Tags = Readonly<Record<string, string>>;

const listInformation = async (
  source: AwsInventorySource,
  caller: Caller,
  scope: AgentScope,
): Promise<readonly InstanceInformation[]> => {
  const client = source.ssmClientFor(scope);
  const rows: InstanceInformation[] = [];
  let nextToken: string | undefined;
  do {
    const input = { MaxResults: informationPage, NextToken: nextToken };
    const page: DescribeInstanceInformationResult = await caller.read(
      callName('DescribeInstanceInformation', scope),
      () => client.send(new DescribeInstanceInformationCommand(input)),
    );
    rows.push(...(page.InstanceInformationList ?? []));
    nextToken = page.NextToken || undefined;
  } while (nextToken !== undefined);
  return rows;
};

/** `arn:aws:ec2:eu-west-1:123456789012:instance/i-0abc` and `arn:aws:ssm:…:managed-instance/mi-0abc`. */
const idOfArn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

const tagsOf = (tags: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[]): Tags =>
  Object.fromEntries(tags.map(({ Key, Value }) => [Key ?? '', Value ?? '']));

const listTags = async (
  source: AwsInventorySource,
  caller: Caller,
  scope: AgentScope,
): Promise<ReadonlyMap<string, Tags>> => {
  const client = source.taggingClientFor(scope);
  const tags = new Map<string, Tags>();
  let token: string | undefined;
  do {
    const input = {
      ResourceTypeFilters: ['ec2:instance', 'ssm:managed-instance'],
      ResourcesPerPage: resourcesPage,
      PaginationToken: token,
    };
    const page: GetResourcesOutput = await caller.read({ ...callName('GetResources', scope), service: 'Tagging' }, () =>
      client.send(new GetResourcesCommand(input)),
    );
    for (const { ResourceARN, Tags: own } of page.ResourceTagMappingList ?? [])
      tags.set(idOfArn(ResourceARN ?? ''), tagsOf(own ?? []));
    token = page.PaginationToken || undefined;
  } while (token !== undefined);
  return tags;
};

const nodeOf = (scope: AgentScope, row: InstanceInformation, tags: Tags): InventoryNode =>
  inventoryNodeOf({
    agent: 'aws',
    scope,
    instanceId: row.InstanceId ?? '',
    // Name is what a hybrid machine was activated under; an EC2 instance has its name in a tag.
    names: [tags['Name'], row.Name, row.ComputerName],
    addresses: [row.IPAddress, row.ComputerName],
    // A Mac takes the same shell scripts as Linux.
    os: row.PlatformType === 'Windows' ? 'windows' : 'linux',
    tags,
    reach: {
      online: row.PingStatus === 'Online',
      ...(row.AgentVersion === undefined ? {} : { agentVersion: row.AgentVersion }),
      ...(row.LastPingDateTime === undefined ? {} : { lastSeenAt: row.LastPingDateTime.toISOString() }),
    },
    more: row.IsLatestVersion === undefined ? {} : { agentOutdated: !row.IsLatestVersion },
  });

/**
 * An instance of EC2 that SSM does not know. The Tagging API tells its tags and nothing else: neither its system nor whether it runs, and it goes on
 * telling of one for a while after its end.
 */
const unmanaged = (scope: AgentScope, instanceId: string, tags: Tags): InventoryNode =>
  inventoryNodeOf({
    agent: 'aws',
    scope,
    instanceId,
    names: [tags['Name']],
    addresses: [],
    os: 'linux',
    tags,
    reach: { online: false },
    more: { agentMissing: true },
  });

const isEc2 = (instanceId: string): boolean => instanceId.startsWith('i-');

/**
 * The instances that SSM manages in one account and region, with their tags, and the tagged instances of EC2 that it does not know. Pages follow one another, as each names the next; 10,000
 * instances take 200 calls of SSM and, at the same time, 100 of the Tagging API.
 */
export const listAwsInstances = async (
  source: AwsInventorySource,
  caller: Caller,
  scope: AgentScope,
): Promise<readonly InventoryNode[]> => {
  const [rows, tags] = await Promise.all([listInformation(source, caller, scope), listTags(source, caller, scope)]);
  const managed = new Set(rows.map(({ InstanceId }) => InstanceId));
  return [
    ...rows.map((row) => nodeOf(scope, row, tags.get(row.InstanceId ?? '') ?? {})),
    ...[...tags].filter(([id]) => isEc2(id) && !managed.has(id)).map(([id, own]) => unmanaged(scope, id, own)),
  ];
};
