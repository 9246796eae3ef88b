import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CancelCommandCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import {
  aws,
  endOf,
  eventually,
  fleetOf,
  gone,
  lookAt,
  refusal,
  send,
  ssmClient,
  startCloud,
  testDir,
} from '../harness.ts';

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const ids = names.map((name) => instanceIdFor('aws', name));
const [a, b, c] = ids as [string, string, string, ...string[]];
const offline = instanceIdFor('aws', 'offline');
const slow = instanceIdFor('aws', 'slow');
const flaky = instanceIdFor('aws', 'flaky');
const fleet = fleetOf(
  ...names.map((name) => aws(name)),
  aws('offline', 'behaviour: {offline: true}'),
  aws('slow', 'behaviour: {slowSeconds: 0.5}'),
  aws('flaky', 'behaviour: {flaky: 1}'),
);

const setUp = async (options: Partial<Parameters<typeof startCloud>[0]> = {}) => {
  const cloud = await startCloud({ fleet, faults: { undeliverableAfterSeconds: 0.1 }, ...options });
  return { cloud, client: ssmClient(cloud.ssmEndpoint) };
};

const commandOf = async (client: SSMClient, commandId: string) => {
  const { Commands } = await client.send(new ListCommandsCommand({ CommandId: commandId }));
  return Commands?.[0];
};

const pidIn = (path: string) =>
  eventually(() => (existsSync(path) ? Number(readFileSync(path, 'utf8')) || undefined : undefined));

