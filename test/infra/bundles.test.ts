import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { examinationViewSchema } from '#shared/contract/meta-views.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import type { Store } from '#shared/ports/store.ts';
import { taskRegistry } from '#shared/workflow/task-registry.ts';
import { aSchedule } from '#test/contract/store-contract-schedules.ts';
import { startWireServer, type WireRequest, type WireServer } from '#test/functions/adapters/aws/wire-server.ts';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { anInvocation, aRun, sampleTime } from '#test/kit/store-samples.ts';
import { bundleStack, type DeployedBundle, invokeBundle, resultOf } from './deployed-bundles.ts';

const outdir = mkdtempSync(join(tmpdir(), 'drover-bundles-'));
let bundles: readonly DeployedBundle[];
let dynalite: Dynalite;
let services: WireServer;
let store: Store;

const group = (name: string) => ({
  name,
  phases: [{ name: `p-${name}`, operations: [{ id: name, run: 'true' }] }],
});
const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'try' },
  spec: { targets: { where: 'true' }, groups: [group('one'), group('two')] },
};
const jobBlob = 'jobs/try.json';
/** Objects by path: bucket, prefix and key. */
const blobs = new Map([[`/kept/blobs/${jobBlob}`, JSON.stringify(parseJob(job))]]);

/** S3 (path style) and Step Functions on one port. */
const answer = ({ method, path, target }: WireRequest) => {
  if (target !== '') return { status: 200, body: '{}' };
  const found = blobs.get(path.split('?')[0] ?? '');
  return method === 'GET' && found !== undefined
    ? { status: 200, body: found }
    : { status: 404, body: '<Error><Code>NoSuchKey</Code></Error>' };
};

beforeAll(async () => {
  dynalite = await startDynalite();
  services = await startWireServer(answer);
  store = createDynamoStore({
    client: dynalite.client,
    tableName: dynalite.tableName,
    now: () => Date.parse(sampleTime),
  });
  bundles = await bundleStack(outdir);
});

afterAll(async () => {
  await services.stop();
  await dynalite.stop();
  rmSync(outdir, { recursive: true });
});

const bundle = (name: string): DeployedBundle => {
  const found = bundles.find((one) => one.name === name);
  if (found === undefined) throw new Error(`No bundle ${name} among ${bundles.map((one) => one.name)}`);
  return found;
};

/** What the API is told of schedules. */
const schedulerArns: ReadonlyMap<string, string> = new Map([
  ['DROVER_SCHEDULER_TARGET_ARN', 'arn:aws:lambda:us-east-1:111122223333:function:fire'],
  ['DROVER_SCHEDULER_ROLE_ARN', 'arn:aws:iam::111122223333:role/schedules'],
  ['DROVER_SCHEDULER_DEAD_LETTERS_ARN', 'arn:aws:sqs:us-east-1:111122223333:dead'],
]);

/** The function's own variables, with the names of real things in place of references, and what Lambda adds. */
const environmentOf = ({ environment }: DeployedBundle): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      if (name === 'DROVER_TABLE') return [name, dynalite.tableName];
      if (name === 'DROVER_BUCKET') return [name, 'kept'];
      if (name === 'DROVER_AWS_ACCOUNT') return [name, '111122223333'];
      if (name === 'DROVER_STATE_MACHINE_ARN')
        return [name, 'arn:aws:states:us-east-1:111122223333:stateMachine:drover'];
      const arn = schedulerArns.get(name);
      if (arn !== undefined) return [name, arn];
      return [name, name === 'DROVER_AWS_REGIONS' ? 'us-east-1' : value];
    }),
  ),
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
  AWS_ENDPOINT_URL_S3: services.endpoint,
  AWS_ENDPOINT_URL_SFN: services.endpoint,
});

const call = async (name: string, ...events: readonly unknown[]) => {
  const called = bundle(name);
  return invokeBundle({ file: called.file, events }, environmentOf(called));
};

const mebibyte = 1024 * 1024;
const holdsAliyun = ({ sources }: DeployedBundle): boolean =>
  sources.some((source) => source.includes('node_modules/@alicloud/'));

const limitOf = (one: DeployedBundle): number => (holdsAliyun(one) ? 2 : 1) * mebibyte;

