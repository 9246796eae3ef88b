import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from 'vitest';
import { createCaller, realPacing } from '#functions/adapters/agent/caller.ts';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { classifyAliyun } from '#functions/adapters/aliyun/aliyun-failures.ts';
import { aliyunProbe } from '#functions/adapters/examination/aliyun-probe.ts';
import { blobsProbe } from '#functions/adapters/examination/blobs-probe.ts';
import { clockProbe } from '#functions/adapters/examination/clock-probe.ts';
import { deadLettersProbe } from '#functions/adapters/examination/dead-letters-probe.ts';
import { machineProbe } from '#functions/adapters/examination/machine-probe.ts';
import { probeClientConfig } from '#functions/adapters/examination/probe-client-config.ts';
import { ruleProbe } from '#functions/adapters/examination/rule-probe.ts';
import { schedulerProbe } from '#functions/adapters/examination/scheduler-probe.ts';
import { ssmProbe } from '#functions/adapters/examination/ssm-probe.ts';
import { tableProbe } from '#functions/adapters/examination/table-probe.ts';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Probe } from '#shared/ports/examination.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import {
  clientOf,
  startWireServer,
  type WireAnswer,
  type WireRequest,
  type WireServer,
} from '#test/functions/adapters/aws/wire-server.ts';
import { startS3Endpoint } from '#test/kit/s3-endpoint.ts';

let server: WireServer;

afterEach(async () => server?.stop());

const open = async (answer: (request: WireRequest, before: number) => WireAnswer) => {
  server = await startWireServer(answer);
  return { ...probeClientConfig, ...clientOf(server) };
};

const said = (body: unknown, headers: Readonly<Record<string, string>> = {}): WireAnswer => ({
  status: 200,
  body: JSON.stringify(body),
  headers,
});
const denied = (): WireAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: 'AccessDeniedException', message: 'User is not authorized' }),
});

/** How a probe looks at what the service says. */
type Looks = (answer: () => WireAnswer) => Promise<Probe>;

const tables: Looks = async (answer) => tableProbe(new DynamoDBClient(await open(answer)), 'drover');
const machines: Looks = async (answer) =>
  machineProbe(new SFNClient(await open(answer)), 'arn:aws:states:eu-west-1:111122223333:stateMachine:run');
const rules: Looks = async (answer) =>
  ruleProbe(new EventBridgeClient(await open(answer)), { check: 'rule', name: 'ends', withoutIt: 'it is dark.' });
const queues: Looks = async (answer) => deadLettersProbe(new SQSClient(await open(answer)), 'https://sqs/dead');
const groups: Looks = async (answer) => schedulerProbe(new SchedulerClient(await open(answer)), 'drover');
const ssmOf = (client: SSMClient): Probe => ssmProbe(() => client, { region: 'eu-west-1' });
const regions: Looks = async (answer) => ssmOf(new SSMClient(await open(answer)));

test.each([
  ['table', tables, /dynamodb:DescribeTable .*drover/],
  ['state machine', machines, /states:DescribeStateMachine on arn:/],
  ['rule', rules, /events:DescribeRule and events:ListTargetsByRule on the rule ends.*it is dark/],
  ['dead letters', queues, /sqs:GetQueueAttributes/],
  ['scheduler', groups, /scheduler:GetScheduleGroup/],
  ['ssm eu-west-1', regions, /ssm:DescribeInstanceInformation in eu-west-1/],
])('%s: a refusal is coded, and the right that is missing is known', async (check, looks, right) => {
  const probe = await looks(denied);
  expect(probe.check).toBe(check);
  expect(probe.needs).toMatch(right);
  await expect(probe.look()).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('AccessDenied'),
  });
});

