import { existsSync, readFileSync } from 'node:fs';
import {
  DescribeInvocationResultsRequest,
  DescribeInvocationsRequest,
  RunCommandRequest,
  StopInvocationRequest,
} from '@alicloud/ecs20140526';
import { describe, expect, test } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { ecsClient, eventually, gone, refusal, ALIYUN_REGION as regionId, startCloud, testDir } from '../harness.ts';
import { a, b, offline, setUp } from './assistant.ts';

describe('output', () => {
  const lines = 'i=0; while [ $i -lt 6000 ]; do echo "line $i"; i=$((i+1)); done';
  const all = Array.from({ length: 6_000 }, (_, n) => `line ${n}\n`).join('');

  test('of a fast command is its tail, with the dropped bytes counted', async () => {
    const { run, end } = await setUp();
    const row = await end((await run(lines)).invokeId!);
    expect(row.output).toBe(all.slice(-24 * 1024));
    expect(row.dropped).toBe(all.length - 24 * 1024);
  });

  test('of a slow command is its streamed head and its tail, with a hole between', async () => {
    const { run, end, results } = await setUp();
    const { invokeId } = await run(`${lines}; sleep 1.5; echo end`);
    const partial = await eventually(async () => {
      const row = (await results(invokeId!)).invocationResults?.invocationResult?.[0];
      return row?.output ? row : undefined;
    });
    expect(partial).toMatchObject({ invocationStatus: 'Running', output: all.slice(0, 2_048) });
    const row = await end(invokeId!);
    expect(row.output).toBe(all.slice(0, 2_048) + `${all}end\n`.slice(-(22 * 1024)));
    expect(row.dropped).toBe(all.length + 4 - 24 * 1024);
  });
});

describe('time-out and StopInvocation', () => {
  const stubborn = (dir: string) => `sh -c 'echo $$ > ${dir}/child; exec >/dev/null 2>&1; sleep 60' & echo begun; wait`;
  const childOf = (dir: string) =>
    eventually(() =>
      existsSync(`${dir}/child`) ? Number(readFileSync(`${dir}/child`, 'utf8')) || undefined : undefined,
    );

  test('the time-out ends the command, and with ProcessTree its children', async () => {
    const { run, end } = await setUp();
    const dir = await testDir();
    const { invokeId } = await run(stubborn(dir), { timeout: 1, terminationMode: 'ProcessTree' });
    const child = await childOf(dir);
    expect(await end(invokeId!)).toMatchObject({
      invocationStatus: 'Timeout',
      errorCode: 'ExecutionTimeout',
      output: 'begun\n',
    });
    expect(await gone(child)).toBe(true);
  });

  test('without ProcessTree the children are spared', async () => {
    const { run, end } = await setUp();
    const dir = await testDir();
    const { invokeId } = await run(stubborn(dir), { timeout: 1 });
    const child = await childOf(dir);
    expect(await end(invokeId!)).toMatchObject({ invocationStatus: 'Timeout' });
    expect(process.kill(child, 0)).toBe(true);
    process.kill(child, 'SIGKILL');
  });

  test('stopping kills without a word; with ProcessTree what has a parent in the tree, whatever its process group', async () => {
    const { client, run, end } = await setUp();
    const dir = await testDir();
    const script = [
      `trap 'echo told > ${dir}/told' TERM`,
      `setsid sh -c 'echo $$ > ${dir}/child; sleep 60; :' &`,
      `(setsid sh -c 'echo $$ > ${dir}/orphan; sleep 60; :' &)`,
      'sleep 60',
    ].join('\n');
    const { invokeId } = await run(script, { terminationMode: 'ProcessTree' });
    const child = await childOf(dir);
    const orphan = Number(
      await eventually(
        () => (existsSync(`${dir}/orphan`) && readFileSync(`${dir}/orphan`, 'utf8').trim()) || undefined,
      ),
    );
    await client.stopInvocation(new StopInvocationRequest({ regionId, invokeId }));
    expect(await end(invokeId!)).toMatchObject({ invocationStatus: 'Terminated' });
    expect(existsSync(`${dir}/told`)).toBe(false);
    expect(await gone(child)).toBe(true);
    expect(process.kill(orphan, 0)).toBe(true);
    process.kill(-orphan, 'SIGKILL');
  });

  test('stopping kills what runs and cancels what has not begun', async () => {
    const { cloud, client, run, end } = await setUp();
    cloud.setFaults({ undeliverableAfterSeconds: 60 });
    const dir = await testDir();
    const { invokeId } = await run(stubborn(dir), { instanceId: [a, offline], terminationMode: 'ProcessTree' });
    const child = await childOf(dir);
    const stop = (more: object) => client.stopInvocation(new StopInvocationRequest({ regionId, invokeId, ...more }));
    await stop({ instanceId: [offline] });
    expect(await end(invokeId!, offline)).toMatchObject({ invocationStatus: 'Cancelled' });
    await stop({});
    expect(await end(invokeId!, a)).toMatchObject({
      invocationStatus: 'Terminated',
      stopTime: expect.stringMatching(/Z$/),
    });
    expect(await gone(child)).toBe(true);
    const { body } = await client.describeInvocations(new DescribeInvocationsRequest({ regionId, invokeId }));
    expect(body?.invocations?.invocation?.[0]?.invocationStatus).toBe('Stopped');
    expect(await refusal(stop({ invokeId: 't-none' }))).toBe('InvalidInvokeId.NotFound');
    expect(await refusal(stop({ instanceId: Array.from({ length: 51 }, () => a) }))).toBe('InstanceIds.ExceedLimit');
  });
});

