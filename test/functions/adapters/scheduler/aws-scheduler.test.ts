import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterEach, describe, expect, it } from 'vitest';
import { createAwsScheduler } from '#functions/adapters/scheduler/aws-scheduler.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import { aSchedule } from '#test/contract/store-contract-schedules.ts';
import { clientOf, startWireServer, type WireAnswer, type WireRequest, type WireServer } from '../aws/wire-server.ts';

const nowMs = Date.parse('2027-01-01T00:00:30Z');
const arns = {
  groupName: 'drover-dev',
  targetArn: 'arn:aws:lambda:eu-west-1:111122223333:function:fire',
  roleArn: 'arn:aws:iam::111122223333:role/scheduler',
  deadLetterArn: 'arn:aws:sqs:eu-west-1:111122223333:dead',
};
const arn = { ScheduleArn: 'arn:aws:scheduler:eu-west-1:111122223333:schedule/drover-dev/x' };

let server: WireServer;
let client: SchedulerClient;

/** The REST API as far as it is used: schedules by name, one group. */
const schedulesApi =
  (known: Map<string, Record<string, unknown>>) =>
  (request: WireRequest): WireAnswer => {
    const said = (status: number, body: unknown, error?: string): WireAnswer => ({
      ...{ status, body: JSON.stringify(body) },
      headers: { 'content-type': 'application/json', ...(error === undefined ? {} : { 'x-amzn-errortype': error }) },
    });
    const name = /^\/schedules\/([^?]+)/.exec(request.path)?.[1] ?? '';
    const body = request.body.length === 0 ? {} : JSON.parse(String(request.body));
    if (request.method === 'POST' && known.has(name)) return said(409, { Message: 'exists' }, 'ConflictException');
    if (request.method !== 'POST' && !known.has(name))
      return said(404, { Message: `Schedule ${name} does not exist.` }, 'ResourceNotFoundException');
    if (request.method === 'DELETE') known.delete(name);
    else known.set(name, body);
    return said(200, request.method === 'DELETE' ? {} : arn);
  };

const open = async (answer: (request: WireRequest, before: number) => WireAnswer): Promise<Scheduler> => {
  server = await startWireServer(answer);
  client = new SchedulerClient({ ...clientOf(server), maxAttempts: 2 });
  return createAwsScheduler({ ...arns, client, clock: { now: () => nowMs } });
};

afterEach(async () => {
  client.destroy();
  await server.stop();
});

const schedule = (change: Partial<ScheduleRecord> = {}) =>
  aSchedule({ name: 'nightly', anchorAt: new Date(nowMs).toISOString(), ...change });

describe('EventBridge Scheduler', () => {
  it('is told everything of a schedule, and calls with the time it is due', async () => {
    const known = new Map<string, Record<string, unknown>>();
    const scheduler = await open(schedulesApi(known));
    await scheduler.put(
      schedule({
        ...{ expression: '0 2 * * 1-5', zone: 'Asia/Shanghai', jitter: '90s', catchUp: { deadline: '2h' } },
        ...{ start: '2027-02-01T00:00:00Z', end: '2028-01-01T00:00:00+08:00', description: 'Nächtlich' },
      }),
    );
    expect([...known.keys()]).toEqual(['nightly']);
    expect(known.get('nightly')).toMatchObject({
      GroupName: 'drover-dev',
      ScheduleExpression: 'cron(0 2 ? * MON-FRI *)',
      ScheduleExpressionTimezone: 'Asia/Shanghai',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 2 },
      StartDate: Date.parse('2027-02-01T00:00:00Z') / 1000,
      EndDate: Date.parse('2027-12-31T16:00:00Z') / 1000,
      Description: 'Nächtlich',
      Target: {
        Arn: arns.targetArn,
        RoleArn: arns.roleArn,
        DeadLetterConfig: { Arn: arns.deadLetterArn },
        RetryPolicy: { MaximumEventAgeInSeconds: 7290, MaximumRetryAttempts: 185 },
      },
    });
    const { Input } = known.get('nightly')!['Target'] as { Input: string };
    expect(JSON.parse(Input)).toEqual({ schedule: 'nightly', at: '<aws.scheduler.scheduled-time>' });
  });

  it('has one schedule for each expression, and none too many after a change', async () => {
    const known = new Map<string, Record<string, unknown>>();
    const scheduler = await open(schedulesApi(known));
    await scheduler.put(schedule({ expression: '0 0 13 * 5' }));
    await scheduler.put(schedule({ expression: '0 0 13 * 5' }));
    expect([...known].map(([name, one]) => [name, one['ScheduleExpression']])).toEqual([
      ['nightly', 'cron(0 0 13 * ? *)'],
      ['nightly.x1', 'cron(0 0 ? * FRI *)'],
    ]);
    await scheduler.put(schedule({ expression: '0 0 * * *', enabled: false }));
    expect([...known].map(([name, one]) => [name, one['State']])).toEqual([['nightly', 'DISABLED']]);
    await scheduler.remove('nightly');
    await scheduler.remove('nightly');
    expect(known.size).toBe(0);
  });

  it('counts a rate from its next due time, and leaves out a start that is past', async () => {
    const known = new Map<string, Record<string, unknown>>();
    const scheduler = await open(schedulesApi(known));
    await scheduler.put(schedule({ expression: 'rate(2 hours)', dialect: 'aws' }));
    expect(known.get('nightly')).toMatchObject({
      ...{ ScheduleExpression: 'rate(120 minutes)', StartDate: Date.parse('2027-01-01T02:01:00Z') / 1000 },
    });
    await scheduler.put(schedule({ start: '2026-01-01T00:00:00Z' }));
    expect(known.get('nightly')).not.toHaveProperty('StartDate');
  });

  it('refuses what it cannot do before it is asked', async () => {
    const scheduler = await open(schedulesApi(new Map()));
    const everyTenSeconds = schedule({ expression: '*/10 * * * * * UTC', dialect: 'aliyun' });
    expect(() => scheduler.check(everyTenSeconds)).toThrow(/whole minutes/);
    await expect(scheduler.put(everyTenSeconds)).rejects.toMatchObject({ code: 'schedule.unsupported' });
    expect(server.requests).toEqual([]);
  });

  it('says so when it is throttled, or has no such group', async () => {
    const failing = (error: string, status: number) => () => ({
      ...{ status, body: JSON.stringify({ Message: 'said so' }), headers: { 'x-amzn-errortype': error } },
    });
    const throttled = await open(failing('ThrottlingException', 429));
    await expect(throttled.put(schedule())).rejects.toMatchObject({ code: 'scheduler.unavailable' });
    client.destroy();
    await server.stop();
    const denied = await open(failing('AccessDeniedException', 403));
    await expect(denied.remove('nightly')).rejects.toMatchObject({ code: 'config.invalid' });
  });
});
