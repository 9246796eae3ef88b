import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeInstanceInformationCommand, SendCommandCommand } from '@aws-sdk/client-ssm';
import { describe, expect, onTestFinished, test } from 'vitest';
import { assumedRole } from '#functions/adapters/aws/assumed-role.ts';
import { createSsmAgent } from '#functions/adapters/ssm/ssm-agent.ts';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { parseFleet } from '#local/cloud/fleet.ts';
import { startFleetCloud } from '#local/cloud/fleet-cloud.ts';
import { answeringServer, type CannedAnswer } from '#test/functions/adapters/agent/answering-server.ts';
import { patientPacing } from '#test/functions/adapters/agent/patient-pacing.ts';
import { type StsAnswer, startStsEndpoint } from '#test/kit/sts-endpoint.ts';

const account = '222222222222';
const roleArn = `arn:aws:iam::${account}:role/DroverTarget`;
const hour = 3_600_000;

const open = async (answer?: () => StsAnswer) => {
  const sts = await startStsEndpoint(answer);
  onTestFinished(() => sts.stop());
  const clock = { ms: Date.now(), now: () => clock.ms };
  const role = assumedRole({
    ...{ roleArn, externalId: 'x-1', sessionName: 'drover-test', clock },
    region: 'eu-west-1',
    endpoint: sts.url,
    credentials: { accessKeyId: 'own', secretAccessKey: 'own' },
  });
  return { sts, clock, role };
};

const none: CannedAnswer = { status: 200, body: '{"InstanceInformationList":[]}' };
const fault = (name: string): CannedAnswer => ({ status: 400, body: JSON.stringify({ __type: name, message: 'no' }) });

/** Clients of a server with these answers, in the account whose role is assumed. */
const clientsOf = async (
  role: Awaited<ReturnType<typeof open>>['role'],
  ...answers: readonly [CannedAnswer, ...CannedAnswer[]]
) => {
  const { address, seen } = await answeringServer(...answers);
  const clientFor = ssmClients({ endpoint: `http://${address}`, accounts: { [account]: role } });
  const list = (region = 'eu-west-1') =>
    clientFor({ account, region }).send(new DescribeInstanceInformationCommand({}));
  const tokens = () => seen.map(({ headers }) => headers['x-amz-security-token']);
  return { clientFor, list, tokens, seen };
};

describe('a role of another account', () => {
  test('is assumed once for all its regions, with external id, and a session that names who comes', async () => {
    const { sts, role } = await open();
    const { list, seen } = await clientsOf(role, none);
    await Promise.all([list('eu-west-1'), list('us-east-1'), list('eu-west-1')]);
    await list();
    expect(sts.calls).toEqual([
      { signedBy: 'own', roleArn, sessionName: 'drover-test', externalId: 'x-1', durationSeconds: 3_600 },
    ]);
    const scopes = seen.map(({ headers }) => /Credential=(\d+)\/\d+\/([\w-]+)/.exec(headers.authorization ?? ''));
    expect(scopes.map((found) => found?.slice(1)).sort()).toEqual([
      [account, 'eu-west-1'],
      [account, 'eu-west-1'],
      [account, 'eu-west-1'],
      [account, 'us-east-1'],
    ]);
  });

  test('is assumed again before its session ends, also in clients that have used it', async () => {
    const started = Date.now();
    const ends = [started + hour, started + 2 * hour];
    const { clock, role } = await open(() => ({ endsAtMs: ends.shift() ?? 0 }));
    const { list, tokens } = await clientsOf(role, none);
    await list();
    clock.ms = started + hour - 11 * 60_000;
    await list();
    clock.ms = started + hour - 10 * 60_000;
    await list();
    await list();
    expect(tokens()).toEqual(['session-1', 'session-1', 'session-2', 'session-2']);
  });

  test.each(['ExpiredTokenException', 'UnrecognizedClientException'])(
    'is assumed again when AWS says %s, and the call is made once more',
    async (name) => {
      const { role } = await open();
      const { list, tokens } = await clientsOf(role, fault(name), none);
      await list();
      await list();
      expect(tokens()).toEqual(['session-1', 'session-2', 'session-2']);
    },
  );

  test('is assumed once more for a call, not again and again', async () => {
    const { sts, role } = await open();
    const { list, tokens } = await clientsOf(role, fault('ExpiredTokenException'));
    await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
    expect(tokens()).toEqual(['session-1', 'session-2']);
    expect(sts.calls).toHaveLength(2);
  });

  test('leaves other refusals as they are: a command is not sent twice', async () => {
    const { role } = await open();
    const { clientFor, seen } = await clientsOf(role, fault('ThrottlingException'));
    const command = new SendCommandCommand({
      DocumentName: 'AWS-RunShellScript',
      InstanceIds: ['i-0123456789abcdef0'],
    });
    await expect(clientFor({ account, region: 'eu-west-1' }).send(command)).rejects.toMatchObject({
      name: 'ThrottlingException',
    });
    expect(seen).toHaveLength(1);
  });

  test.each<[string, StsAnswer, string]>([
    ['refused', { status: 403, code: 'AccessDenied', message: 'not authorized' }, 'agent.refused'],
    ['not to be had now', { status: 503, code: 'ServiceUnavailable', message: 'later' }, 'agent.unavailable'],
  ])('that is %s is a coded error with the ARN, and the call is not made', async (_, answer, code) => {
    const { role } = await open(() => answer);
    const { clientFor, seen } = await clientsOf(role, none);
    const agent = createSsmAgent({ ...patientPacing, clientFor });
    const sending = agent.send({
      ...{ account, region: 'eu-west-1', invocationId: 'r-b-1', script: 'true', needsInstanceId: false },
      ...{ instanceIds: ['i-0123456789abcdef0'], timeoutSeconds: 60, deliveryTimeoutSeconds: 60 },
    });
    await expect(sending).rejects.toMatchObject({ code, message: expect.stringContaining(roleArn) });
    expect(seen).toEqual([]);
  });
});

