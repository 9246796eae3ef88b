import { describe, expect, it } from 'vitest';
import type { EndedRun } from '#shared/model/ended-run.ts';
import { noUsage } from '#shared/model/usage.ts';
import { newRunId, sampleTime } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

/** A run that has ended. */
const anEnd = (jobName: string, change: Partial<EndedRun> = {}): EndedRun => ({
  runId: newRunId(),
  jobName,
  status: 'succeeded',
  createdAt: sampleTime,
  endedAt: sampleTime,
  attempts: 1,
  usage: { ...noUsage, transitions: 7, functionMibMs: 12.5 },
  phases: [{ group: 'g', phase: 'p', waveMs: 1234 }],
  ...change,
});

/** Counters of what runs use, and the ends of runs. */
export const usageContract = (name: string, open: OpenStore): void => {
  describe(`${name}: usage`, () => {
    const subject = openForSuite(open);

    it('adds up what many parts of a run used at the same time', async () => {
      const { store } = subject();
      const runId = newRunId();
      const parts = Array.from({ length: 40 }, (_, i) => `g0-s0-p0-0-b${i}`);
      await Promise.all(
        parts.map((part) => store.addRunUsage(runId, part, { ...noUsage, transitions: 2, tableReads: 0.5 })),
      );
      await store.addRunUsage(runId, '', { ...noUsage, agentCalls: 3 });
      expect(await store.getRunUsage(runId)).toEqual({ ...noUsage, transitions: 80, tableReads: 20, agentCalls: 3 });
    });

    it('knows of nothing used by a run that it does not know', async () => {
      expect(await subject().store.getRunUsage(newRunId())).toEqual(noUsage);
    });

    it('keeps how a run ended; the last word holds', async () => {
      const { store } = subject();
      const end = anEnd('kept');
      await store.putEndedRun(end);
      await store.putEndedRun({ ...end, attempts: 2 });
      expect(await store.listEndedRuns('2026-11', 'kept')).toEqual([{ ...end, attempts: 2 }]);
      expect(await store.listEndedRuns('2026-10', 'kept')).toEqual([]);
    });

    it('lists those of a month, of one job or all, and the latest of a job', async () => {
      const { store } = subject();
      const ends = ['shop', 'shop-cn', 'shop', 'shop'].map((job) =>
        anEnd(job, { createdAt: '2025-03-01T00:00:00.000Z' }),
      );
      for (const end of ends) await store.putEndedRun(end);
      const idsOf = (runs: readonly EndedRun[]) => runs.map(({ runId }) => runId).sort();
      expect(idsOf(await store.listEndedRuns('2025-03'))).toEqual(idsOf(ends));
      const ofShop = ends.filter(({ jobName }) => jobName === 'shop');
      expect(idsOf(await store.listEndedRuns('2025-03', 'shop'))).toEqual(idsOf(ofShop));
      const latest = await store.listLatestEndedRuns('2025-03', 'shop', 2);
      expect(latest.map(({ runId }) => runId)).toEqual(idsOf(ofShop).reverse().slice(0, 2));
    });
  });
};