test.each([
  ['table', tables, 'store.unavailable'],
  ['state machine', machines, 'engine.unavailable'],
  ['rule', rules, 'engine.unavailable'],
  ['dead letters', queues, 'engine.unavailable'],
  ['scheduler', groups, 'scheduler.unavailable'],
  ['ssm', regions, 'agent.unavailable'],
])('%s: nobody there is told as what may go away', async (_, looks, code) => {
  const probe = await looks(() => 'drop');
  await expect(probe.look()).rejects.toMatchObject({ code });
});

test('the table is well while it is in use', async () => {
  for (const [status, expected] of [
    ['ACTIVE', 'ok'],
    ['UPDATING', 'ok'],
    ['DELETING', 'problem'],
  ]) {
    const probe = await tables(() => said({ Table: { TableStatus: status } }));
    expect(await probe.look()).toMatchObject({ status: expected, says: `drover is ${status}` });
    await server.stop();
  }
});

describe('the state machine', () => {
  const definition = JSON.stringify(runMachine);
  const deployed = definition.replaceAll(/\$\{(\w+)\}/g, 'arn:aws:lambda:eu-west-1:111122223333:function:$1');
  const machine = (more: object) => () => said({ status: 'ACTIVE', definition: deployed, ...more });

  test('is that of this code, whatever its functions are called', async () => {
    expect(deployed).not.toBe(definition);
    expect(await (await machines(machine({}))).look()).toMatchObject({ status: 'ok' });
  });

  test.each([
    [
      'is another one',
      deployed.replace('NextStageFunction', 'NextStageFunction:1').replace('"Type":"Map"', '"Type":"Pass"'),
    ],
    ['waits longer', deployed.replace(/"MaxAttempts":5/, '"MaxAttempts":6')],
    ['calls no function', definition],
    ['is none', 'null'],
    ['has more', JSON.stringify({ ...JSON.parse(deployed), TimeoutSeconds: 1 })],
  ])('that %s is a problem', async (_, other) => {
    expect(other).not.toBe(deployed);
    const probe = await machines(machine({ definition: other }));
    expect(await probe.look()).toMatchObject({ status: 'problem', advice: expect.stringContaining('npm run deploy') });
  });

  test('that is being deleted is a problem', async () => {
    expect(await (await machines(machine({ status: 'DELETING' }))).look()).toMatchObject({
      ...{ status: 'problem', says: 'It is DELETING' },
    });
  });
});

describe('a rule', () => {
  const rule = (state: string, targets: readonly string[]) => async () =>
    ruleProbe(
      new EventBridgeClient(
        await open(({ target }) =>
          target.endsWith('DescribeRule')
            ? said({ Name: 'ends', State: state })
            : said({ Targets: targets.map((Arn, Id) => ({ Arn, Id: String(Id) })) }),
        ),
      ),
      { check: 'rule', name: 'ends', withoutIt: 'it is dark.' },
    ).look();
  const lambda = 'arn:aws:lambda:eu-west-1:111122223333:function:settle';

  test('that is enabled and calls a function is well', async () => {
    expect(await rule('ENABLED', [lambda])()).toMatchObject({ status: 'ok' });
    expect(server.requests.map(({ body }) => JSON.parse(String(body)))).toEqual([{ Name: 'ends' }, { Rule: 'ends' }]);
  });

  test('that is disabled comes with the command that enables it', async () => {
    expect(await rule('DISABLED', [lambda])()).toMatchObject({
      ...{ status: 'problem', says: 'The rule ends is DISABLED: it is dark.' },
      advice: 'aws events enable-rule --name ends',
    });
  });

  test.each([[[]], [['arn:aws:sqs:eu-west-1:111122223333:dead']]])('that calls %j is a problem', async (targets) => {
    expect(await rule('ENABLED', targets)()).toMatchObject({
      status: 'problem',
      says: expect.stringContaining('dark'),
    });
  });
});

