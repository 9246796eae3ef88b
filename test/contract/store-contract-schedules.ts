import { describe, expect, it } from 'vitest';
import type { FiringRecord, ScheduleRecord } from '#shared/model/schedule.ts';
import { newRunId, sampleTime } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

let names = 0;
const newName = (): string => {
  names += 1;
  return `nightly-${names}`;
};

/** A schedule as it is kept. */
export const aSchedule = (change: Partial<ScheduleRecord> = {}): ScheduleRecord => ({
  ...{ name: newName(), job: 'roll', params: { city: 'Zürich', deep: { list: [1, null] } }, expression: '0 2 * * *' },
  ...{ dialect: 'unix', calendars: [], overlap: 'skip', enabled: true, tags: { team: 'ops' }, version: 1 },
  ...{ anchorAt: sampleTime, activeSince: sampleTime, createdAt: sampleTime, createdBy: 'ann' },
  ...{ updatedAt: sampleTime, updatedBy: 'ann', ...change },
});

const dueAt = (minute: number): string => new Date(Date.parse(sampleTime) + minute * 60_000).toISOString();
const aFiring = (schedule: string, minute: number, change: Partial<FiringRecord> = {}): FiringRecord => ({
  ...{ schedule, dueAt: dueAt(minute), kind: 'timed', status: 'starting', at: sampleTime, ...change },
});

/** Schedules, and one record for each of their due times. */
export const scheduleContract = (name: string, open: OpenStore): void => {
  describe(`${name}: schedules`, () => {
    const subject = openForSuite(open);

    it('keeps schedules under their next version, and takes them away once', async () => {
      const { store } = subject();
      const [one, other] = [aSchedule(), aSchedule()];
      expect(await store.putSchedule(one)).toBe(true);
      expect(await store.putSchedule(one)).toBe(false);
      expect(await store.putSchedule(other)).toBe(true);
      const changed = { ...one, version: 2, enabled: false };
      expect(await store.putSchedule(changed)).toBe(true);
      expect(await store.putSchedule(changed)).toBe(false);
      expect(await store.getSchedule(one.name)).toEqual(changed);
      expect(await store.listSchedules()).toEqual(expect.arrayContaining([changed, other]));
      expect(await store.removeSchedule(one)).toBe(false);
      expect(await store.removeSchedule(changed)).toBe(true);
      expect(await store.removeSchedule(changed)).toBe(false);
      expect(await store.getSchedule(one.name)).toBeUndefined();
      expect((await store.listSchedules()).map((each) => each.name)).not.toContain(one.name);
      expect(await store.putSchedule(one)).toBe(true);
    });

    it('gives a due time to one of many that want it, and lets it be settled once', async () => {
      const { store } = subject();
      const firing = aFiring(newName(), 0);
      const won = await Promise.all(Array.from({ length: 8 }, () => store.createFiring(firing)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store.getFiring(firing)).toEqual(firing);
      const started = { ...firing, status: 'started', runId: newRunId() } as const;
      expect(await store.settleFiring(started)).toBe(true);
      expect(await store.settleFiring({ ...firing, status: 'failed', reason: 'late' })).toBe(false);
      expect(await store.getFiring(firing)).toEqual(started);
      expect(await store.settleFiring(aFiring(firing.schedule, 1, { status: 'started' }))).toBe(false);
    });

    it('lists firings newest first, by pages, and those of a span', async () => {
      const { store } = subject();
      const schedule = newName();
      const firings = [0, 1, 2, 3, 4].map((minute) => aFiring(schedule, minute, { status: 'missed', reason: 'ü' }));
      for (const firing of firings) await store.createFiring(firing);
      await store.putHandled({ schedule, until: dueAt(4) });
      await store.createFiring(aFiring(`${schedule}x`, 9));
      const first = await store.listFirings(schedule, { limit: 3 });
      expect(first.items).toEqual(firings.slice(2).reverse());
      const second = await store.listFirings(schedule, { limit: 3, cursor: first.cursor ?? '' });
      expect(second).toEqual({ items: firings.slice(0, 2).reverse() });
      expect((await store.listFiredBetween(schedule, dueAt(1), dueAt(3))).map((one) => one.dueAt)).toEqual([
        ...[dueAt(2), dueAt(3)],
      ]);
      expect(await store.listFiredBetween(schedule, dueAt(4), dueAt(9))).toEqual([]);
    });

    it('moves on how far a schedule is handled, never back', async () => {
      const { store } = subject();
      const schedule = newName();
      expect(await store.getHandled(schedule)).toBeUndefined();
      await store.putHandled({ schedule, until: dueAt(2) });
      await store.putHandled({ schedule, until: dueAt(1) });
      expect(await store.getHandled(schedule)).toEqual({ schedule, until: dueAt(2) });
      await store.putHandled({ schedule, until: dueAt(3) });
      expect(await store.getHandled(schedule)).toEqual({ schedule, until: dueAt(3) });
    });
  });
};
