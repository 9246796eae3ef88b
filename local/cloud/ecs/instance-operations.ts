import type { FleetInstance } from '../fleet.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import type { EcsOperation } from './acs-dialect.ts';
import { pageFor } from './describe-operations.ts';
import type { EcsEngine } from './engine.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { utc } from './views.ts';

const ASSISTANT_VERSION = '2.2.3.1200';
const MOST_IDS = 100;
const STATUS_PAGE = { min: 1, max: 50, absent: 10 } as const;
/** Values below 10 mean 10. */
const INSTANCE_PAGE = { min: 1, max: 100, absent: 10 } as const;

/** The operations that tell of instances and of their agents. */
export const instanceOperations = (engine: EcsEngine, deps: EngineDeps): Readonly<Record<string, EcsOperation>> => ({
  DescribeInstances: (parameters, caller) => {
    const ids = readIds(parameters.text('InstanceIds'));
    const candidates =
      ids === undefined
        ? deps.inventory.list('aliyun', caller)
        : ids.flatMap((id) => deps.inventory.find('aliyun', caller, id) ?? []);
    const found = candidates.filter((instance) => matches(instance, parameters));
    const page = pageFor(found, parameters, INSTANCE_PAGE);
    return {
      Instances: { Instance: page.items.map(instanceView) },
      NextToken: page.nextToken,
      TotalCount: found.length,
    };
  },
  DescribeCloudAssistantStatus: (parameters, caller) => {
    const ids = parameters.list('InstanceId');
    const os = parameters.text('OSType')?.toLowerCase();
    const row = (instance: FleetInstance) => assistantView(instance, deps.clock(), invocationsOn(engine, instance.id));
    const found = (
      ids.length > 0
        ? ids.flatMap((id) => deps.inventory.find('aliyun', caller, id) ?? [])
        : deps.inventory.list('aliyun', caller)
    ).filter((instance) => os === undefined || instance.os === os);
    const page = ids.length > 0 ? { items: found, nextToken: '' } : pageFor(found, parameters, STATUS_PAGE);
    return {
      InstanceCloudAssistantStatusSet: { InstanceCloudAssistantStatus: page.items.map(row) },
      NextToken: page.nextToken,
      TotalCount: found.length,
    };
  },
});

const readIds = (text: string | undefined): readonly string[] | undefined => {
  if (text === undefined || text === '') return undefined;
  const malformed = new CloudFault(
    'InvalidInstanceIds.Malformed',
    'InstanceIds must be a JSON array of at most 100 ids.',
  );
  try {
    const ids: unknown = JSON.parse(text);
    if (Array.isArray(ids) && ids.length <= MOST_IDS && ids.every((id) => typeof id === 'string')) return ids;
  } catch {
    throw malformed;
  }
  throw malformed;
};

const matches = (instance: FleetInstance, parameters: RpcParameters): boolean => {
  const status = parameters.text('Status');
  const name = parameters.text('InstanceName');
  const tags = parameters.pairs('Tag');
  return (
    (status === undefined || status === statusOf(instance)) &&
    (name === undefined || wildcard(name).test(instance.name)) &&
    tags.every(({ key, value }) =>
      value === undefined || value === '' ? instance.tags[key] !== undefined : instance.tags[key] === value,
    )
  );
};

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );

const statusOf = ({ behaviour }: FleetInstance): string => (behaviour.stopped === true ? 'Stopped' : 'Running');

const instanceView = (instance: FleetInstance) => ({
  InstanceId: instance.id,
  InstanceName: instance.name,
  HostName: instance.name,
  RegionId: instance.region,
  ZoneId: `${instance.region}-a`,
  OSType: instance.os,
  OSName: instance.os === 'windows' ? 'Windows Server 2022 Datacenter' : 'Alibaba Cloud Linux 3.2104 LTS 64 bit',
  Status: statusOf(instance),
  Tags: { Tag: Object.entries(instance.tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) },
  VpcAttributes: { PrivateIpAddress: { IpAddress: [instance.address] }, VpcId: '', VSwitchId: '', NatIpAddress: '' },
  PublicIpAddress: { IpAddress: [] },
  InnerIpAddress: { IpAddress: [] },
});

const invocationsOn = (engine: EcsEngine, instanceId: string): number => {
  let count = 0;
  for (const state of engine.invocations.values()) if (state.results.has(instanceId)) count++;
  return count;
};

const assistantView = (instance: FleetInstance, nowMs: number, invocations: number) => {
  const alive = instance.behaviour.offline !== true && instance.behaviour.stopped !== true;
  return {
    InstanceId: instance.id,
    CloudAssistantStatus: String(alive),
    CloudAssistantVersion: ASSISTANT_VERSION,
    // The agent's heart beats every minute; two minutes without a beat count as dead.
    LastHeartbeatTime: utc(nowMs - (alive ? 30_000 : 3_600_000)),
    InvocationCount: invocations,
    ActiveTaskCount: 0,
    OSType: instance.os === 'windows' ? 'Windows' : 'Linux',
    SupportSessionManager: false,
  };
};
