import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { dueAtMs, rateTimes } from '#shared/rate/rate.ts';
import { call, rateRig } from './rate-kit.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const failed = (settled: readonly PromiseSettledResult<unknown>[]) =>
  settled.filter((one) => one.status === 'rejected').map(({ reason }) => reason);

describe('calls that nobody refuses', () => {
  test('write nothing, and look every five seconds whether somebody else came upon a limit', async () => {
    const { rates, openProcess, timeline, cloud } = rateRig(1_000, 100);
    const { make } = openProcess();
    const calls = async (): Promise<void> => {
      for (const _ of many(200)) {
        await Promise.all([make(), make()]);
        await timeline.sleep(100);
      }
    };
    const startedMs = timeline.now();
    await timeline.run(calls());
    expect(cloud.taken).toHaveLength(400);
    const seconds = (timeline.now() - startedMs) / 1000;
    expect(rates.counts).toEqual({ list: Math.ceil(seconds / 5), get: 0, put: 0, conflicts: 0 });
  });
});

describe('calls that a cloud refuses', () => {
  /** So many processes that make so many calls one after another, at the same time. */
  const race = async (processes: number, each: number, isShared: boolean) => {
    const rig = rateRig(10, 5);
    const work = many(processes).map(async () => {
      const { make } = rig.openProcess(isShared);
      for (const _ of many(each)) await make();
    });
    const settled = await rig.timeline.run(Promise.allSettled(work));
    return { ...rig, failures: failed(settled) };
  };

  test('come to a few refusals, and all get through, where they share the limit', async () => {
    const alone = await race(20, 6, false);
    const shared = await race(20, 6, true);
    expect(alone.cloud.refused.length).toBeGreaterThan(150);
    expect(shared.failures).toEqual([]);
    expect(shared.cloud.taken).toHaveLength(120);
    // Each process finds out once, and the rate is looked for now and then.
    expect(shared.cloud.refused.length).toBeLessThan(20 + 10);
  });

  test('open one limit, say so once, and say when it is over', async () => {
    const { openProcess, cloud, timeline, rates, events } = rateRig(10, 5);
    const [one, other] = [openProcess(), openProcess()];
    await timeline.run(Promise.all(many(20).flatMap(() => [one.make(), other.make()])));
    expect(cloud.refused.length).toBeGreaterThan(0);
    expect(events('rate.opened')).toEqual([
      { event: 'rate.opened', fields: { call: 'SSM SendCommand in eu-west-1', perSecond: expect.any(Number) } },
    ]);
    await timeline.run(timeline.sleep(rateTimes.closeMs));
    const before = { ...rates.counts };
    await timeline.run(Promise.all([one.make(), other.make()]));
    expect(events('rate.closed')).toHaveLength(2);
    expect(rates.counts).toEqual({ ...before, list: before.list + 2 });
  });

  test('begin the next limit with what the last one had found', async () => {
    const { openProcess, timeline, rates, events } = rateRig(10, 5);
    const { make } = openProcess();
    const burst = () => timeline.run(Promise.all(many(60).map(make)));
    await burst();
    const found = rates.record()?.perSecond ?? 0;
    await timeline.run(timeline.sleep(rateTimes.closeMs + 60_000));
    await burst();
    expect(events('rate.opened').at(-1)?.fields['perSecond']).toBeCloseTo(found * rateTimes.lowered);
  });

  test('cost few writes where one process makes them one after another', async () => {
    const { openProcess, timeline, rates, cloud } = rateRig(20, 5);
    const { make } = openProcess();
    await timeline.run(Promise.all(many(30).map(make)));
    const before = { ...rates.counts };
    const calls = async (): Promise<void> => {
      for (const _ of many(100)) await make();
    };
    const refusedBefore = cloud.refused.length;
    await timeline.run(calls());
    expect(cloud.refused.length - refusedBefore).toBeLessThan(8);
    expect(rates.counts.put - before.put).toBeLessThan(40);
  });

  test('go up again when the cloud takes more', async () => {
    const { openProcess, timeline, rates, cloud } = rateRig(3);
    const { make } = openProcess();
    await timeline.run(Promise.all(many(30).map(make)));
    cloud.setLimit(40);
    const calls = async (): Promise<void> => {
      for (const _ of many(60)) await Promise.all(many(10).map(make));
    };
    await timeline.run(calls());
    expect(rates.record()?.perSecond).toBeGreaterThan(8);
  });
});

