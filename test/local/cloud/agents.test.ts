import {
  DescribeCloudAssistantStatusRequest,
  InstallCloudAssistantRequest,
  RebootInstancesRequest,
} from '@alicloud/ecs20140526';
import { DescribeInstanceInformationCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import {
  aliyun,
  aws,
  ecsClient,
  eventually,
  fleetOf,
  refusal,
  ALIYUN_REGION as regionId,
  ssmClient,
  startCloud,
} from './harness.ts';

const fleet = fleetOf(
  aws('bare', 'behaviour: {noAgent: true}'),
  aws('behind', 'behaviour: {agentVersion: 3.1.0.0}'),
  aliyun('bare-hz', 'behaviour: {noAgent: true}'),
  aliyun('shut', 'behaviour: {noAgent: true, stopped: true}'),
);
const [bare, behind] = ['bare', 'behind'].map((name) => instanceIdFor('aws', name)) as [string, string];
const [bareHz, shut] = ['bare-hz', 'shut'].map((name) => instanceIdFor('aliyun', name)) as [string, string];

const setUp = async (dir?: string) => {
  const cloud = await startCloud({ fleet, ...(dir === undefined ? {} : { dir }) });
  const ecs = ecsClient(cloud.ecsEndpoint);
  const assistant = async () => {
    const { body } = await ecs.describeCloudAssistantStatus(
      new DescribeCloudAssistantStatusRequest({ regionId, instanceId: [bareHz] }),
    );
    const row = body?.instanceCloudAssistantStatusSet?.instanceCloudAssistantStatus?.[0];
    return [row?.cloudAssistantStatus, row?.cloudAssistantVersion, row?.lastHeartbeatTime === ''];
  };
  const ssm = ssmClient(cloud.ssmEndpoint);
  const information = async () => (await ssm.send(new DescribeInstanceInformationCommand({}))).InstanceInformationList;
  return { cloud, ecs, assistant, ssm, information };
};

describe('Cloud Assistant on an instance that came without it', () => {
  test('begins with the restart after it was installed, and stays', async () => {
    const { cloud, ecs, assistant } = await setUp();
    expect(await assistant()).toEqual(['false', '', true]);
    await ecs.installCloudAssistant(new InstallCloudAssistantRequest({ regionId, instanceId: [bareHz] }));
    expect(await assistant()).toEqual(['false', '', true]);
    await ecs.rebootInstances(new RebootInstancesRequest({ regionId, instanceId: [bareHz] }));
    expect(await assistant()).toEqual(['true', expect.stringMatching(/^2\./), false]);
    await cloud.close();
    const next = await setUp(cloud.dir);
    expect(await next.assistant()).toEqual(['true', expect.stringMatching(/^2\./), false]);
  });

  test('is not installed where there is no such instance, and a machine that is shut down is not rebooted', async () => {
    const { ecs } = await setUp();
    const install = ecs.installCloudAssistant(
      new InstallCloudAssistantRequest({ regionId, instanceId: [bareHz, 'i-bpunknown0'] }),
    );
    expect(await refusal(install)).toBe('InvalidInstance.NotFound');
    const { body } = await ecs.rebootInstances(new RebootInstancesRequest({ regionId, instanceId: [shut, bareHz] }));
    expect(body?.instanceResponses?.instanceResponse?.map(({ code }) => code)).toEqual(['403', '200']);
  });
});

describe('the SSM agent', () => {
  test('that is not there is not known, and cannot be sent to', async () => {
    const { ssm, information } = await setUp();
    expect((await information())?.map(({ InstanceId }) => InstanceId)).toEqual([behind]);
    const send = ssm.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [bare],
        Parameters: { commands: ['true'] },
      }),
    );
    expect(await refusal(send)).toBe('InvalidInstanceId');
  });

  test('is brought up to date by the document for it', async () => {
    const { cloud, ssm, information } = await setUp();
    expect(await information()).toMatchObject([{ AgentVersion: '3.1.0.0', IsLatestVersion: false }]);
    const update = { DocumentName: 'AWS-UpdateSSMAgent', InstanceIds: [behind] };
    const wrong = ssm.send(new SendCommandCommand({ ...update, Parameters: { commands: ['true'] } }));
    expect(await refusal(wrong)).toBe('InvalidParameters');
    await ssm.send(new SendCommandCommand(update));
    await eventually(async () => ((await information())?.[0]?.IsLatestVersion === true ? true : undefined));
    await cloud.close();
    const next = await setUp(cloud.dir);
    expect(await next.information()).toMatchObject([{ IsLatestVersion: true }]);
  });
});
