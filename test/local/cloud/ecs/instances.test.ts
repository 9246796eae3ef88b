import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeCloudAssistantStatusRequest,
  DescribeInstancesRequest,
  DescribeInstancesRequestTag,
  DescribeSendFileResultsRequest,
  SendFileRequest,
} from '@alicloud/ecs20140526';
import { describe, expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import { aliyun, ecsClient, fleetOf, refusal, ALIYUN_REGION as regionId, startCloud, testDir } from '../harness.ts';

const [a, b, off] = ['a', 'b', 'off'].map((name) => instanceIdFor('aliyun', name)) as [string, string, string];
const fleet = fleetOf(
  aliyun('a', 'account: "1234567890123456", tags: {app: shop}, address: 10.0.0.7'),
  aliyun('b', 'os: windows'),
  aliyun('off', 'behaviour: {offline: true}'),
  'name: far, cloud: aliyun, region: cn-beijing',
);

const setUp = async () => {
  const cloud = await startCloud({ fleet });
  return { cloud, client: ecsClient(cloud.ecsEndpoint) };
};

describe('DescribeInstances', () => {
  test('filters by id, tag, name and status, and sees one region', async () => {
    const { client } = await setUp();
    const names = async (more: object) => {
      const { body } = await client.describeInstances(new DescribeInstancesRequest({ regionId, ...more }));
      return body!.instances!.instance!.map((instance) => instance.instanceName).sort();
    };
    expect(await names({})).toEqual(['a', 'b', 'off']);
    expect(await names({ instanceIds: JSON.stringify([b, 'i-bpunknown']) })).toEqual(['b']);
    expect(await names({ tag: [new DescribeInstancesRequestTag({ key: 'app', value: 'shop' })] })).toEqual(['a']);
    expect(await names({ instanceName: 'o*' })).toEqual(['off']);
    expect(await names({ status: 'Stopped' })).toEqual([]);
    expect(await refusal(names({ maxResults: 101 }))).toBe('InvalidParameter.MaxResults');
    expect(await refusal(names({ instanceIds: 'a,b' }))).toBe('InvalidInstanceIds.Malformed');
  });

  test('shows name, system, tags and address', async () => {
    const { client } = await setUp();
    const { body } = await client.describeInstances(
      new DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify([a]) }),
    );
    expect(body?.instances?.instance?.[0]).toMatchObject({
      instanceId: a,
      OSType: 'linux',
      status: 'Running',
      tags: { tag: [{ tagKey: 'app', tagValue: 'shop' }] },
      vpcAttributes: { privateIpAddress: { ipAddress: ['10.0.0.7'] } },
    });
  });

  test('an account as access key sees the instances of that account only', async () => {
    const { cloud } = await setUp();
    const { body } = await ecsClient(cloud.ecsEndpoint, '1234567890123456').describeInstances(
      new DescribeInstancesRequest({ regionId }),
    );
    expect(body?.instances?.instance?.map((instance) => instance.instanceId)).toEqual([a]);
  });
});

describe('DescribeCloudAssistantStatus', () => {
  test('says as text whether the agent lives', async () => {
    const { client } = await setUp();
    const { body } = await client.describeCloudAssistantStatus(
      new DescribeCloudAssistantStatusRequest({ regionId, instanceId: [a, off] }),
    );
    const rows = body!.instanceCloudAssistantStatusSet!.instanceCloudAssistantStatus!;
    expect(rows.map((row) => [row.instanceId, row.cloudAssistantStatus])).toEqual([
      [a, 'true'],
      [off, 'false'],
    ]);
    const linux = await client.describeCloudAssistantStatus(
      new DescribeCloudAssistantStatusRequest({ regionId, OSType: 'Windows' }),
    );
    expect(
      linux.body!.instanceCloudAssistantStatusSet!.instanceCloudAssistantStatus!.map((row) => row.instanceId),
    ).toEqual([b]);
  });
});