describe('a call whose turn comes too late', () => {
  test('fails at once as throttled, and says when to come back; the limit stays as it is', async () => {
    const { openProcess, timeline, rates, cloud } = rateRig(1);
    const { make } = openProcess();
    const settled = await timeline.run(Promise.allSettled(many(200).map(make)));
    const failures = failed(settled);
    expect(failures.length).toBeGreaterThan(100);
    for (const failure of failures) expect(failure).toMatchObject({ code: 'agent.throttled' });
    const waiting = failures.filter((one: AppError) => one.message.includes('would wait'));
    expect(waiting.length).toBeGreaterThan(100);
    for (const one of waiting) expect(one.retryAfterMs).toBeGreaterThan(0);
    expect(cloud.taken.length).toBe(200 - failures.length);
    expect(dueAtMs(rates.record()!, rates.record()!.issued) - timeline.now()).toBeLessThan(25_000);
  });

  test('is no try: one that waits for seconds is made once', async () => {
    const { openProcess, timeline, cloud } = rateRig(2, 1);
    const [one, other] = [openProcess(), openProcess()];
    await timeline.run(Promise.all(many(6).map(one.make)));
    const before = cloud.refused.length + cloud.taken.length;
    await timeline.run(Promise.all(many(6).map(other.make)));
    expect(cloud.refused.length + cloud.taken.length - before).toBeLessThan(6 + 4);
  });
});

describe('what goes wrong with the limit itself', () => {
  const down = (): never => {
    throw new AppError('store.unavailable', 'The table did not answer');
  };

  test('calls go on without the table, and back off by themselves', async () => {
    const { openProcess, timeline, rates, cloud, events } = rateRig(10, 5);
    rates.fail(down);
    const { make } = openProcess();
    await timeline.run(Promise.all(many(10).map(make)));
    expect(cloud.taken).toHaveLength(10);
    expect(events('rate.unknown').length).toBeGreaterThan(0);
    expect(rates.counts.list).toBeLessThan(10);
  });

  test('who waits is let go when the table stops answering, also when the write took effect', async () => {
    const { openProcess, timeline, rates, cloud } = rateRig(5, 5);
    const { make } = openProcess();
    await timeline.run(Promise.all(many(12).map(make)));
    rates.fail(down);
    await timeline.run(Promise.all(many(12).map(make)));
    expect(cloud.taken).toHaveLength(24);
    rates.fail(undefined);
    await timeline.run(Promise.all(many(12).map(make)));
    expect(cloud.taken).toHaveLength(36);
  });

  test('tickets are void once another process lowered the limit', async () => {
    const { openProcess, timeline, cloud, rates } = rateRig(20, 5);
    const [one, other] = [openProcess(), openProcess()];
    await timeline.run(Promise.all(many(40).map(one.make)));
    // The cloud now takes a tenth. Both have calls in line; one of them hears of it first.
    cloud.setLimit(2);
    const before = cloud.refused.length;
    const settled = await timeline.run(Promise.allSettled(many(20).flatMap(() => [one.make(), other.make()])));
    expect(failed(settled).every((error: AppError) => error.code === 'agent.throttled')).toBe(true);
    expect(rates.record()?.perSecond).toBeLessThan(5);
    expect(cloud.refused.length - before).toBeLessThan(30);
  });

  test('a clock that falls back an hour holds nobody up', async () => {
    const { openProcess, timeline, cloud } = rateRig(5, 5);
    const { make } = openProcess();
    await timeline.run(Promise.all(many(20).map(make)));
    timeline.shift(-3_600_000);
    const atMs = timeline.now();
    await timeline.run(Promise.all(many(10).map(make)));
    expect(cloud.taken).toHaveLength(30);
    expect(timeline.now() - atMs).toBeLessThan(20_000);
  });

  test('a limit that somebody else opened holds for a process that was never refused', async () => {
    const { openProcess, timeline, cloud } = rateRig(5, 5);
    const [one, other] = [openProcess(), openProcess()];
    await timeline.run(Promise.all(many(30).map(one.make)));
    const pass = await timeline.run(other.gate.enter(call, 20_000));
    expect(pass.epoch).toBeGreaterThanOrEqual(0);
    expect(cloud.taken).toHaveLength(30);
  });
});