describe('DescribeInvocations and DescribeInvocationResults', () => {
  test('show the command, the aggregate and each instance', async () => {
    const { client, run, end } = await setUp();
    const { invokeId, commandId } = await run(`[ "$HOME" != "\${HOME%${b}}" ]`, {
      instanceId: [a, b],
      name: 'check',
    });
    await end(invokeId!, a);
    await end(invokeId!, b);
    const describeInvocations = async (more: object) =>
      (await client.describeInvocations(new DescribeInvocationsRequest({ regionId, ...more }))).body!;
    const body = await describeInvocations({ invokeId, includeOutput: true, contentEncoding: 'PlainText' });
    expect(body).toMatchObject({ totalCount: 1, nextToken: '' });
    expect(body.invocations?.invocation?.[0]).toMatchObject({
      invokeId,
      commandId,
      commandName: 'check',
      invocationStatus: 'PartialFailed',
      timeout: 60,
    });
    expect(
      body.invocations?.invocation?.[0]?.invokeInstances?.invokeInstance?.map((row) => [
        row.instanceId,
        row.invocationStatus,
        row.exitCode,
      ]),
    ).toEqual([
      [a, 'Failed', 1],
      [b, 'Success', 0],
    ]);
    expect((await describeInvocations({ commandName: 'other' })).invocations?.invocation).toEqual([]);
    expect((await describeInvocations({ instanceId: b })).invocations?.invocation).toHaveLength(1);
    expect(await refusal(describeInvocations({ includeOutput: true }))).toBe('MissingParam.InvokeId');
  });

  test('page with the token inside Invocation', async () => {
    const fleet100 = parseFleet(`generate: [{count: 100, name: 'n{n}', cloud: aliyun, region: ${regionId}}]`, 'f');
    const cloud = await startCloud({ fleet: fleet100 });
    const client = ecsClient(cloud.ecsEndpoint);
    const instanceId = fleet100.instances.map((instance) => instance.id);
    const { body } = await client.runCommand(
      new RunCommandRequest({ regionId, type: 'RunShellScript', commandContent: 'true', instanceId }),
    );
    const seen = new Set<string>();
    const sizes: number[] = [];
    for (let nextToken: string | undefined; nextToken !== ''; ) {
      const request = new DescribeInvocationResultsRequest({
        regionId,
        invokeId: body!.invokeId!,
        maxResults: 40,
        ...(nextToken === undefined ? {} : { nextToken }),
      });
      const page = (await client.describeInvocationResults(request)).body!.invocation!;
      sizes.push(page.invocationResults!.invocationResult!.length);
      for (const row of page.invocationResults!.invocationResult!) seen.add(row.instanceId!);
      nextToken = page.nextToken ?? '';
    }
    expect(sizes).toEqual([40, 40, 20]);
    expect(seen).toEqual(new Set(instanceId));
    const tooMany = client.describeInvocationResults(
      new DescribeInvocationResultsRequest({ regionId, maxResults: 51 }),
    );
    expect(await refusal(tooMany)).toBe('InvalidParameter.MaxResults');
  });
});