test('dead letters are counted', async () => {
  const of = async (Attributes: object) => {
    const checked = await (await queues(() => said({ Attributes }))).look();
    await server.stop();
    return checked;
  };
  expect(await of({ ApproximateNumberOfMessages: '0' })).toMatchObject({ status: 'ok' });
  expect(await of({ ApproximateNumberOfMessages: '3' })).toMatchObject({
    ...{ status: 'warning', says: expect.stringContaining('3 events') },
    advice: expect.stringContaining('aws sqs receive-message --queue-url https://sqs/dead'),
  });
  expect(await of({})).toMatchObject({ status: 'warning' });
});

test('the schedule group is there, or on its way out', async () => {
  for (const [State, status] of [
    ['ACTIVE', 'ok'],
    ['DELETING', 'problem'],
  ]) {
    expect(await (await groups(() => said({ State }))).look()).toMatchObject({ status });
    expect(server.requests[0]?.path).toBe('/schedule-groups/drover');
    await server.stop();
  }
});

describe('SSM of a region', () => {
  const invalid = () => ({ status: 400, body: JSON.stringify({ __type: 'InvalidInstanceId', message: 'no such' }) });
  const probe = async (instances: readonly object[], sending: () => WireAnswer) =>
    ssmOf(
      new SSMClient(
        await open(({ target }) =>
          target.endsWith('SendCommand') ? sending() : said({ InstanceInformationList: instances }),
        ),
      ),
    ).look();

  test('would take commands: tried on an instance that there is not, and said so', async () => {
    expect(await probe([{ InstanceId: 'i-1' }], invalid)).toMatchObject({
      ...{ status: 'ok', says: expect.stringContaining('tried on an instance that there is not') },
    });
    const bodies = server.requests.map(({ body }) => JSON.parse(String(body)));
    expect(bodies[0]).toEqual({ MaxResults: 5 });
    expect(bodies[1]).toMatchObject({ InstanceIds: ['i-00000000000000000'], DocumentName: 'AWS-RunShellScript' });
  });

  test('that lists but lets nothing be sent is a problem', async () => {
    expect(await probe([{ InstanceId: 'i-1' }], denied)).toMatchObject({
      ...{ status: 'problem', says: expect.stringMatching(/lets nothing be sent.*AccessDenied/) },
      advice: expect.stringContaining('ssm:SendCommand'),
    });
  });

  test('that does not answer to the sending is told as what may go away', async () => {
    await expect(probe([], () => 'drop')).rejects.toMatchObject({ code: 'agent.unavailable' });
  });

  test('of another account is asked by the role of that account', async () => {
    const client = new SSMClient(await open(denied));
    const asked: object[] = [];
    const probe = ssmProbe(
      (scope) => {
        asked.push(scope);
        return client;
      },
      { account: '222233334444', region: 'eu-west-1' },
    );
    expect([probe.check, probe.needs]).toEqual([
      'ssm 222233334444 eu-west-1',
      expect.stringMatching(/cross-account-role.yaml in the account 222233334444/),
    ]);
    await expect(probe.look()).rejects.toMatchObject({ code: 'config.invalid' });
    expect(asked).toEqual([{ account: '222233334444', region: 'eu-west-1' }]);
  });

  test('of an account without credentials is a problem of its own', async () => {
    const clientFor = () => {
      throw new AppError('agent.unknown-placement', 'No credentials are configured for the account 1.');
    };
    const probe = ssmProbe(clientFor, { account: '1', region: 'eu-west-1' });
    await expect(probe.look()).rejects.toMatchObject({ code: 'agent.unknown-placement' });
  });

  test('without instances is worth a warning', async () => {
    expect(await probe([], invalid)).toMatchObject({
      ...{ status: 'warning', advice: expect.stringContaining('awsRegions') },
    });
  });
});

