import { describe, expect, it } from 'vitest';
import { meteredTask } from '#functions/runtime/metered-tasks.ts';
import { createUsageMeter } from '#functions/runtime/usage-meter.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Usage } from '#shared/model/usage.ts';
import type { Log } from '#shared/ports/services.ts';
import { newRunId } from '#test/kit/store-samples.ts';

const counting = (fails = false) => {
  const written: { readonly part: string; readonly used: Usage }[] = [];
  const lines: string[] = [];
  const note = (event: string) => void lines.push(event);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  let now = 0;
  const meter = createUsageMeter();
  const usage = () => ({
    addRunUsage: async (_: string, part: string, used: Usage) => {
      if (fails) throw new AppError('store.unavailable', 'not now');
      written.push({ part, used });
    },
  });
  return { deps: { meter, usage, log, clock: { now: () => (now += 100) } }, meter, written, lines };
};

const input = { runId: newRunId(), attempt: 1 };

describe('a counted task', () => {
  it('adds its function, its states, its own calls, and the write that says so', async () => {
    const { deps, meter, written } = counting();
    const task = meteredTask(deps, 'startRun', async () => {
      await Promise.all([1, 2].map(async () => meter.count({ tableReads: 1, blobGets: 1 })));
      return { groups: [0] };
    });

    expect(await task(input)).toEqual({ groups: [0] });
    expect(written).toMatchObject([
      {
        part: '',
        used: {
          transitions: 2,
          functionCalls: 1,
          functionMibMs: 512 * 100,
          tableReads: 2,
          tableWrites: 1,
          blobGets: 2,
        },
      },
    ]);
  });

  it('keeps tasks apart that run at the same time', async () => {
    const { deps, meter, written } = counting();
    const task = meteredTask(deps, 'startRun', async ({ attempt }) => {
      for (let i = 0; i < attempt; i += 1) {
        await Promise.resolve();
        meter.count({ tableReads: 1 });
      }
      return { groups: [] };
    });

    await Promise.all([1, 5, 9].map((attempt) => task({ ...input, attempt })));
    expect(written.map(({ used }) => used.tableReads).sort()).toEqual([1, 5, 9]);
  });

  it('counts what failed, and throws the failure', async () => {
    const { deps, meter, written } = counting();
    const task = meteredTask(deps, 'startRun', async () => {
      meter.count({ tableReads: 3 });
      throw new AppError('store.unavailable', 'no answer');
    });

    await expect(task(input)).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(written).toMatchObject([{ used: { transitions: 1, functionCalls: 1, tableReads: 3 } }]);
  });

  it('does its work although nothing can be counted, and says so', async () => {
    const { deps, lines } = counting(true);
    expect(await meteredTask(deps, 'startRun', async () => ({ groups: [7] }))(input)).toEqual({ groups: [7] });
    expect(lines).toEqual(['usage.not-counted']);
  });

  it('outside of a task nothing is counted', async () => {
    const { meter, written } = counting();
    meter.count({ tableReads: 1 });
    const { used } = await meter.measure(async () => 1);
    expect(used.tableReads).toBe(0);
    expect(written).toEqual([]);
  });
});