describe('the bundles of the functions', () => {
  it('are at most 1 MiB, those with the client of Alibaba Cloud 2 MiB', () => {
    console.log(bundles.map(({ name, bytes }) => `${name} ${Math.round(bytes / 1024)} KiB`).join('\n'));
    expect(bundles).toHaveLength(Object.keys(taskRegistry).length + 3);
    for (const one of bundles) expect(one.bytes, one.name).toBeLessThanOrEqual(limitOf(one));
    const withAliyun = bundles.filter(holdsAliyun).map(({ name }) => name);
    expect(withAliyun.sort()).toEqual([
      'Api',
      'CollectResults',
      'ExaminerExamine',
      'InvokeOperation',
      'NextStage',
      'SchedulesTimedFire',
    ]);
  });

  it.each(['aws-cdk-lib', 'constructs', 'dynalite', 'aws-local-stepfunctions', 'vitest', '@hono/node-server'])(
    'hold nothing of %s',
    (name) => {
      const holding = bundles.filter(({ sources }) =>
        sources.some((source) => source.includes(`node_modules/${name}/`)),
      );
      expect(holding.map((one) => one.name)).toEqual([]);
    },
  );

  it('hold code of their own layers only', () => {
    const own = bundles.flatMap(({ sources }) => sources.filter((source) => !source.includes('node_modules/')));
    const folders = own.map((source) => source.split('/')[0]);
    expect(new Set(folders)).toEqual(new Set(['shared', 'functions']));
  });

  it('load without any configuration, and give a handler', async () => {
    const times: string[] = [];
    for (const { name, file } of bundles) {
      const { initMs, initCpuMs, exports } = await invokeBundle({ file, events: [] }, {});
      expect(exports).toEqual(['handler']);
      times.push(`${name} ${Math.round(initMs)} ms`);
      expect(initCpuMs, name).toBeLessThan(1_500);
    }
    console.log(`load time\n${times.join('\n')}`);
  });
});

const bodySchema = z.object({ body: z.string() });

