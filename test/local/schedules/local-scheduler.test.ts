import { describe, expect, it } from 'vitest';
import { createLocalScheduler } from '#local/schedules/local-scheduler.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import { aSchedule } from '#test/contract/store-contract-schedules.ts';
import { silentLog } from '#test/kit/system.ts';

const everySecond = (name: string, change: Partial<ScheduleRecord> = {}): ScheduleRecord =>
  aSchedule({ name, expression: '* * * * * ? UTC', dialect: 'aliyun', ...change });

/** A scheduler that notes whom it calls. */
const open = (schedules: readonly ScheduleRecord[]) => {
  const scheduler = createLocalScheduler({ clock: { now: () => Date.now() }, log: silentLog });
  const called: string[] = [];
  let waiting: { readonly count: number; readonly done: () => void } | undefined;
  const begin = () =>
    scheduler.begin({
      list: async () => schedules,
      sweep: async (name) => {
        called.push(name);
        if (waiting !== undefined && called.length >= waiting.count) waiting.done();
      },
    });
  const calls = (count: number) =>
    new Promise<void>((resolve) => {
      waiting = { count, done: resolve };
      if (called.length >= count) resolve();
    });
  return { scheduler, begin, called, calls };
};

describe('the local scheduler', () => {
  it('calls every schedule at once when it begins, and then whenever it is due', async () => {
    const { scheduler, begin, called, calls } = open([everySecond('a'), everySecond('b', { enabled: false })]);
    await begin();
    await calls(3);
    await scheduler.close();
    expect(new Set(called)).toEqual(new Set(['a']));
  });

  it('takes up a schedule that is put, and lets go of one that is paused or removed', async () => {
    const { scheduler, begin, called, calls } = open([]);
    await scheduler.put(everySecond('early'));
    await begin();
    await scheduler.put(everySecond('c'));
    await scheduler.put(everySecond('d'));
    await scheduler.put(everySecond('d', { enabled: false }));
    await scheduler.put(everySecond('e'));
    await scheduler.remove('e');
    await calls(2);
    await scheduler.close();
    expect(new Set(called)).toEqual(new Set(['c']));
    const before = called.length;
    // Two seconds of another scheduler, which shares the clock and the timers of this process.
    const witness = open([everySecond('witness')]);
    await witness.begin();
    await witness.calls(3);
    await witness.scheduler.close();
    expect(called).toHaveLength(before);
  });
});
