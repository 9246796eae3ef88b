import { readFileSync } from 'node:fs';
import { CreateCommandRequest, DescribeInvocationResultsRequest, InvokeCommandRequest } from '@alicloud/ecs20140526';
import { describe, expect, test } from 'vitest';
import { refusal, ALIYUN_REGION as regionId, testDir } from '../harness.ts';
import { a, b, far, flaky, offline, setUp, stopped, windows } from './assistant.ts';

describe('RunCommand', () => {
  test('runs a plain script and returns its merged output in order', async () => {
    const { run, end, cloud } = await setUp();
    const { invokeId, commandId } = await run('echo one; echo two >&2; echo three; pwd');
    expect(commandId).toMatch(/^c-/);
    expect(await end(invokeId!)).toMatchObject({
      invocationStatus: 'Success',
      invokeRecordStatus: 'Finished',
      exitCode: 0,
      output: `one\ntwo\nthree\n${cloud.dir}/instances/${a}\n`,
      dropped: 0,
      errorCode: '',
      startTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      finishedTime: expect.stringMatching(/Z$/),
    });
  });

  test('takes and returns base64 when told to, and base64 is what it returns by default', async () => {
    const { client, run, end } = await setUp();
    const { invokeId } = await run(Buffer.from('echo grüße').toString('base64'), { contentEncoding: 'Base64' });
    expect((await end(invokeId!)).output).toBe('grüße\n');
    const { body } = await client.describeInvocationResults(
      new DescribeInvocationResultsRequest({ regionId, invokeId }),
    );
    expect(body?.invocation?.invocationResults?.invocationResult?.[0]?.output).toBe(
      Buffer.from('grüße\n').toString('base64'),
    );
  });

  test('keeps an exit code and says that it is not zero', async () => {
    const { run, end } = await setUp();
    const { invokeId } = await run('#!/bin/sh\nexit 5');
    expect(await end(invokeId!)).toMatchObject({
      invocationStatus: 'Failed',
      exitCode: 5,
      errorCode: 'ExitCodeNonzero',
    });
  });

  test('reaches instances by tag, and each of many once', async () => {
    const { run, results, end } = await setUp();
    const { invokeId } = await run('true', { instanceId: undefined, resourceTag: [{ key: 'app', value: 'shop' }] });
    await end(invokeId!, a);
    await end(invokeId!, b);
    expect((await results(invokeId!)).invocationResults?.invocationResult?.map((row) => row.instanceId).sort()).toEqual(
      [a, b].sort(),
    );
  });

  test.each([
    ['an unknown instance', { instanceId: [a, 'i-bp00000000000000000'] }, 'InvalidInstance.NotFound'],
    ['an instance of another region', { instanceId: [far] }, 'InvalidInstance.NotFound'],
    ['101 instances', { instanceId: Array.from({ length: 101 }, (_, n) => `i-bp${n}`) }, 'InstanceIds.ExceedLimit'],
    ['no instance', { instanceId: undefined }, 'MissingParam.InstanceId'],
    [
      'instances and tags',
      { resourceTag: [{ key: 'app', value: 'shop' }] },
      'InvalidResourceTag.ConflictWithInstanceIds',
    ],
    [
      'a tag that nobody has',
      { instanceId: undefined, resourceTag: [{ key: 'app', value: 'no' }] },
      'InvalidResourceTag.InstanceNotFound',
    ],
    ['an unknown type', { type: 'RunPerlScript' }, 'InvalidCmdType.NotFound'],
    ['18,433 bytes', { commandContent: '#'.repeat(18_433) }, 'CmdContent.ExceedLimit'],
    ['18,432 bytes', { commandContent: '#'.repeat(18_432) }, 'accepted'],
    [
      'content and values above the limit',
      { commandContent: `#{{v}}${'#'.repeat(18_000)}`, enableParameter: true, parameters: { v: 'x'.repeat(500) } },
      'CmdContent.ExceedLimit',
    ],
    ['a long name', { name: 'x'.repeat(129) }, 'CmdName.ExceedLimit'],
    ['a long description', { description: 'x'.repeat(513) }, 'CmdDesc.ExceedLimit'],
    ['a long working directory', { workingDir: `/${'x'.repeat(200)}` }, 'InvalidParameter.WorkingDir'],
    ['an unknown termination mode', { terminationMode: 'Gently' }, 'InvalidTerminationMode.NotFound'],
    ['a token that is not ASCII', { clientToken: 'grüße' }, 'InvalidClientToken.Malformed'],
    ['a schedule, which this cloud has not', { frequency: 'rate(5m)' }, 'Operation.Forbidden'],
    ['a value but no parameters', { parameters: { v: 'x' } }, 'Parameter.Disabled'],
    ['a name without value', { commandContent: 'echo {{v}}', enableParameter: true }, 'Parameter.MissingValue'],
    ['a value without name', { enableParameter: true, parameters: { v: 'x' } }, 'Parameter.NotMatched'],
    [
      'eleven values',
      { enableParameter: true, parameters: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`v${n}`, 'x'])) },
      'ParameterCount.ExceedLimit',
    ],
    [
      'names that differ in case',
      { commandContent: '{{v}}', enableParameter: true, parameters: { v: 'x', V: 'y' } },
      'ParameterKey.Duplicate',
    ],
  ])('answers a call with %s as the cloud does', async (_what, wrong, error) => {
    const { run } = await setUp();
    expect(await refusal(run('true', wrong))).toBe(error);
  });

  test('a repeated client token returns the first invocation and runs nothing again', async () => {
    const { run, end } = await setUp();
    const dir = await testDir();
    const first = await run(`echo x >> ${dir}/ran`, { clientToken: 'inv-1' });
    const again = await run(`echo x >> ${dir}/ran`, { clientToken: 'inv-1' });
    expect([again.invokeId, again.commandId]).toEqual([first.invokeId, first.commandId]);
    await end(first.invokeId!);
    const probe = await run('true');
    await end(probe.invokeId!);
    expect(readFileSync(`${dir}/ran`, 'utf8')).toBe('x\n');
    await expect(run('other', { clientToken: 'inv-1' })).rejects.toMatchObject({
      code: 'IdempotentParameterMismatch',
      statusCode: 403,
    });
  });

  test("fills in built-in values per instance and the caller's values without quoting", async () => {
    const { run, end } = await setUp();
    const script =
      'echo {{ACS::InstanceId}} {{ ACS::InstanceName }} {{ACS::RegionId}} {{ACS::AccountId}} {{ACS::InvokeId}} {{Who}} $(echo {{what}})';
    const { invokeId } = await run(script, {
      instanceId: [a, b],
      enableParameter: true,
      parameters: { who: 'me', what: 'x y' },
    });
    expect((await end(invokeId!, a)).output).toBe(`${a} a ${regionId} 1234567890123456 ${invokeId} me x y\n`);
    expect((await end(invokeId!, b)).output).toBe(`${b} b ${regionId} 000000000000 ${invokeId} me x y\n`);
  });

  test('leaves braces alone without EnableParameter, and calls unknown built-ins invalid', async () => {
    const { run, end } = await setUp();
    expect((await end((await run("echo '{{ACS::InstanceId}} {{x}}'")).invokeId!)).output).toBe(
      '{{ACS::InstanceId}} {{x}}\n',
    );
    const unknown = await run('echo {{ACS::Weather}}', { enableParameter: true });
    expect(await end(unknown.invokeId!)).toMatchObject({ invocationStatus: 'Invalid' });
  });

  test.each([
    ['an agent that is off', { instanceId: offline }, 'Aborted ClientNotRunning'],
    ['an instance that is off', { instanceId: stopped }, 'Aborted InstanceNotRunning'],
    ['a flaky agent', { instanceId: flaky }, 'Aborted ClientNotResponse'],
    ['a shell script for Windows', { instanceId: windows }, 'Invalid CommandNotApplicable'],
    ['PowerShell for Linux', { instanceId: a, type: 'RunPowerShellScript' }, 'Invalid CommandNotApplicable'],
    ['a folder that is none', { instanceId: a, workingDir: '/no/such/folder' }, 'Invalid DirectoryNotExists'],
    ['a user that is none', { instanceId: a, username: 'nobody-here' }, 'Invalid AccountNotExists'],
  ])('tells of %s in the result of the instance', async (_what, { instanceId, ...more }, expected) => {
    const { run, end } = await setUp();
    const { invokeId } = await run('true', { instanceId: [instanceId], ...more });
    const { invocationStatus, errorCode } = await end(invokeId!, instanceId);
    expect(`${invocationStatus} ${errorCode}`).toBe(expected);
  });
});