describe('Alibaba Cloud', () => {
  const caller = createCaller(classifyAliyun, realPacing, { tries: 1, firstDelayMs: 1, maxDelayMs: 1, totalMs: 1 });
  const probeOf = async (answer: () => WireAnswer): Promise<Probe> => {
    const { endpoint } = await open(answer);
    const clientFor = aliyunClients({
      ...{ protocol: 'http', endpoint: new URL(endpoint).host },
      credentials: fixedCredentials({ accessKeyId: 'k', accessKeySecret: 's' }),
    });
    return aliyunProbe({ scope: { region: 'cn-hangzhou' }, connect: async () => clientFor, caller });
  };

  const refused = (Code: string) => ({ status: 403, body: JSON.stringify({ Code, Message: 'no', RequestId: 'r' }) });
  const instances = (Instance: readonly object[]) => said({ Instances: { Instance }, NextToken: '' });

  test('takes the credentials, and would take commands', async () => {
    const answers = [instances([]), refused('InvalidInstance.NotFound')];
    const probe = await probeOf(() => answers.shift() ?? 'drop');
    expect(await probe.look()).toMatchObject({ status: 'warning', says: expect.stringContaining('has no instance') });
    const [list, sending] = server.requests.map(({ path }) => decodeURIComponent(path));
    expect(list).toMatch(/MaxResults=1(&|$)/);
    expect(sending).toMatch(/i-00000000000000000/);
  });

  test('that lets the credentials list but not send is a problem', async () => {
    const answers = [instances([]), refused('Forbidden.RAM')];
    const probe = await probeOf(() => answers.shift() ?? 'drop');
    expect(await probe.look()).toMatchObject({
      ...{ status: 'problem', says: expect.stringContaining('Forbidden.RAM') },
      advice: 'Allow ecs:RunCommand in cn-hangzhou to the RAM user or role.',
    });
  });

  test.each(['InvalidSecurityToken.Expired', 'InvalidAccessKeyId.NotFound', 'Forbidden.RAM'])(
    'does not: %s',
    async (Code) => {
      const probe = await probeOf(() => refused(Code));
      await expect(probe.look()).rejects.toMatchObject({
        code: 'agent.refused',
        message: expect.stringContaining(Code),
      });
      expect(probe.needs).toMatch(/ecs:DescribeInstances in cn-hangzhou.*put a new key/);
    },
  );
});

test('blobs are written and read where they lie', async () => {
  const s3 = await startS3Endpoint();
  try {
    const { url: endpoint, credentials } = s3;
    const place = { endpoint, credentials, region: 'us-east-1', forcePathStyle: true };
    const client = new S3Client({ ...probeClientConfig, ...place });
    const blobs = createS3Blobs({ client, bucket: 'blobs', keyPrefix: 'blobs/' });
    expect(await blobsProbe(blobs, 'x').look()).toEqual({ status: 'ok', says: 'A blob was written and read' });
    const mixedUp = { ...blobs, get: async () => new TextEncoder().encode('else') };
    expect(await blobsProbe(mixedUp, 'x').look()).toMatchObject({ status: 'problem' });
  } finally {
    await s3.stop();
  }
});

describe('the clock of a function', () => {
  const at = Date.parse('2026-01-02T03:04:05.600Z');
  const off = async (ms: number) => {
    const client = new DynamoDBClient(await open(() => said({ Table: {} }, { Date: new Date(at + ms).toUTCString() })));
    const checked = await clockProbe({ client, tableName: 't', clock: { now: () => at } }).look();
    await server.stop();
    return checked;
  };

  test('is compared with the date that DynamoDB answers with', async () => {
    expect(await off(0)).toMatchObject({ status: 'ok', says: 'The function is not off the clock of DynamoDB' });
    for (const [seconds, status] of [
      [20, 'ok'],
      [-20, 'ok'],
      [60, 'warning'],
      [-60, 'warning'],
      [300, 'problem'],
      [-300, 'problem'],
    ] as const)
      expect(await off(seconds * 1000), `${seconds} s`).toMatchObject({ status });
  });

  test('is not judged without one', async () => {
    const client = new DynamoDBClient(await open(() => said({ Table: {} }, { Date: '' })));
    expect(await clockProbe({ client, tableName: 't', clock: { now: () => at } }).look()).toMatchObject({
      ...{ status: 'warning', says: expect.stringContaining('no date') },
    });
  });
});
