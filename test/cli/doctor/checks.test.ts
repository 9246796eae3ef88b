import { describe, expect, test } from 'vitest';
import { clockCheck, nodeChecks, runsCheck, schedulesCheck, versionCheck } from '#cli/doctor/checks.ts';
import { runSummarySchema } from '#shared/contract/run-views.ts';
import { scheduleSummarySchema } from '#shared/contract/schedule-views.ts';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { host } from '#test/kit/rig.ts';

const nowMs = Date.parse('2026-01-02T00:00:00Z');

test('clocks may be half a minute apart, and must not be five minutes', () => {
  expect(clockCheck(undefined, nowMs).status).toBe('ok');
  expect([0, 29, 31, 239, 240, -300].map((s) => clockCheck(nowMs - s * 1000, nowMs).status)).toEqual([
    ...['ok', 'ok', 'warning', 'warning', 'problem', 'problem'],
  ]);
  expect(clockCheck(nowMs - 600_000, nowMs)).toMatchObject({
    says: expect.stringContaining('10m'),
    advice: expect.stringContaining('NTP'),
  });
});

test('different versions are worth a warning', () => {
  expect(versionCheck('1.2.3', '1.2.3').status).toBe('ok');
  expect(versionCheck('1.2.3', '1.3.0')).toMatchObject({
    status: 'warning',
    says: expect.stringMatching(/1.2.3.*1.3.0/),
  });
});

describe('nodes', () => {
  const some = (region: string, online: number, silent: number) => [
    ...Array.from({ length: online }, (_, index) => host(`i-${region}-${index}`, { region })),
    ...Array.from({ length: silent }, (_, index) =>
      host(`i-${region}-s${index}`, { region, online: false, name: `s${index}` }),
    ),
  ];

  test('none at all is a problem', () => {
    expect(nodeChecks([])).toMatchObject([{ status: 'problem', advice: expect.stringContaining('awsRegions') }]);
  });

  test('are told by cloud and region, with the silent ones by name', () => {
    const checks = nodeChecks([...some('eu-west-1', 9, 1), ...some('us-east-1', 8, 7), ...some('ap-south-1', 0, 2)]);
    expect(checks.map(({ check, status }) => `${check} ${status}`)).toEqual([
      ...['aws ap-south-1 problem', 'aws eu-west-1 ok', 'aws us-east-1 warning'],
    ]);
    expect(checks[2]).toMatchObject({
      says: '8 of 15 agents answer; silent are s0, s1, s2, s3, s4 and others',
      advice: expect.stringContaining('AmazonSSMManagedInstanceCore'),
    });
  });
});

test('a run that is open for more than a day is named', () => {
  const run = (more: object) => runSummarySchema.parse({ ...makeRunView(), ...more });
  const open = { status: 'paused', createdAt: '2026-01-01T12:00:00.000Z' };
  expect(runsCheck([run({ status: 'succeeded', createdAt: '2020-01-01T00:00:00.000Z' }), run(open)], nowMs)).toEqual({
    ...{ check: 'runs', status: 'ok', says: '1 of the latest 2 are open' },
  });
  expect(runsCheck([run({ ...open, createdAt: '2025-12-31T23:59:59.000Z' })], nowMs)).toMatchObject({
    status: 'warning',
    says: expect.stringContaining(`${runId} (paused)`),
  });
});

test('schedules that nobody called are a problem, those that were refused a warning', () => {
  const schedule = (name: string, status?: string, enabled = true) =>
    scheduleSummarySchema.parse({
      ...{ name, job: 'j', expression: '0 2 * * *', dialect: 'unix', zone: 'UTC', overlap: 'skip', enabled, tags: {} },
      ...(status === undefined
        ? {}
        : {
            last: { schedule: name, dueAt: '2026-01-01T02:00:00Z', kind: 'timed', status, at: '2026-01-01T02:00:01Z' },
          }),
    });
  expect(schedulesCheck([schedule('a', 'started'), schedule('b'), schedule('c', 'missed', false)])).toMatchObject({
    ...{ status: 'ok', says: '2 of 3 are enabled' },
  });
  expect(schedulesCheck([schedule('a', 'failed'), schedule('b', 'missed')])).toMatchObject({
    ...{ status: 'problem', says: expect.stringContaining('due time of b') },
  });
  expect(schedulesCheck([schedule('a', 'failed')])).toMatchObject({ status: 'warning' });
});
