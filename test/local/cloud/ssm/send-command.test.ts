import { SendCommandCommand, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { instanceIdFor } from '#local/cloud/fleet.ts';
import { AWS_REGION, aws, endOf, eventually, fleetOf, refusal, send, ssmClient, startCloud } from '../harness.ts';

const [one, two, stopped, windows, elsewhere] = ['one', 'two', 'stopped', 'windows', 'elsewhere'].map((name) =>
  instanceIdFor('aws', name),
);
const fleet = fleetOf(
  aws('one', 'account: "111122223333", tags: {app: shop, env: prod}'),
  aws('two', 'tags: {app: shop, env: test}'),
  aws('stopped', 'behaviour: {stopped: true}'),
  aws('windows', 'os: windows'),
  'name: elsewhere, cloud: aws, region: us-east-1',
);

const setUp = async () => {
  const cloud = await startCloud({ fleet });
  return { cloud, client: ssmClient(cloud.ssmEndpoint) };
};

describe('SendCommand', () => {
  test('answers with a pending command that carries what was asked for', async () => {
    const { client } = await setUp();
    const { Command } = await client.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [one!],
        Comment: 'inv-1',
        TimeoutSeconds: 60,
        Parameters: { commands: ['true'], executionTimeout: ['30'] },
      }),
    );
    expect(Command).toMatchObject({
      Status: 'Pending',
      Comment: 'inv-1',
      TargetCount: 1,
      CompletedCount: 0,
      MaxErrors: '0',
      MaxConcurrency: '50',
    });
    expect(Command?.CommandId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Command!.ExpiresAfter!.getTime() - Command!.RequestedDateTime!.getTime()).toBe(90_000);
  });

  test('runs the commands as one script and keeps both streams, exit code and times', async () => {
    const { client } = await setUp();
    const commandId = await send(client, [one!], '', {
      Parameters: { commands: ['echo out', 'echo err >&2', 'exit 7'] },
    });
    expect(await endOf(client, commandId, one!)).toMatchObject({
      Status: 'Failed',
      StatusDetails: 'Failed',
      ResponseCode: 7,
      StandardOutputContent: 'out\n',
      StandardErrorContent: 'err\n',
      PluginName: 'aws:runShellScript',
      ExecutionElapsedTime: expect.stringMatching(/^PT[\d.]+S$/),
      ExecutionStartDateTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
  });

  test("gives each instance its own folder and the agent's environment", async () => {
    const { cloud, client } = await setUp();
    const script =
      'echo "$AWS_SSM_INSTANCE_ID $AWS_SSM_REGION_NAME $SSM_COMMAND_ID $HOME $TMPDIR $DROVER_STATE_DIR"; pwd; [ -d "$TMPDIR" ] && [ -d "$DROVER_STATE_DIR" ]';
    const commandId = await send(client, [one!], script);
    const home = `${cloud.dir}/instances/${one}`;
    expect((await endOf(client, commandId, one!)).StandardOutputContent).toBe(
      `${one} ${AWS_REGION} ${commandId} ${home} ${home}/tmp ${home}/state\n${home}\n`,
    );
  });

  test.each([
    ['a shebang', '#!/usr/bin/env -S cat\nhello', '#!/usr/bin/env -S cat\nhello'],
    ['its own name', 'head -c 5 "$0"', 'head '],
    ['no standard input', 'cat; echo end', 'end\n'],
  ])('a script with %s runs as the agent would run it', async (_what, script, output) => {
    const { client } = await setUp();
    const commandId = await send(client, [one!], script);
    expect((await endOf(client, commandId, one!)).StandardOutputContent).toBe(output);
  });

  test('starts in the working directory', async () => {
    const { client } = await setUp();
    const commandId = await send(client, [one!], 'pwd', { Parameters: { workingDirectory: ['/usr'] } });
    expect((await endOf(client, commandId, one!)).StandardOutputContent).toBe('/usr\n');
  });

  test.each([
    [
      '50 instances and one more',
      { InstanceIds: Array.from({ length: 51 }, (_, n) => `i-${String(n).padStart(17, '0')}`) },
      'ValidationException',
    ],
    ['an id that is none', { InstanceIds: ['web-1'] }, 'ValidationException'],
    ['a comment of 101 characters', { Comment: 'x'.repeat(101) }, 'ValidationException'],
    ['a time-out below 30 s', { TimeoutSeconds: 29 }, 'ValidationException'],
    ['a time-out above 30 days', { TimeoutSeconds: 2_592_001 }, 'ValidationException'],
    ['no width', { MaxConcurrency: '0' }, 'ValidationException'],
    ['more than all at once', { MaxConcurrency: '101%' }, 'ValidationException'],
    ['errors in a wrong form', { MaxErrors: '05%' }, 'ValidationException'],
    ['an unknown instance', { InstanceIds: ['i-00000000000000000'] }, 'InvalidInstanceId'],
    ['an instance of another region', { InstanceIds: [elsewhere!] }, 'InvalidInstanceId'],
    ['a stopped instance beside a good one', { InstanceIds: [one!, stopped!] }, 'InvalidInstanceId'],
    ['no target at all', { InstanceIds: [] }, 'InvalidInstanceId'],
    ['an instance twice', { InstanceIds: [one!, one!] }, 'DuplicateInstanceId'],
    ['an unknown document', { DocumentName: 'My-Document' }, 'InvalidDocument'],
    ['an unknown version', { DocumentVersion: '77' }, 'InvalidDocumentVersion'],
    ['no commands', { Parameters: { commands: [] } }, 'InvalidParameters'],
    ['an unknown parameter', { Parameters: { commands: ['true'], shell: ['sh'] } }, 'InvalidParameters'],
    ['a reference to a parameter', { Parameters: { commands: ['echo {{ name }}'] } }, 'InvalidParameters'],
    [
      'an execution time-out of no time',
      { Parameters: { commands: ['true'], executionTimeout: ['0'] } },
      'InvalidParameters',
    ],
    ['a document above 64 KB', { Parameters: { commands: ['#'.repeat(65_536)] } }, 'MaxDocumentSizeExceeded'],
    ['a document just below 64 KB', { Parameters: { commands: ['#'.repeat(65_000)] } }, 'accepted'],
  ])('answers a request with %s as the cloud does', async (_what, wrong, error) => {
    const { client } = await setUp();
    const input = {
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: [one!],
      Parameters: { commands: ['true'] },
      ...wrong,
    };
    expect(await refusal(client.send(new SendCommandCommand(input)))).toBe(error);
  });

  test('refuses a parameter that is not a list, and a call without a signature', async () => {
    const { cloud } = await setUp();
    const post = async (headers: Record<string, string>) => {
      const body = JSON.stringify({
        DocumentName: 'AWS-RunShellScript',
        InstanceIds: [one],
        Parameters: { commands: 'true' },
      });
      const answer = await fetch(cloud.ssmEndpoint, {
        method: 'POST',
        body,
        headers: { 'x-amz-target': 'AmazonSSM.SendCommand', ...headers },
      });
      const fault: { readonly __type: string } = JSON.parse(await answer.text());
      return { status: answer.status, ...fault };
    };
    const signed = `AWS4-HMAC-SHA256 Credential=k/20260101/${AWS_REGION}/ssm/aws4_request, SignedHeaders=host, Signature=0`;
    expect(await post({ authorization: signed })).toMatchObject({
      status: 400,
      __type: expect.stringContaining('#SerializationException'),
    });
    expect(await post({})).toMatchObject({ __type: expect.stringContaining('#MissingAuthenticationTokenException') });
    expect(await post({ authorization: signed.replace('/ssm/', '/ec2/') })).toMatchObject({
      __type: expect.stringContaining('#InvalidSignatureException'),
    });
  });

  test('an account as access key sees the instances of that account only', async () => {
    const { cloud } = await setUp();

    const client = new SSMClient({
      endpoint: cloud.ssmEndpoint,
      region: AWS_REGION,
      credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' },
    });
    expect(await refusal(send(client, [one!], 'true'))).toBe('accepted');
    expect(await refusal(send(client, [two!], 'true'))).toBe('InvalidInstanceId');
    client.destroy();
  });

  test('reaches the instances that have all tags asked for, and none when none has them', async () => {
    const { client } = await setUp();
    const targets = (env: string) => ({
      Targets: [
        { Key: 'tag:app', Values: ['shop', 'bank'] },
        { Key: 'tag:env', Values: [env] },
      ],
    });
    const commandId = await send(client, [], 'echo "$AWS_SSM_INSTANCE_ID"', targets('test'));
    expect((await endOf(client, commandId, two!)).StandardOutputContent).toBe(`${two}\n`);
    expect(await refusal(endOf(client, commandId, one!))).toBe('InvocationDoesNotExist');
    const { Command } = await client.send(
      new SendCommandCommand({
        DocumentName: 'AWS-RunShellScript',
        Parameters: { commands: ['true'] },
        ...targets('none'),
      }),
    );
    expect(Command).toMatchObject({ TargetCount: 0, StatusDetails: 'NoInstancesInTag' });
  });

  test('takes ids as targets too, and then an unknown one fails alone', async () => {
    const { cloud, client } = await setUp();
    cloud.setFaults({ undeliverableAfterSeconds: 0 });
    const unknown = 'i-00000000000000000';
    const commandId = await send(client, [], 'true', { Targets: [{ Key: 'InstanceIds', Values: [one!, unknown] }] });
    expect(await endOf(client, commandId, one!)).toMatchObject({ Status: 'Success' });
    expect(await endOf(client, commandId, unknown)).toMatchObject({ StatusDetails: 'Undeliverable' });
  });

  test('does not pretend to run on Windows, and does not fail the others for it', async () => {
    const { client } = await setUp();
    const commandId = await send(client, [windows!, one!], 'true');
    expect(await endOf(client, commandId, windows!)).toMatchObject({
      Status: 'Failed',
      StatusDetails: 'InvalidPlatform',
      ResponseCode: -1,
    });
    expect(await endOf(client, commandId, one!)).toMatchObject({ Status: 'Success', ResponseCode: 0 });
  });

  test('counts calls by action', async () => {
    const { cloud, client } = await setUp();
    await endOf(client, await send(client, [one!], 'true'), one!);
    await eventually(() => (cloud.calls()['SendCommand'] === 1 ? true : undefined));
    expect(cloud.calls()['GetCommandInvocation']).toBeGreaterThan(0);
  });
});