describe('deployed handlers', () => {
  it('Start Run marks the run as running and names its groups', async () => {
    const run = aRun({ jobBlob });
    await store.create(run);

    const { replies, lines } = await call('StartRun', { runId: run.runId, attempt: 1 });

    expect(replies).toEqual([{ result: { groups: [0, 1] } }]);
    expect((await store.get(run.runId))?.status).toBe('running');
    expect(lines).toMatchObject([{ level: 'INFO', event: 'run.started', runId: run.runId, attempt: 1 }]);
  });

  it('throw errors under their code, and log one line with the ids', async () => {
    const { runId } = aRun();
    const { replies, lines } = await call(
      'StartRun',
      { runId, attempt: 1 },
      { runId: 'secret', attempt: 1, script: 'rm' },
    );

    expect(replies).toMatchObject([{ error: { name: 'run.not-found' } }, { error: { name: 'task.invalid-input' } }]);
    expect(lines).toMatchObject([
      {
        level: 'ERROR',
        event: 'task.failed',
        task: 'startRun',
        code: 'run.not-found',
        requestId: 'request-1',
        runId,
        attempt: 1,
      },
      { code: 'task.invalid-input' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('rm"');
  });

  it('say which variable is missing', async () => {
    const { file } = bundle('StartRun');
    const { replies } = await invokeBundle(
      { file, events: [{ runId: aRun().runId, attempt: 1 }] },
      { AWS_REGION: 'us-east-1' },
    );
    expect(replies).toMatchObject([{ error: { name: 'config.invalid', message: 'DROVER_TABLE is not set' } }]);
  });

  it('On Agent Event wakes the batch that an event of SSM is about', async () => {
    const run = aRun();
    const { invocationId } = anInvocation(run.runId);
    await store.createInvocation(anInvocation(run.runId));
    const agentInvocationId = 'ef7fdfd8-9b57-4151-a15c-000000000001';
    await store.recordSent({
      runId: run.runId,
      invocationId,
      agent: 'aws',
      agentInvocationId,
      sentAt: sampleTime,
      deliverBy: sampleTime,
      deadlineAt: sampleTime,
    });
    await store.parkToken(run.runId, invocationId, 'token-of-the-batch');
    const event = (id: string) => ({ source: 'aws.ssm', detail: { 'command-id': id, status: 'Success' } });

    const { replies } = await call('OnAgentEvent', event('of-somebody-else'), event(agentInvocationId));

    expect(replies.map(resultOf)).toEqual([{ woken: false }, { woken: true }]);
    const completed = services.requests.filter(({ target }) => target === 'AWSStepFunctions.SendTaskSuccess');
    expect(completed.map(({ body }) => JSON.parse(String(body)))).toEqual([
      { taskToken: 'token-of-the-batch', output: '{}' },
    ]);
  });

  it('the one that is called by the clock records what became of a due time, once', async () => {
    const now = Date.now();
    const due = new Date(Math.floor(now / 60_000) * 60_000).toISOString();
    const calendars = [{ name: 'freeze', blackouts: [{ from: sampleTime, to: '2199-01-01T00:00:00Z' }] }];
    const times = { anchorAt: sampleTime, activeSince: new Date(now - 3_600_000).toISOString() };
    const schedule = aSchedule({ expression: '* * * * *', calendars, ...times });
    await store.putSchedule(schedule);
    const { replies } = await call(
      'SchedulesTimedFire',
      { schedule: schedule.name, at: due },
      { schedule: schedule.name, at: due },
      { schedule: 'removed-since', at: due },
      { detail: 'of somebody else' },
    );
    const statuses = ['blackedOut', 'blackedOut', 'notDue'].map((status) => ({ status }));
    expect(replies.slice(0, 3).map(resultOf)).toEqual(statuses);
    expect(replies[3]).toMatchObject({ error: { name: 'task.invalid-input' } });
    const [fired, ...missed] = (await store.listFirings(schedule.name, { limit: 100 })).items;
    expect(fired).toMatchObject({ dueAt: due, status: 'blackedOut', reason: expect.stringContaining("'freeze'") });
    expect(new Set(missed.map(({ status }) => status))).toEqual(new Set(['missed']));
  });

  it('the examiner answers callers whose signature API Gateway has checked, also where nothing of what it looks at is there', async () => {
    const request = (authorizer: unknown) => ({
      version: '2.0',
      routeKey: 'GET /v1/examination',
      rawPath: '/v1/examination',
      rawQueryString: '',
      headers: { host: 'api.example' },
      requestContext: { domainName: 'api.example', http: { method: 'GET', path: '/' }, authorizer },
      isBase64Encoded: false,
    });
    const called = bundle('ExaminerExamine');
    const { replies } = await invokeBundle(
      {
        file: called.file,
        events: [request(undefined), request({ iam: { userArn: 'arn:aws:iam::111122223333:user/alice' } })],
      },
      { ...environmentOf(called), AWS_ENDPOINT_URL: services.endpoint },
    );
    expect(replies.map(resultOf)).toMatchObject([{ statusCode: 401 }, { statusCode: 200 }]);
    const { checks } = examinationViewSchema.parse(JSON.parse(bodySchema.parse(resultOf(replies[1])).body));
    const found = new Map(checks.map(({ check, status }) => [check, status]));
    expect([...found.keys()].sort()).toEqual(
      [
        ...['blobs', 'clock of the functions', 'dead letters', 'rule of sweeps', 'rule on SSM events'],
        ...['rule on executions', 'scheduler', 'ssm us-east-1', 'state machine', 'table'],
      ].sort(),
    );
    // The table alone is real here.
    expect([found.get('table'), found.get('clock of the functions')]).toEqual(['ok', 'ok']);
    expect(checks.filter(({ status }) => status !== 'ok').every(({ advice }) => advice !== undefined)).toBe(true);
    expect(found.get('state machine')).toBe('problem');
  });

  it('the API answers callers whose signature API Gateway has checked, and nobody else', async () => {
    const run = aRun({ jobBlob });
    await store.create(run);
    const request = (authorizer: unknown) => ({
      version: '2.0',
      routeKey: 'ANY /{proxy+}',
      rawPath: `/v1/runs/${run.runId}`,
      rawQueryString: '',
      headers: { host: 'api.example', authorization: 'Bearer guessed' },
      requestContext: { domainName: 'api.example', http: { method: 'GET', path: '/' }, authorizer },
      isBase64Encoded: false,
    });
    const { replies } = await call(
      'Api',
      request(undefined),
      request({ iam: { userArn: 'arn:aws:iam::111122223333:user/alice' } }),
    );

    expect(replies.map(resultOf)).toMatchObject([{ statusCode: 401 }, { statusCode: 200 }]);
    expect(JSON.stringify(replies[1])).toContain(run.runId);
  });
});