describe('a command on instances', () => {
  test('is pending, in progress without output, then over with output', async () => {
    const { client } = await setUp();
    const gate = join(await testDir(), 'gate');
    const commandId = await send(client, [a], `echo early; until [ -e ${gate} ]; do sleep 0.02; done`);
    const running = await eventually(async () => {
      const look = await lookAt(client, commandId, a);
      return look.Status === 'InProgress' ? look : undefined;
    });
    expect(running).toMatchObject({
      ResponseCode: -1,
      StandardOutputContent: '',
      ExecutionEndDateTime: '',
      StatusDetails: 'InProgress',
    });
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'InProgress', CompletedCount: 0 });
    const other = await send(client, [b], `touch ${gate}`);
    await endOf(client, other, b);
    expect(await endOf(client, commandId, a)).toMatchObject({ Status: 'Success', StandardOutputContent: 'early\n' });
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'Success', CompletedCount: 1, ErrorCount: 0 });
  });

  test('never runs on more instances at once than MaxConcurrency says', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const script = `mkdir ${dir}/$$; ls ${dir} | wc -l; sleep 0.05; rmdir ${dir}/$$`;
    const commandId = await send(client, ids, script, { MaxConcurrency: '2' });
    const counts = await Promise.all(
      ids.map(async (id) => Number((await endOf(client, commandId, id)).StandardOutputContent)),
    );
    expect(Math.max(...counts)).toBe(2);
  });

  test('runs at most five commands at once on one instance', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const script = `mkdir ${dir}/$$; ls ${dir} | wc -l; sleep 0.1; rmdir ${dir}/$$`;
    const commands = await Promise.all(Array.from({ length: 9 }, () => send(client, [a], script)));
    const counts = await Promise.all(
      commands.map(async (id) => Number((await endOf(client, id, a)).StandardOutputContent)),
    );
    expect(Math.max(...counts)).toBe(5);
  });

  test('goes to no further instance once MaxErrors is exceeded', async () => {
    const { client } = await setUp();
    const commandId = await send(client, ids, 'exit 3', { MaxConcurrency: '1', MaxErrors: '1' });
    const ends = await Promise.all(ids.map((id) => endOf(client, commandId, id)));
    expect(ends.map((end) => end.StatusDetails)).toEqual([
      'Failed',
      'Failed',
      'Terminated',
      'Terminated',
      'Terminated',
      'Terminated',
    ]);
    expect(ends[2]).toMatchObject({ Status: 'Failed', ResponseCode: -1 });
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'Failed', ErrorCount: 2, CompletedCount: 6 });
  });

  test('to an instance that does not answer is delayed and then undeliverable', async () => {
    const { client } = await setUp({ faults: { undeliverableAfterSeconds: 0.6 } });
    const commandId = await send(client, [offline, a], 'true');
    expect(await lookAt(client, commandId, offline)).toMatchObject({ Status: 'Delayed', StatusDetails: 'Delayed' });
    expect(await endOf(client, commandId, offline)).toMatchObject({
      Status: 'Failed',
      StatusDetails: 'Undeliverable',
      ResponseCode: -1,
    });
    await endOf(client, commandId, a);
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'Success', CompletedCount: 2, ErrorCount: 0 });
  });

  test('to a flaky instance may get lost on the way', async () => {
    const { client } = await setUp({ random: () => 0.5 });
    expect(await endOf(client, await send(client, [flaky], 'true'), flaky)).toMatchObject({
      StatusDetails: 'Undeliverable',
    });
  });

  test('starts late on a slow instance', async () => {
    const { client } = await setUp();
    const sentMs = Date.now();
    const commandId = await send(client, [slow], 'true');
    expect(await lookAt(client, commandId, slow)).toMatchObject({ Status: 'Pending' });
    await endOf(client, commandId, slow);
    expect(Date.now() - sentMs).toBeGreaterThanOrEqual(490);
  });

  test('is killed with all its processes after executionTimeout', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const script = `sh -c 'trap "" TERM; echo $$ > ${dir}/child; while :; do sleep 0.2; done' & echo begun; wait`;
    const commandId = await send(client, [a], script, { Parameters: { executionTimeout: ['5'] } });
    const child = await pidIn(`${dir}/child`);
    expect(await endOf(client, commandId, a)).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      ResponseCode: 137,
      StandardOutputContent: 'begun\n',
    });
    expect(await gone(child)).toBe(true);
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'TimedOut', ErrorCount: 1 });
  });

  test('ends as DeliveryTimedOut when it expires, even while it runs', async () => {
    let aheadMs = 0;
    const { client } = await setUp({ clock: () => Date.now() + aheadMs });
    const commandId = await send(client, [a], 'sleep 30', {
      TimeoutSeconds: 30,
      Parameters: { executionTimeout: ['100'] },
    });
    await eventually(async () => ((await lookAt(client, commandId, a)).Status === 'InProgress' ? true : undefined));
    aheadMs = 131_000;
    expect(await endOf(client, commandId, a)).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
    expect(await commandOf(client, commandId)).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'DeliveryTimedOut',
      DeliveryTimedOutCount: 1,
    });
  });

  test('reports the signal that ended it, and what could not start', async () => {
    const { client } = await setUp();
    expect(await endOf(client, await send(client, [a], 'kill -9 $$'), a)).toMatchObject({
      Status: 'Failed',
      ResponseCode: 137,
    });
    expect(await endOf(client, await send(client, [a], '#!/no/such/interpreter\n'), a)).toMatchObject({
      Status: 'Failed',
      ResponseCode: 127,
    });
  });
});

