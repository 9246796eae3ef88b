import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeInvocationResultsRequest, RunCommandRequest } from '@alicloud/ecs20140526';
import { CancelCommandCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test, vi } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import {
  aliyun,
  aws,
  ecsClient,
  endOf,
  eventually,
  fleetOf,
  gone,
  lookAt,
  ALIYUN_REGION as regionId,
  send,
  ssmClient,
  startCloud,
  testDir,
} from './harness.ts';

const one = instanceIdFor('aws', 'one');
const two = instanceIdFor('aws', 'two');
const cn = instanceIdFor('aliyun', 'cn');
const quick = 'behaviour: {rebootSeconds: 0.2}';
const fleet = fleetOf(aws('one', quick), aws('two', quick), aliyun('cn', quick));
const setUp = async (options: Partial<Parameters<typeof startCloud>[0]> = {}) => {
  const cloud = await startCloud({ fleet, faults: { undeliverableAfterSeconds: 0.1 }, ...options });
  return { cloud, client: ssmClient(cloud.ssmEndpoint), ecs: ecsClient(cloud.ecsEndpoint) };
};
const once = (mark: string): string => `echo boot "$DROVER_BOOT_ID"; [ -e ${mark} ] || { touch ${mark}; exit 194; }`;

describe('exit code 194 at SSM', () => {
  test('reboots the instance and runs the command again, which stays in progress and keeps what it printed', async () => {
    const { client } = await setUp();
    const mark = join(await testDir(), 'mark');
    const commandId = await send(client, [one], `${once(mark)}; sleep 0.5`);
    await eventually(() => (existsSync(mark) ? true : undefined));
    expect(await lookAt(client, commandId, one)).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
    const end = await endOf(client, commandId, one);
    expect(end).toMatchObject({ Status: 'Success', StandardOutputContent: `boot \nboot ${one}-1\n` });
  });

  test('ends every process of that instance, and of no other', async () => {
    const { client } = await setUp();
    const dir = await testDir();
    const stay = (name: string) => `setsid sh -c 'echo $$ > ${dir}/${name}.pid; sleep 60' & sleep 60`;
    const lost = await send(client, [one], stay('one'));
    await send(client, [two], stay('two'));
    const pid = (name: string) =>
      eventually(() => Number(readFileSync(`${dir}/${name}.pid`, { encoding: 'utf8', flag: 'a+' })) || undefined);
    const pids = [await pid('one'), await pid('two')] as const;
    const commandId = await send(client, [one], once(join(dir, 'mark')));
    expect(await endOf(client, commandId, one)).toMatchObject({ Status: 'Success' });
    await gone(pids[0]);
    process.kill(pids[1], 0);
    expect(await lookAt(client, lost, one)).toMatchObject({ Status: 'InProgress' });
  });

  test('can be cancelled while the instance is down: it never runs again', async () => {
    const { client } = await setUp({ fleet: fleetOf(aws('one', 'behaviour: {rebootSeconds: 1}')) });
    const dir = await testDir();
    const commandId = await send(client, [one], `echo ran >> ${dir}/ran; exit 194`);
    await eventually(() => (readFileSync(`${dir}/ran`, { encoding: 'utf8', flag: 'a+' }) === '' ? undefined : true));
    await client.send(new CancelCommandCommand({ CommandId: commandId }));
    // It may be told when the agent has the exit code already, and has not yet acted on it.
    expect((await endOf(client, commandId, one)).Status).toMatch(/^(?:Cancelled|Failed)$/);
    // What is sent later runs after the boot, and after whatever the boot would have run again.
    expect(await endOf(client, await send(client, [one], `cat ${dir}/ran`), one)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'ran\n',
    });
    expect(readFileSync(`${dir}/ran`, 'utf8')).toBe('ran\n');
  });

  test('is remembered when the cloud stops meanwhile', async () => {
    const dir = await testDir();
    const slow = fleetOf(aws('one', 'behaviour: {rebootSeconds: 600}'));
    const first = await setUp({ dir, fleet: slow });
    const mark = join(dir, 'mark');
    const commandId = await send(first.client, [one], once(mark));
    await eventually(() =>
      readFileSync(join(dir, 'provider/journal.jsonl'), 'utf8').includes('"exitCode":194') ? true : undefined,
    );
    await first.cloud.close();
    const { client } = await setUp({ dir });
    expect(await endOf(client, commandId, one)).toMatchObject({
      Status: 'Success',
      StandardOutputContent: 'boot \nboot \n',
    });
  });

  test('counts boots over restarts of the cloud', async () => {
    const dir = await testDir();
    const first = await setUp({ dir });
    await endOf(first.client, await send(first.client, [one], once(join(dir, 'mark'))), one);
    await first.cloud.close();
    const { client } = await setUp({ dir });
    const end = await endOf(client, await send(client, [one], once(join(dir, 'again'))), one);
    expect(end.StandardOutputContent).toBe(`boot ${one}-1\nboot ${one}-2\n`);
  });
});