describe('SendFile', () => {
  test('puts a file where commands of the instance find it, and tells of each instance', async () => {
    const { client } = await setUp();
    const targetDir = join(await testDir(), 'new', 'folder');
    const request = {
      regionId,
      name: 'app.conf',
      targetDir,
      instanceId: [a, off],
      fileMode: '0600',
      clientToken: 'f-1',
    };
    const sendFile = async (more: object) =>
      (await client.sendFile(new SendFileRequest({ ...request, ...more }))).body!.invokeId!;
    const content = Buffer.from([0, 255, 10]).toString('base64');
    const invokeId = await sendFile({ content, contentType: 'Base64' });
    expect(await sendFile({ content, contentType: 'Base64' })).toBe(invokeId);
    expect([...readFileSync(join(targetDir, 'app.conf'))]).toEqual([0, 255, 10]);
    expect(statSync(join(targetDir, 'app.conf')).mode & 0o777).toBe(0o600);
    const statusOf = async (id: string) => {
      const { body } = await client.describeSendFileResults(
        new DescribeSendFileResultsRequest({ regionId, invokeId: id }),
      );
      const invocation = body!.invocations!.invocation![0]!;
      return [
        invocation.invocationStatus,
        ...invocation.invokeInstances!.invokeInstance!.map((row) => row.errorCode || row.invocationStatus),
      ];
    };
    expect(await statusOf(invokeId)).toEqual(['PartialFailed', 'Success', 'ClientNotRunning']);
    expect(await statusOf(await sendFile({ content: 'again', clientToken: 'f-2', instanceId: [a] }))).toEqual([
      'Failed',
      'FileAlreadyExists',
    ]);
    expect(
      await statusOf(await sendFile({ content: 'again', clientToken: 'f-3', instanceId: [a], overwrite: true })),
    ).toEqual(['Success', 'Success']);
    expect(readFileSync(join(targetDir, 'app.conf'), 'utf8')).toBe('again');
  });

  test('keeps the limits of the cloud', async () => {
    const { client } = await setUp();
    const sendFile = (more: object) =>
      refusal(
        client.sendFile(
          new SendFileRequest({ regionId, name: 'f', targetDir: 'files', content: 'x', instanceId: [a], ...more }),
        ),
      );
    expect(await sendFile({})).toBe('accepted');
    expect(await sendFile({ content: 'x'.repeat(24_577) })).toBe('FileContent.ExceedLimit');
    expect(await sendFile({ content: 'x'.repeat(24_576), overwrite: true })).toBe('accepted');
    expect(await sendFile({ instanceId: Array.from({ length: 51 }, () => a) })).toBe('InstanceIds.ExceedLimit');
    expect(await sendFile({ instanceId: ['i-bpunknown'] })).toBe('InvalidInstance.NotFound');
  });
});

describe('the endpoint', () => {
  test('refuses calls without a signature and actions it does not know', async () => {
    const { cloud } = await setUp();
    const post = async (headers: Record<string, string>) => {
      const url = `http://${cloud.ecsEndpoint}/?RegionId=${regionId}`;
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'x-acs-action': 'DescribeInstances', 'x-acs-version': '2014-05-26', ...headers },
      });
      const body: { readonly Code?: string } = JSON.parse(await answer.text());
      return [answer.status, body.Code];
    };
    const authorization = `ACS3-HMAC-SHA256 Credential=k,SignedHeaders=host,Signature=${'0'.repeat(64)}`;
    expect(await post({ authorization })).toEqual([200, undefined]);
    expect(await post({})).toEqual([400, 'MissingAuthorization']);
    expect(await post({ authorization: 'Bearer x' })).toEqual([400, 'SignatureDoesNotMatch']);
    expect(await post({ authorization, 'x-acs-action': 'StopInstance' })).toEqual([404, 'InvalidAction.NotFound']);
  });
});