describe('CreateCommand and InvokeCommand', () => {
  test("a kept command takes base64 by default and runs with each call's own values", async () => {
    const { client, end } = await setUp();
    const commandContent = Buffer.from('echo hello {{name}}').toString('base64');
    const create = new CreateCommandRequest({
      regionId,
      name: 'greet',
      type: 'RunShellScript',
      commandContent,
      enableParameter: true,
      clientToken: 'c-1',
    });
    const commandId = (await client.createCommand(create)).body!.commandId!;
    expect((await client.createCommand(create)).body!.commandId).toBe(commandId);
    const invoke = (more: object) =>
      client.invokeCommand(new InvokeCommandRequest({ regionId, commandId, instanceId: [a], ...more }));
    const { body } = await invoke({ parameters: { name: 'world' }, clientToken: 'i-1' });
    expect((await end(body!.invokeId!)).output).toBe('hello world\n');
    expect((await invoke({ parameters: { name: 'world' }, clientToken: 'i-1' })).body!.invokeId).toBe(body!.invokeId);
    expect(await refusal(invoke({}))).toBe('Parameter.MissingValue');
    expect(await refusal(invoke({ parameters: { name: 'x', other: 'y' } }))).toBe('Parameter.NotMatched');
    expect(await refusal(invoke({ timeout: 9, parameters: { name: 'x' } }))).toBe('InvalidParameter.Timeout');
    expect(await refusal(invoke({ commandId: 'c-none' }))).toBe('InvalidCmdId.NotFound');
  });
});