describe('exit code 194 at Cloud Assistant', () => {
  test('is reported, then reboots the instance, which runs nothing again and takes nothing while it is down', async () => {
    const { ecs } = await setUp({ fleet: fleetOf(aliyun('cn', 'behaviour: {rebootSeconds: 1}')) });
    const dir = await testDir();
    const run = async (commandContent: string) => {
      const request = new RunCommandRequest({ regionId, type: 'RunShellScript', commandContent, instanceId: [cn] });
      return (await ecs.runCommand(request)).body!.invokeId!;
    };
    const end = (invokeId: string) =>
      eventually(async () => {
        const request = new DescribeInvocationResultsRequest({ regionId, invokeId, contentEncoding: 'PlainText' });
        const row = (await ecs.describeInvocationResults(request)).body!.invocation!.invocationResults!
          .invocationResult![0]!;
        return ['Pending', 'Running', 'Stopping'].includes(row.invocationStatus!) ? undefined : row;
      });
    expect(await end(await run(`echo ran >> ${dir}/ran; exit 194`))).toMatchObject({
      invocationStatus: 'Failed',
      exitCode: 194,
    });
    expect(await end(await run('true'))).toMatchObject({ invocationStatus: 'Aborted', errorCode: 'ClientNotRunning' });
    const back = await eventually(async () => {
      const row = await end(await run('echo "$DROVER_BOOT_ID"'));
      return row.invocationStatus === 'Success' ? row : undefined;
    });
    expect(back.output).toBe(`${cn}-1\n`);
    expect(readFileSync(`${dir}/ran`, 'utf8')).toBe('ran\n');
  });
});

describe('PowerShell scripts', () => {
  const windows = instanceIdFor('aws', 'win');
  const cnWindows = instanceIdFor('aliyun', 'win');
  const mixed = fleetOf(aws('one'), aws('win', 'os: windows'), aliyun('cn'), aliyun('win', 'os: windows'));
  const runAt = async (instanceId: string, options: Parameters<typeof setUp>[0]) => {
    const { ecs } = await setUp(options);
    const request = new RunCommandRequest({
      regionId,
      type: 'RunPowerShellScript',
      commandContent: 'x',
      instanceId: [instanceId],
    });
    const invokeId = (await ecs.runCommand(request)).body!.invokeId!;
    return eventually(async () => {
      const look = new DescribeInvocationResultsRequest({ regionId, invokeId, contentEncoding: 'PlainText' });
      const row = (await ecs.describeInvocationResults(look)).body!.invocation!.invocationResults!
        .invocationResult![0]!;
      return ['Pending', 'Running'].includes(row.invocationStatus!) ? undefined : row;
    });
  };

  test('are refused where this machine has no PowerShell, as by a platform that has none', async () => {
    vi.stubEnv('PATH', '/usr/bin:/bin');
    const { client } = await setUp({ fleet: mixed });
    for (const id of [one, windows]) {
      const commandId = await send(client, [id], 'x', { DocumentName: 'AWS-RunPowerShellScript' });
      expect(await endOf(client, commandId, id)).toMatchObject({ StatusDetails: 'InvalidPlatform' });
    }
    for (const id of [cn, cnWindows])
      expect(await runAt(id, { fleet: mixed })).toMatchObject({
        invocationStatus: 'Invalid',
        errorCode: 'CommandNotApplicable',
      });
    vi.unstubAllEnvs();
  });

  test('are handed as files to the PowerShell of this machine', async () => {
    const bin = join(await testDir(), 'bin');
    mkdirSync(bin);
    // Stands where PowerShell would be: says what it was started with.
    writeFileSync(join(bin, 'pwsh'), '#!/bin/sh\necho "$1 $2 $3"; cat "$4"; echo err >&2; exit 5\n', { mode: 0o755 });
    vi.stubEnv('PATH', `${bin}:${process.env['PATH']}`);
    const { client } = await setUp({ fleet: mixed });
    for (const id of [one, windows]) {
      const commandId = await send(client, [id], 'Get-Date', { DocumentName: 'AWS-RunPowerShellScript' });
      expect(await endOf(client, commandId, id)).toMatchObject({
        StatusDetails: 'Failed',
        ResponseCode: 5,
        StandardOutputContent: '-NonInteractive -NoProfile -File\nGet-Date',
        StandardErrorContent: 'err\n',
      });
    }
    expect(await runAt(cnWindows, { fleet: mixed })).toMatchObject({
      exitCode: 5,
      output: '-NonInteractive -NoProfile -File\nxerr\n',
    });
    expect(await runAt(cn, { fleet: mixed })).toMatchObject({ errorCode: 'CommandNotApplicable' });
    vi.unstubAllEnvs();
  });

  test('are all that a Windows instance runs', async () => {
    const { client } = await setUp({ fleet: mixed });
    const commandId = await send(client, [windows], 'true');
    expect(await endOf(client, commandId, windows)).toMatchObject({ StatusDetails: 'InvalidPlatform' });
  });
});
