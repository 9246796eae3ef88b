import { describe, expect, it } from 'vitest';
import { delayOf } from '#shared/schedule/schedule-times.ts';
import { hosts, useRigs } from '#test/kit/rig.ts';
import { scheduled } from './kit.ts';

const newRig = useRigs();

describe('a sweep', () => {
  it('starts what is due, once', async () => {
    const rig = newRig(hosts(1));
    const { sweep, history } = await scheduled(rig, { overlap: 'allow' });
    await sweep();
    expect(await history()).toEqual([]);
    rig.clock.advance(61);
    await sweep();
    await Promise.all([sweep(), sweep()]);
    expect((await history()).map(([, status]) => status)).toEqual(['started']);
  });

  it('after three minutes catches up one, and records the older ones as missed', async () => {
    const rig = newRig(hosts(1));
    const { sweep, firings } = await scheduled(rig, { catchUp: { deadline: '2m' }, overlap: 'allow' });
    // To the second minute after the put, 90 seconds past its last due time but two.
    rig.clock.advance(3 * 60 + 5);
    await sweep();
    const found = await firings();
    expect(found.map(({ status }) => status)).toEqual(['started', 'missed', 'missed']);
    expect(found[2]?.reason).toContain('at most 2m late');
    expect(found[1]?.reason).toContain('a later due time is started instead');
  });

  it('catches up a day later only if the schedule says so', async () => {
    for (const [more, statuses] of [
      [{ catchUp: { deadline: '24h' } }, ['started']],
      [{ catchUp: { deadline: '5m' } }, ['missed']],
      [{}, ['missed']],
    ] as const) {
      const rig = newRig(hosts(1));
      const { sweep, firings, view } = await scheduled(rig, { expression: '0 2 * * *', ...more });
      rig.clock.advance((Date.parse(view.next[0]!.at) - rig.clock.now()) / 1000 + 1800);
      await sweep();
      const found = await firings();
      expect(found.map(({ status }) => status)).toEqual(statuses);
      expect(found[0]?.reason).toMatch(statuses[0] === 'started' ? /Caught up, 30m00s late/ : /30m00s late/);
    }
  });

  it('counts what it does not record one by one', async () => {
    const rig = newRig(hosts(1));
    const { sweep, name } = await scheduled(rig);
    rig.clock.advance(86_400);
    await sweep();
    const { items } = await rig.services.listFirings(name, { limit: 1000 });
    expect(items.reduce((sum, { more = 0 }) => sum + 1 + more, 0)).toBe(1440);
    expect(items).toHaveLength(200);
    await sweep();
    expect((await rig.services.listFirings(name, { limit: 1000 })).items).toEqual(items);
  });

  it('waits for the jitter of each due time', async () => {
    const rig = newRig(hosts(1));
    const { sweep, firings, name } = await scheduled(rig, {
      ...{ expression: '*/20 * * * *', jitter: '10m', overlap: 'allow' },
    });
    for (let minute = 0; minute < 90; minute += 1) {
      rig.clock.advance(60);
      await sweep();
    }
    const delays = (await firings()).map(({ at, dueAt }) => Date.parse(at) - Date.parse(dueAt));
    expect(delays.length).toBeGreaterThanOrEqual(4);
    const wanted = (await firings()).map(({ dueAt }) => delayOf({ name, jitter: '10m' }, Date.parse(dueAt)));
    expect(delays.every((delay, index) => delay >= wanted[index]! && delay < wanted[index]! + 60_000)).toBe(true);
    expect(new Set(delays).size).toBeGreaterThan(1);
  });
});