describe('two accounts in two regions', () => {
  const accounts = ['222222222222', '333333333333'] as const;
  const regions = ['eu-west-1', 'us-east-1'] as const;
  const nameOf = (one: string, region: string) => `n-${one.charAt(0)}-${region}`;
  const fleet = parseFleet(
    `instances:\n${accounts
      .flatMap((one) => regions.map((region) => ({ one, region })))
      .map(({ one, region }) => `  - {name: ${nameOf(one, region)}, cloud: aws, account: '${one}', region: ${region}}`)
      .join('\n')}`,
    'fleet.yaml',
  );
  const idOf = (one: string, region: string) =>
    fleet.instances.find(({ name }) => name === nameOf(one, region))?.id ?? '';

  const start = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'drover-accounts-'));
    const cloud = await startFleetCloud({ fleet, dir, spawnersCount: 1 });
    const sts = await startStsEndpoint();
    onTestFinished(async () => {
      await sts.stop();
      await cloud.close();
      await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    });
    const roleOf = (one: string) =>
      assumedRole({
        ...{ roleArn: `arn:aws:iam::${one}:role/DroverTarget`, sessionName: 'drover-test', clock: { now: Date.now } },
        ...{ region: 'eu-west-1', endpoint: sts.url, credentials: { accessKeyId: 'own', secretAccessKey: 'own' } },
      });
    const clientFor = ssmClients({
      endpoint: cloud.ssmEndpoint,
      accounts: Object.fromEntries(accounts.map((one) => [one, roleOf(one)])),
    });
    return { agent: createSsmAgent({ ...patientPacing, clientFor }), sts };
  };
  const script = { script: 'true', needsInstanceId: false, timeoutSeconds: 60, deliveryTimeoutSeconds: 60 };

  test('each get the commands for their own instances, by one session an account', async () => {
    const { agent, sts } = await start();
    for (const one of accounts)
      for (const region of regions) {
        const instanceIds = [idOf(one, region)];
        const invocationId = nameOf(one, region);
        const scope = { account: one, region };
        const since = new Date(Date.now() - 60_000).toISOString();
        const { agentInvocationId, refusals } = await agent.send({ ...scope, ...script, invocationId, instanceIds });
        expect(refusals).toEqual([]);
        expect(await agent.find({ ...scope, invocationId, since })).toBe(agentInvocationId);
        // The other account knows nothing of it.
        const other = { account: accounts.find((two) => two !== one) ?? '', region };
        expect(await agent.find({ ...other, invocationId, since })).toBeUndefined();
      }
    expect(sts.calls.map(({ roleArn: arn }) => arn)).toEqual(
      accounts.map((one) => `arn:aws:iam::${one}:role/DroverTarget`),
    );
  });

  test('refuse the instances of the other one, and nodes of a third have no credentials', async () => {
    const { agent } = await start();
    const [one, other] = accounts;
    const instanceIds = [idOf(other, 'eu-west-1')];
    const sending = { ...script, region: 'eu-west-1', invocationId: 'r-b-1', instanceIds };
    expect(await agent.send({ ...sending, account: one })).toMatchObject({
      refusals: [{ instanceId: instanceIds[0] }],
    });
    await expect(agent.send({ ...sending, account: '444444444444' })).rejects.toMatchObject({
      code: 'agent.unknown-placement',
      message: expect.stringContaining('444444444444'),
    });
  });
});
