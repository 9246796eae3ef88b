import { DescribeInvocationResultsRequest, RunCommandRequest } from '@alicloud/ecs20140526';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import { aliyun, ecsClient, eventually, fleetOf, ALIYUN_REGION as regionId, startCloud } from '../harness.ts';

const ids = Object.fromEntries(
  ['a', 'b', 'offline', 'stopped', 'flaky', 'windows', 'far'].map((name) => [name, instanceIdFor('aliyun', name)]),
) as Record<string, string>;
export const { a, b, offline, stopped, flaky, windows, far } = ids as Record<
  'a' | 'b' | 'offline' | 'stopped' | 'flaky' | 'windows' | 'far',
  string
>;
const fleet = fleetOf(
  aliyun('a', 'account: "1234567890123456", tags: {app: shop}'),
  aliyun('b', 'tags: {app: shop}'),
  aliyun('offline', 'behaviour: {offline: true}'),
  aliyun('stopped', 'behaviour: {stopped: true}'),
  aliyun('flaky', 'behaviour: {flaky: 1}'),
  aliyun('windows', 'os: windows'),
  'name: far, cloud: aliyun, region: cn-beijing',
);

/** A cloud with one instance of each kind, and short ways to run and look. */
export const setUp = async () => {
  const cloud = await startCloud({ fleet, faults: { undeliverableAfterSeconds: 0.1 } });
  const client = ecsClient(cloud.ecsEndpoint);
  const run = async (script: string, more: object = {}) => {
    const request = new RunCommandRequest({
      regionId,
      type: 'RunShellScript',
      commandContent: script,
      instanceId: [a],
      ...more,
    });
    return (await client.runCommand(request)).body!;
  };
  const results = async (invokeId: string, more: object = {}) => {
    const request = new DescribeInvocationResultsRequest({
      regionId,
      invokeId,
      contentEncoding: 'PlainText',
      maxResults: 50,
      ...more,
    });
    return (await client.describeInvocationResults(request)).body!.invocation!;
  };
  const end = (invokeId: string, instanceId = a) =>
    eventually(async () => {
      const row = (await results(invokeId, { instanceId })).invocationResults?.invocationResult?.[0];
      return row === undefined || ['Pending', 'Running', 'Stopping'].includes(row.invocationStatus!) ? undefined : row;
    });
  return { cloud, client, run, results, end };
};
