import type { FleetInstance } from '../fleet.ts';
import { type InstanceAgents, LATEST_AGENT } from '../provider/agents.ts';
import { readAws } from '../provider/aws-dialect.ts';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import { awsTags, type Caller, type Inventory } from '../provider/inventory.ts';
import { offsetOf, pageOf } from '../provider/paging.ts';
import { type DescribeInstanceInformationRequest, describeInstanceInformationRequest } from './requests.ts';
import { matchesTag } from './send-command.ts';

/** Keys that nothing in this fleet has a value for. */
const EMPTY_KEYS = new Set(['ActivationIds', 'AssociationStatus', 'IamRole', 'SourceIds']);

interface Filter {
  readonly key: string;
  readonly values: readonly string[];
}

/** DescribeInstanceInformation: the managed instances of a region. */
export const describeInstanceInformation = (
  input: unknown,
  caller: Caller,
  { inventory, agents, clock }: Pick<EngineDeps, 'inventory' | 'agents' | 'clock'>,
): object => {
  const request = readAws(describeInstanceInformationRequest, input);
  const filters = filtersOf(request);
  const offset = offsetOf(request.NextToken);
  if (offset === undefined) throw new CloudFault('InvalidNextToken', 'The specified token is not valid.');
  const matching = candidates(filters, caller, inventory).filter(
    (instance) => !agents.isMissing(instance) && filters.every((filter) => matches(instance, agents, filter)),
  );
  const page = pageOf(matching, offset, request.MaxResults);
  return {
    InstanceInformationList: page.items.map((instance) => informationRow(instance, agents, clock())),
    NextToken: page.nextToken,
  };
};

const filtersOf = (request: DescribeInstanceInformationRequest): readonly Filter[] => {
  const modern = (request.Filters ?? []).map(({ Key, Values }) => ({ key: Key, values: Values }));
  const legacy = (request.InstanceInformationFilterList ?? []).map(({ key, valueSet }) => ({ key, values: valueSet }));
  if (modern.length > 0 && legacy.length > 0) {
    throw new CloudFault('ValidationException', 'Only one of Filters and InstanceInformationFilterList may be given.');
  }
  const all = [...modern, ...legacy];
  const tags = all.filter(({ key }) => key.startsWith('tag'));
  if (tags.length > 0 && tags.length < all.length) throw new CloudFault('InvalidInstanceInformationFilterValue');
  return all;
};

/** By id where ids are asked for, which does not take a walk over the whole fleet. */
const candidates = (filters: readonly Filter[], caller: Caller, inventory: Inventory): readonly FleetInstance[] => {
  const ids = filters.find(({ key }) => key === 'InstanceIds')?.values;
  if (ids === undefined) return inventory.list('aws', caller);
  return [...new Set(ids)].sort().flatMap((id) => inventory.find('aws', caller, id) ?? []);
};

const matches = (instance: FleetInstance, agents: InstanceAgents, { key, values }: Filter): boolean => {
  if (key.startsWith('tag:')) return matchesTag(instance, key.slice('tag:'.length), values);
  if (key === 'tag-key') return values.some((name) => awsTags(instance)[name] !== undefined);
  if (EMPTY_KEYS.has(key)) return false;
  const value = valuesOf(instance, agents)[key];
  if (value === undefined) throw new CloudFault('InvalidFilterKey');
  return values.includes(value);
};

const valuesOf = (instance: FleetInstance, agents: InstanceAgents): Readonly<Record<string, string>> => ({
  InstanceIds: instance.id,
  PingStatus: pingOf(instance),
  PlatformTypes: instance.os === 'windows' ? 'Windows' : 'Linux',
  ResourceType: instance.id.startsWith('mi-') ? 'ManagedInstance' : 'EC2Instance',
  AgentVersion: agents.versionOf(instance),
  SourceTypes: instance.id.startsWith('mi-') ? 'AWS::SSM::ManagedInstance' : 'AWS::EC2::Instance',
});

const pingOf = ({ behaviour }: FleetInstance): 'Online' | 'ConnectionLost' =>
  behaviour.offline === true || behaviour.stopped === true ? 'ConnectionLost' : 'Online';

const informationRow = (instance: FleetInstance, agents: InstanceAgents, nowMs: number) => {
  const values = valuesOf(instance, agents);
  const online = pingOf(instance) === 'Online';
  return {
    InstanceId: instance.id,
    PingStatus: values['PingStatus'],
    // An agent pings every few minutes; one that is lost was last seen an hour ago.
    LastPingDateTime: Math.floor(nowMs / 1_000) - (online ? 60 : 3_600),
    AgentVersion: values['AgentVersion'],
    IsLatestVersion: values['AgentVersion'] === LATEST_AGENT.aws,
    PlatformType: values['PlatformTypes'],
    PlatformName: instance.os === 'windows' ? 'Microsoft Windows Server 2022' : 'Amazon Linux',
    PlatformVersion: instance.os === 'windows' ? '10.0.20348' : '2023',
    ResourceType: values['ResourceType'],
    IPAddress: instance.address,
    ComputerName: instance.name,
    SourceId: instance.id,
    SourceType: values['SourceTypes'],
    ...(instance.id.startsWith('mi-') ? { Name: instance.name } : {}),
  };
};
