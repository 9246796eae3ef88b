import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalCloud, startLocalCloud } from '#local/local-cloud.ts';
import { type PutScheduleRequestInput, putScheduleRequestSchema } from '#shared/contract/schedule-views.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { silentLog } from '#test/kit/system.ts';

let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'drover-schedules-'));
});
afterAll(() => rm(stateDir, { recursive: true, force: true }));

/** Opens the same local cloud, its clock ahead of the wall clock by what a test says at any time. */
const open = (ahead = { ms: 0 }): Promise<LocalCloud> =>
  startLocalCloud({
    ...{ stateDir, fleet: parseFleet(hostsFleet(1), 'fleet of the test'), log: silentLog, fires: true },
    clock: { now: () => Date.now() + ahead.ms },
  });

const put = async (cloud: LocalCloud, name: string, run: string, more: Partial<PutScheduleRequestInput>) => {
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      targets: { where: 'node.name == "h-1"' },
      groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'o', run }] }] }],
    },
  };
  await cloud.services.applyJob(name, { job }, { actor: 'test' });
  const request = putScheduleRequestSchema.parse({
    job: name,
    expression: '* * * * * ? UTC',
    dialect: 'aliyun',
    ...more,
  });
  await cloud.services.putSchedule(name, request, { actor: 'test' });
};

/** Firings, oldest first. */
const firingsOf = async ({ services }: LocalCloud, name: string) =>
  (await services.listFirings(name, { limit: 100 })).items.toReversed();

describe('schedules on the local cloud', () => {
  it('start runs that never overlap, and record what was skipped with the run that went on', async () => {
    const cloud = await open();
    try {
      await put(cloud, 'busy', 'sleep 1.5', {});
      const startedTwice = async () =>
        (await firingsOf(cloud, 'busy')).filter(({ status }) => status === 'started').length;
      await expect.poll(startedTwice, { timeout: 40_000, interval: 250 }).toBeGreaterThanOrEqual(2);
      const recorded = await firingsOf(cloud, 'busy');
      await cloud.services.removeSchedule('busy', 'test');
      await cloud.engine.idle();
      // Those up to the second start; what was due when the schedule was removed is missed.
      const firings = recorded.slice(0, recorded.findLastIndex(({ status }) => status === 'started') + 1);
      const runs = firings.flatMap(({ runId }) => runId ?? []);
      for (const [index, { status, reason }] of firings.entries()) {
        if (status === 'started') continue;
        const before = firings.slice(0, index).findLast((one) => one.runId !== undefined);
        expect([status, reason]).toEqual(['skipped', expect.stringContaining(`run ${before?.runId}`)]);
      }
      expect(firings.some(({ status }) => status === 'skipped')).toBe(true);
      const views = await Promise.all(runs.map((runId) => cloud.services.viewRun(runId)));
      expect(views.map(({ status }) => status)).toEqual(runs.map(() => 'succeeded'));
      for (const [index, { startedAt }] of views.entries())
        if (index > 0) expect(startedAt! >= views[index - 1]!.endedAt!).toBe(true);
    } finally {
      await cloud.close();
    }
  }, 60_000);

  it('after a stop catch up the last one within the deadline, and record the older ones as missed', async () => {
    const ahead = { ms: 0 };
    const before = await open(ahead);
    // Three seconds before a whole minute.
    ahead.ms = 57_000 - (Date.now() % 60_000);
    const first = new Date(Date.now() + ahead.ms + 3000).getUTCMinutes();
    const minutes = [0, 1, 2].map((more) => (first + more) % 60).join(',');
    await put(before, 'kept', 'true', {
      ...{ expression: `${minutes} * * * *`, dialect: 'unix', catchUp: { deadline: '2m' } },
    });
    const statuses = async (cloud: LocalCloud) => (await firingsOf(cloud, 'kept')).map(({ status }) => status);
    await expect.poll(() => statuses(before), { timeout: 20_000, interval: 200 }).toEqual(['started']);
    await before.engine.idle();
    await before.close();
    // 100 seconds after the last of the three.
    const after = await open({ ms: ahead.ms + 218_000 });
    try {
      await expect
        .poll(() => statuses(after), { timeout: 20_000, interval: 200 })
        .toEqual(['started', 'missed', 'started']);
      const [, missed, caughtUp] = await firingsOf(after, 'kept');
      expect(missed?.reason).toMatch(/only what is at most 2m late is caught up/);
      expect(caughtUp?.reason).toMatch(/^Caught up, 1m\d\ds late$/);
      await after.engine.idle();
      expect((await after.services.viewRun(caughtUp!.runId!)).status).toBe('succeeded');
    } finally {
      await after.close();
    }
  }, 60_000);
});