describe('CancelCommand', () => {
  test('kills what runs with all its processes, and keeps what waits from starting', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const script = `sh -c 'echo $$ > ${dir}/child; sleep 60' & echo $$ >> ${dir}/ran; wait`;
    const commandId = await send(client, [a, b, c], script, { MaxConcurrency: '1' });
    const child = await pidIn(`${dir}/child`);
    await client.send(new CancelCommandCommand({ CommandId: commandId }));
    expect(await endOf(client, commandId, a)).toMatchObject({
      Status: 'Cancelled',
      StatusDetails: 'Cancelled',
      ResponseCode: 137,
    });
    expect(await lookAt(client, commandId, b)).toMatchObject({ Status: 'Cancelled', ResponseCode: -1 });
    expect(await gone(child)).toBe(true);
    expect(readFileSync(`${dir}/ran`, 'utf8').trim().split('\n')).toHaveLength(1);
    expect(await commandOf(client, commandId)).toMatchObject({ Status: 'Cancelled', CompletedCount: 3 });
  });

  test('kills without a word, and what left the process group of the command goes on', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const script = `trap 'echo told > ${dir}/told' TERM; setsid sh -c 'echo $$ > ${dir}/left; sleep 60; :' & echo begun; wait`;
    const commandId = await send(client, [a], script);
    const left = await pidIn(`${dir}/left`);
    await client.send(new CancelCommandCommand({ CommandId: commandId }));
    expect(await endOf(client, commandId, a)).toMatchObject({
      StatusDetails: 'Cancelled',
      StandardOutputContent: 'begun\n',
    });
    expect(existsSync(`${dir}/told`)).toBe(false);
    expect(process.kill(left, 0)).toBe(true);
    process.kill(-left, 'SIGKILL');
  });

  test('on some instances leaves the others alone', async () => {
    const { client } = await setUp({ faults: { undeliverableAfterSeconds: 60 } });
    const commandId = await send(client, [offline, slow], 'echo done');
    await client.send(new CancelCommandCommand({ CommandId: commandId, InstanceIds: [offline] }));
    expect(await lookAt(client, commandId, offline)).toMatchObject({ Status: 'Cancelled' });
    expect(await endOf(client, commandId, slow)).toMatchObject({ Status: 'Success' });
  });

  test('of a slow instance cancels before it starts, and of a finished command changes nothing', async () => {
    const { client } = await setUp();
    const late = await send(client, [slow], 'true');
    await client.send(new CancelCommandCommand({ CommandId: late }));
    expect(await lookAt(client, late, slow)).toMatchObject({ Status: 'Cancelled', ExecutionStartDateTime: '' });
    const done = await send(client, [a], 'true');
    await endOf(client, done, a);
    await client.send(new CancelCommandCommand({ CommandId: done }));
    expect(await lookAt(client, done, a)).toMatchObject({ Status: 'Success' });
  });

  test('refuses unknown commands, strangers and repeats', async () => {
    const { client } = await setUp();
    const commandId = await send(client, [a], 'true');
    const cancel = (more: object) => refusal(client.send(new CancelCommandCommand({ CommandId: commandId, ...more })));
    expect(await cancel({ CommandId: '00000000-0000-4000-8000-000000000000' })).toBe('InvalidCommandId');
    expect(await cancel({ InstanceIds: [b] })).toBe('InvalidInstanceId');
    expect(await cancel({ InstanceIds: [a, a] })).toBe('DuplicateInstanceId');
    expect(await cancel({ CommandId: 'short' })).toBe('ValidationException');
  });
});

describe('the output of a command', () => {
  test("is cut at the head: 24,000, 8,000 and 2,500 with the agent's marks", async () => {
    const { client } = await setUp();
    const script = 'i=0; while [ $i -lt 3000 ]; do echo "line $i 123"; echo "error $i" >&2; i=$((i+1)); done';
    const commandId = await send(client, [a], script);
    const end = await endOf(client, commandId, a);
    expect(end.StandardOutputContent).toHaveLength(24_000);
    expect(end.StandardOutputContent).toMatch(/^line 0 123\nline 1 123[\s\S]*--output truncated--$/);
    expect(end.StandardErrorContent).toHaveLength(8_000);
    expect(end.StandardErrorContent).toMatch(/^error 0\n[\s\S]*--output truncated--$/);
    const { CommandInvocations } = await client.send(
      new ListCommandInvocationsCommand({ CommandId: commandId, Details: true }),
    );
    const plugin = CommandInvocations?.[0]?.CommandPlugins?.[0];
    expect(plugin).toMatchObject({
      Name: 'aws:runShellScript',
      Status: 'Success',
      ResponseCode: 0,
      ResponseFinishDateTime: expect.any(Date),
    });
    expect(plugin?.Output?.length).toBeLessThanOrEqual(2_500);
    expect(plugin?.Output).toMatch(
      /^line 0 123\n[\s\S]*\n---Output truncated---\n-{10}ERROR-{7}\nerror 0\n[\s\S]*\n---Error truncated----$/,
    );
  });

  test('is whole when it is just below the limit', async () => {
    const { client } = await setUp();
    const commandId = await send(client, [a], `printf '%023999d' 0; printf '%07999d' 0 >&2`);
    const end = await endOf(client, commandId, a);
    expect(end.StandardOutputContent).toBe('0'.repeat(23_999));
    expect(end.StandardErrorContent).toBe('0'.repeat(7_999));
  });
});
