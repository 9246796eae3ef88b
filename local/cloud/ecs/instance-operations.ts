import type { FleetInstance } from '../fleet.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import type { EcsOperation } from './acs-dialect.ts';
import { pageFor } from './describe-operations.ts';
import type { EcsEngine } from './engine.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { knownInstances } from './targets.ts';
import { utc } from './views.ts';

const MOST_IDS = 100;
const MOST_INSTALLS = 50;
const REBOOT_SECONDS = 1;
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
    const row = (instance: FleetInstance) =>
      deps.agents.isMissing(instance)
        ? missingView(instance)
        : assistantView(instance, {
            version: deps.agents.versionOf(instance),
            nowMs: deps.clock(),
            invocations: invocationsOn(engine, instance.id),
          });
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
  InstallCloudAssistant: (parameters, caller) => {
    const ids = knownInstances(parameters.list('InstanceId'), MOST_INSTALLS, { caller, inventory: deps.inventory });
    for (const id of ids) {
      const instance = deps.inventory.byId(id);
      if (instance !== undefined) deps.agents.install(instance);
    }
    return {};
  },
  RebootInstances: (parameters, caller) => {
    const ids = knownInstances(parameters.list('InstanceId'), MOST_IDS, { caller, inventory: deps.inventory });
    return { InstanceResponses: { InstanceResponse: ids.map((id) => reboot(id, deps)) } };
  },
});

/** What becomes of one instance of RebootInstances with BatchOptimization SuccessFirst. */
const reboot = (id: string, { inventory, executor, agents }: EngineDeps) => {
  const instance = inventory.byId(id);
  if (instance === undefined || instance.behaviour.stopped === true)
    return {
      InstanceId: id,
      Code: '403',
      Message: 'The current status of the resource does not support this operation.',
      CurrentStatus: 'Stopped',
    };
  executor.reboot(id, instance.behaviour.rebootSeconds ?? REBOOT_SECONDS);
  agents.restarted(instance);
  return { InstanceId: id, Code: '200', Message: 'success', PreviousStatus: 'Running', CurrentStatus: 'Stopping' };
};

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

/** What ECS says of an instance on which it never heard of an agent. */
const missingView = (instance: FleetInstance) => ({
  InstanceId: instance.id,
  CloudAssistantStatus: 'false',
  CloudAssistantVersion: '',
  LastHeartbeatTime: '',
  InvocationCount: 0,
  ActiveTaskCount: 0,
  OSType: instance.os === 'windows' ? 'Windows' : 'Linux',
  SupportSessionManager: false,
});

interface Assistant {
  readonly version: string;
  readonly nowMs: number;
  readonly invocations: number;
}

const assistantView = (instance: FleetInstance, { version, nowMs, invocations }: Assistant) => {
  const alive = instance.behaviour.offline !== true && instance.behaviour.stopped !== true;
  return {
    InstanceId: instance.id,
    CloudAssistantStatus: String(alive),
    CloudAssistantVersion: version,
    // The agent's heart beats every minute; two minutes without a beat count as dead.
    LastHeartbeatTime: utc(nowMs - (alive ? 30_000 : 3_600_000)),
    InvocationCount: invocations,
    ActiveTaskCount: 0,
    OSType: instance.os === 'windows' ? 'Windows' : 'Linux',
    SupportSessionManager: false,
  };
};
