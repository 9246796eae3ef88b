import { DescribeInvocationResultsRequest, RunCommandRequest } from '@alicloud/ecs20140526';
import { ListCommandInvocationsCommand, ListCommandsCommand } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import {
  aliyun,
  aws,
  ecsClient,
  endOf,
  fleetOf,
  lookAt,
  refusal,
  ALIYUN_REGION as regionId,
  send,
  ssmClient,
  startCloud,
} from './harness.ts';

const a = instanceIdFor('aws', 'a');
const b = instanceIdFor('aliyun', 'b');
const fleet = fleetOf(aws('a'), aliyun('b'));
const request = new RunCommandRequest({ regionId, type: 'RunShellScript', commandContent: 'true', instanceId: [b] });

test('throttled calls take no effect and say how both clouds say it', async () => {
  const cloud = await startCloud({ fleet, faults: { throttle: 1, throttleActions: ['SendCommand', 'RunCommand'] } });
  const ssm = ssmClient(cloud.ssmEndpoint);
  const ecs = ecsClient(cloud.ecsEndpoint);
  await expect(send(ssm, [a], 'true')).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
  await expect(ecs.runCommand(request)).rejects.toMatchObject({
    name: 'ThrottlingError',
    code: 'Throttling.User',
    retryAfter: 100,
  });
  expect((await ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
  const { body } = await ecs.describeInvocationResults(new DescribeInvocationResultsRequest({ regionId }));
  expect(body?.invocation?.invocationResults?.invocationResult).toEqual([]);
});

test('the SDK gets through when only some calls are throttled', async () => {
  let turn = 0;
  const cloud = await startCloud({
    fleet,
    random: () => (turn++ % 2 === 0 ? 0 : 0.9),
    faults: { throttle: 0.5, throttleActions: ['ListCommands'] },
  });
  const ssm = ssmClient(cloud.ssmEndpoint, { maxAttempts: 3 });
  expect((await ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
  expect(cloud.calls()['ListCommands']).toBe(2);
});

test('a dropped response hides a call that took effect', async () => {
  const cloud = await startCloud({ fleet, faults: { dropResponse: 1 } });
  const ssm = ssmClient(cloud.ssmEndpoint);
  const ecs = ecsClient(cloud.ecsEndpoint);
  expect(await refusal(send(ssm, [a], 'true', { Comment: 'inv-1' }))).toBe('ECONNRESET');
  await expect(ecs.runCommand(request)).rejects.toThrow();
  cloud.setFaults({});
  const { Commands } = await ssm.send(new ListCommandsCommand({}));
  expect(Commands?.map((command) => command.Comment)).toEqual(['inv-1']);
  const { body } = await ecs.describeInvocationResults(new DescribeInvocationResultsRequest({ regionId }));
  expect(body?.invocation?.invocationResults?.invocationResult).toHaveLength(1);
});

test('a fresh invocation is not found at first', async () => {
  const cloud = await startCloud({ fleet, faults: { notFoundAtFirst: 2 } });
  const ssm = ssmClient(cloud.ssmEndpoint);
  const CommandId = await send(ssm, [a], 'true');
  expect(await refusal(lookAt(ssm, CommandId, a))).toBe('InvocationDoesNotExist');
  expect((await ssm.send(new ListCommandInvocationsCommand({ CommandId }))).CommandInvocations).toEqual([]);
  expect(await endOf(ssm, CommandId, a)).toMatchObject({ Status: 'Success' });
  const ecs = ecsClient(cloud.ecsEndpoint);
  const invokeId = (await ecs.runCommand(request)).body!.invokeId!;
  const rows = async () =>
    (await ecs.describeInvocationResults(new DescribeInvocationResultsRequest({ regionId, invokeId }))).body!
      .invocation!.invocationResults!.invocationResult!.length;
  expect([await rows(), await rows(), await rows()]).toEqual([0, 0, 1]);
});

test('a rate limit takes so many calls of each action a second, and refuses the others', async () => {
  let nowMs = Date.parse('2026-11-21T07:09:00.000Z');
  const cloud = await startCloud({
    fleet,
    clock: () => nowMs,
    faults: { rateLimit: { perSecond: 2, burst: 3, actions: ['ListCommands'] } },
  });
  const ssm = ssmClient(cloud.ssmEndpoint);
  const takenOf = async (calls: number): Promise<number> => {
    let taken = 0;
    for (let n = 0; n < calls; n += 1)
      await ssm.send(new ListCommandsCommand({})).then(
        () => {
          taken += 1;
        },
        (error: unknown) => expect(error).toMatchObject({ name: 'ThrottlingException' }),
      );
    return taken;
  };
  expect(await takenOf(5)).toBe(3);
  nowMs += 1000;
  expect(await takenOf(5)).toBe(2);
  nowMs += 60_000;
  expect(await takenOf(5)).toBe(3);
  // Another action has a limit of its own, or none.
  await expect(send(ssm, [a], 'true')).resolves.toBeDefined();
  cloud.setFaults({});
  expect(await takenOf(5)).toBe(5);
});
