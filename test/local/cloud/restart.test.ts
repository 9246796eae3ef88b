import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DescribeInvocationResultsRequest, RunCommandRequest } from '@alicloud/ecs20140526';
import { CancelCommandCommand, ListCommandsCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { expect, onTestFinished, test } from 'vitest';
import { instanceIdFor, parseFleet } from '#local/cloud/fleet.ts';
import {
  AWS_REGION,
  ecsClient,
  endOf,
  eventually,
  gone,
  lookAt,
  ALIYUN_REGION as regionId,
  send,
  ssmClient,
  startCloud,
  testDir,
} from './harness.ts';

const [a, b, offline] = ['web-1', 'web-2', 'offline'].map((name) => instanceIdFor('aws', name)) as [
  string,
  string,
  string,
];
const ali = instanceIdFor('aliyun', 'ali-1');
const FLEET = `
generate:
  - {count: 120, name: 'web-{n}', cloud: aws, region: ${AWS_REGION}}
  - {count: 1, name: 'ali-{n}', cloud: aliyun, region: ${regionId}}
instances:
  - {name: offline, cloud: aws, region: ${AWS_REGION}, behaviour: {offline: true}}
`;

interface Served {
  readonly ssmEndpoint: string;
  readonly ecsEndpoint: string;
  readonly kill: () => Promise<void>;
}

/** Starts the cloud as a process on a folder; kill is kill -9. */
const serve = async (dir: string): Promise<Served> => {
  const fleetFile = join(dir, 'fleet.yaml');
  writeFileSync(fleetFile, FLEET);
  const script = fileURLToPath(new URL('cloud-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, dir, fleetFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const line = await new Promise<string>((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk))));
  const endpoints: { readonly ssmEndpoint: string; readonly ecsEndpoint: string } = JSON.parse(line);
  return { ...endpoints, kill };
};

const fileAt = (path: string) =>
  eventually(() => (existsSync(path) ? readFileSync(path, 'utf8') || undefined : undefined));
const linesOf = (path: string) => readFileSync(path, 'utf8').trim().split('\n');
const gated = (dir: string) =>
  `echo $$ >> ${dir}/ran; until [ -e ${dir}/gate ] || [ ! -d ${dir} ]; do sleep 0.02; done; echo done; echo over > ${dir}/over; exit 4`;
const completed = (client: SSMClient, commandId: string) =>
  eventually(async () => {
    const command = (await client.send(new ListCommandsCommand({ CommandId: commandId }))).Commands?.[0];
    return command !== undefined && command.CompletedCount === command.TargetCount ? command : undefined;
  }, 30_000);

test('a command that runs while the server is killed runs on, once, and its end is reported by the next server', async () => {
  const dir = await testDir();
  const first = await serve(dir);
  const commandId = await send(ssmClient(first.ssmEndpoint), [a], gated(dir));
  await fileAt(`${dir}/ran`);
  await first.kill();
  const second = await serve(dir);
  const client = ssmClient(second.ssmEndpoint);
  expect(await lookAt(client, commandId, a)).toMatchObject({ Status: 'InProgress' });
  writeFileSync(`${dir}/gate`, '');
  expect(await endOf(client, commandId, a)).toMatchObject({
    Status: 'Failed',
    ResponseCode: 4,
    StandardOutputContent: 'done\n',
  });
  expect(linesOf(`${dir}/ran`)).toHaveLength(1);
  await eventually(() => (readdirSync(`${dir}/provider/spawners`).length === 2 ? true : undefined));
});

test('a command that ends while no server is there is found ended', async () => {
  const dir = await testDir();
  const first = await serve(dir);
  const ssmId = await send(ssmClient(first.ssmEndpoint), [a], gated(dir));
  const run = new RunCommandRequest({
    regionId,
    type: 'RunShellScript',
    commandContent: `echo $$ >> ${dir}/ali; until [ -e ${dir}/gate ] || [ ! -d ${dir} ]; do sleep 0.02; done; echo bye`,
    instanceId: [ali],
    clientToken: 'inv-1',
  });
  const invokeId = (await ecsClient(first.ecsEndpoint).runCommand(run)).body!.invokeId!;
  await Promise.all([fileAt(`${dir}/ran`), fileAt(`${dir}/ali`)]);
  await first.kill();
  writeFileSync(`${dir}/gate`, '');
  await fileAt(`${dir}/over`);
  const second = await serve(dir);
  const client = ssmClient(second.ssmEndpoint);
  expect(await endOf(client, ssmId, a)).toMatchObject({
    Status: 'Failed',
    ResponseCode: 4,
    StandardOutputContent: 'done\n',
  });
  const ecs = ecsClient(second.ecsEndpoint);
  expect((await ecs.runCommand(run)).body!.invokeId).toBe(invokeId);
  const row = await eventually(async () => {
    const request = new DescribeInvocationResultsRequest({ regionId, invokeId, contentEncoding: 'PlainText' });
    const found = (await ecs.describeInvocationResults(request)).body!.invocation!.invocationResults!
      .invocationResult![0]!;
    return found.invocationStatus === 'Running' ? undefined : found;
  });
  expect(row).toMatchObject({ invocationStatus: 'Success', output: 'bye\n' });
  expect([linesOf(`${dir}/ran`).length, linesOf(`${dir}/ali`).length]).toEqual([1, 1]);
});

test('finished results, waiting instances and cancellations survive', async () => {
  const dir = await testDir();
  const first = await serve(dir);
  const before = ssmClient(first.ssmEndpoint);
  const done = await send(before, [a], 'echo kept; exit 3', { Comment: 'inv-9' });
  await endOf(before, done, a);
  const lost = await send(before, [offline], 'true');
  await endOf(before, lost, offline);
  const waiting = await send(before, [a, b], gated(dir), { MaxConcurrency: '1', MaxErrors: '5' });
  await fileAt(`${dir}/ran`);
  await first.kill();
  const second = await serve(dir);
  const client = ssmClient(second.ssmEndpoint);
  expect(await lookAt(client, done, a)).toMatchObject({
    Status: 'Failed',
    ResponseCode: 3,
    StandardOutputContent: 'kept\n',
    Comment: 'inv-9',
  });
  expect(await lookAt(client, lost, offline)).toMatchObject({ StatusDetails: 'Undeliverable' });
  expect(await lookAt(client, waiting, b)).toMatchObject({ Status: 'Pending' });
  const [pid] = linesOf(`${dir}/ran`);
  await client.send(new CancelCommandCommand({ CommandId: waiting }));
  expect(await endOf(client, waiting, a)).toMatchObject({ Status: 'Cancelled' });
  expect(await gone(Number(pid))).toBe(true);
  expect(await lookAt(client, waiting, b)).toMatchObject({ Status: 'Cancelled' });
  expect(linesOf(`${dir}/ran`)).toHaveLength(1);
});

test.each([5, 25, 60, 110])(
  'in a burst of 120 commands killed after %i ms, each runs exactly once',
  async (killAfterMs) => {
    const dir = await testDir();
    const first = await serve(dir);
    const ids = Array.from({ length: 120 }, (_, n) => instanceIdFor('aws', `web-${n + 1}`));
    const client = ssmClient(first.ssmEndpoint);
    const script = `echo "$AWS_SSM_INSTANCE_ID" >> ${dir}/ran; sleep 0.05; echo ok`;
    const commands = await Promise.all([0, 40, 80].map((from) => send(client, ids.slice(from, from + 40), script)));
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    await first.kill();
    const second = ssmClient((await serve(dir)).ssmEndpoint);
    for (const commandId of commands)
      expect(await completed(second, commandId)).toMatchObject({ Status: 'Success', ErrorCount: 0, TargetCount: 40 });
    expect(linesOf(`${dir}/ran`).sort()).toEqual([...ids].sort());
  },
);

test('closing kills what runs and says so; what waits runs at the next start', async () => {
  const dir = await testDir();
  const fleet = parseFleet(FLEET, 'fleet.yaml');
  const first = await startCloud({ fleet, dir });
  const commandId = await send(ssmClient(first.ssmEndpoint), [a, b], gated(dir), {
    MaxConcurrency: '1',
    MaxErrors: '5',
  });
  await fileAt(`${dir}/ran`);
  await first.close();
  writeFileSync(`${dir}/gate`, '');
  const second = await startCloud({ fleet, dir });
  const client = ssmClient(second.ssmEndpoint);
  expect(await endOf(client, commandId, a)).toMatchObject({ Status: 'Failed', ResponseCode: 143 });
  expect(await endOf(client, commandId, b)).toMatchObject({ Status: 'Failed', ResponseCode: 4 });
  expect(linesOf(`${dir}/ran`)).toHaveLength(2);
});

test('closing with keepRunning leaves commands alone, and the next start hears of their ends', async () => {
  const dir = await testDir();
  const fleet = parseFleet(FLEET, 'fleet.yaml');
  const first = await startCloud({ fleet, dir, keepRunning: true });
  const commandId = await send(ssmClient(first.ssmEndpoint), [a], gated(dir));
  await fileAt(`${dir}/ran`);
  await first.close();
  const second = await startCloud({ fleet, dir });
  const client = ssmClient(second.ssmEndpoint);
  expect(await lookAt(client, commandId, a)).toMatchObject({ Status: 'InProgress' });
  writeFileSync(`${dir}/gate`, '');
  expect(await endOf(client, commandId, a)).toMatchObject({ Status: 'Failed', ResponseCode: 4 });
});

/** Processes that start the commands, as they announced themselves. */
const spawnersOf = (dir: string): readonly number[] =>
  readdirSync(`${dir}/provider/spawners`).map((name) => {
    const hello: { readonly pid: number } = JSON.parse(linesOf(`${dir}/provider/spawners/${name}`)[0]!);
    return hello.pid;
  });

const sendBoth = async (served: Pick<Served, 'ssmEndpoint' | 'ecsEndpoint'>, dir: string) => {
  const commandId = await send(ssmClient(served.ssmEndpoint), [a], gated(dir));
  await fileAt(`${dir}/ran`);
  const commandContent = `echo $$ >> ${dir}/ali; until [ -e ${dir}/gate ] || [ ! -d ${dir} ]; do sleep 0.02; done`;
  const request = new RunCommandRequest({ regionId, type: 'RunShellScript', commandContent, instanceId: [ali] });
  const invokeId = (await ecsClient(served.ecsEndpoint).runCommand(request)).body!.invokeId!;
  await fileAt(`${dir}/ali`);
  return { commandId, invokeId };
};

const assistantRow = async (endpoint: string, invokeId: string) => {
  const { body } = await ecsClient(endpoint).describeInvocationResults(
    new DescribeInvocationResultsRequest({ regionId, invokeId }),
  );
  return body!.invocation!.invocationResults!.invocationResult![0]!;
};

test('when everything is killed at once nobody knows how commands ended, and they do not run again', async () => {
  const dir = await testDir();
  const first = await serve(dir);
  const { commandId, invokeId } = await sendBoth(first, dir);
  for (const pid of spawnersOf(dir)) process.kill(pid, 'SIGKILL');
  await first.kill();
  writeFileSync(`${dir}/gate`, '');
  const second = await serve(dir);
  const client = ssmClient(second.ssmEndpoint);
  expect(await lookAt(client, commandId, a)).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
  expect(await assistantRow(second.ecsEndpoint, invokeId)).toMatchObject({
    invocationStatus: 'Error',
    errorCode: 'ExecutionInterrupted',
  });
  await endOf(client, await send(client, [a], 'true'), a);
  expect([linesOf(`${dir}/ran`).length, linesOf(`${dir}/ali`).length]).toEqual([1, 1]);
});

test('a spawner that dies is replaced; what it ran is lost, and nothing else', async () => {
  const dir = await testDir();
  const cloud = await startCloud({ fleet: parseFleet(FLEET, 'fleet.yaml'), dir });
  const { commandId, invokeId } = await sendBoth(cloud, dir);
  for (const pid of spawnersOf(dir)) process.kill(pid, 'SIGKILL');
  await eventually(async () =>
    (await assistantRow(cloud.ecsEndpoint, invokeId)).invocationStatus === 'Error' ? true : undefined,
  );
  const client = ssmClient(cloud.ssmEndpoint);
  expect(await endOf(client, await send(client, [a], 'true'), a)).toMatchObject({ Status: 'Success' });
  expect(await lookAt(client, commandId, a)).toMatchObject({ Status: 'InProgress' });
  writeFileSync(`${dir}/gate`, '');
});
