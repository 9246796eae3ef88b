import { describe, expect, it } from 'vitest';
import type { BatchId, RunId } from '#shared/model/ids.ts';
import type { NewBatch } from '#shared/ports/store.ts';
import {
  aBatch,
  aGroup,
  aNode,
  aProgress,
  aSlice,
  batchId,
  newRunId,
  sampleTime,
  sliceId,
} from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const newBatch = (runId: RunId, id: BatchId): NewBatch => ({
  batch: aBatch(runId, id),
  progress: aProgress(runId, id),
});

/** Slices, batches and their progress. */
export const sliceContract = (name: string, open: OpenStore): void => {
  describe(`${name}: slices`, () => {
    const subject = openForSuite(open);

    it('opens a slice with all of its batches', async () => {
      const { store } = subject();
      const runId = newRunId();
      const slice = aSlice(runId, { batchCount: 60 });
      const batches = many(60).map((n) => newBatch(runId, batchId(n)));
      expect(await store.openSlice(slice, batches)).toEqual(slice);
      expect(await store.getSlice(runId, slice.sliceId)).toEqual(slice);
      expect(await store.getBatch(runId, batchId(59))).toEqual(batches[59]?.batch);
      expect(await store.getProgress(runId, batchId(59))).toEqual(batches[59]?.progress);
      expect(await store.listProgress(runId, slice.sliceId)).toEqual(batches.map(({ progress }) => progress));
    });

    it('leaves an open slice and its batches as they are', async () => {
      const { store } = subject();
      const runId = newRunId();
      const slice = aSlice(runId);
      await store.openSlice(slice, [newBatch(runId, batchId(0))]);
      const running = aProgress(runId, batchId(0), { state: 'running', startedAt: sampleTime });
      await store.putProgress(running);
      const other = { batch: aBatch(runId, batchId(0), [aNode('other')]), progress: aProgress(runId, batchId(0)) };
      expect(await store.openSlice({ ...slice, width: 9 }, [other, newBatch(runId, batchId(1))])).toEqual(slice);
      expect(await store.getBatch(runId, batchId(0))).toEqual(aBatch(runId, batchId(0)));
      expect(await store.listProgress(runId, slice.sliceId)).toEqual([running]);
    });

    it('gives all of many openers the same slice', async () => {
      const { store } = subject();
      const runId = newRunId();
      const batches = many(3).map((n) => newBatch(runId, batchId(n)));
      const slices = await Promise.all(many(5).map((n) => store.openSlice(aSlice(runId, { width: n + 1 }), batches)));
      expect(new Set(slices.map((slice) => slice.width)).size).toBe(1);
      expect(await store.listProgress(runId, sliceId())).toHaveLength(3);
    });

    it('knows nothing of unknown slices and batches', async () => {
      const { store } = subject();
      const runId = newRunId();
      expect(await store.getSlice(runId, sliceId())).toBeUndefined();
      expect(await store.getBatch(runId, batchId())).toBeUndefined();
      expect(await store.getProgress(runId, batchId())).toBeUndefined();
      expect(await store.listProgress(runId, sliceId())).toEqual([]);
      expect(await store.listSlices(runId)).toEqual([]);
    });

    it('closes a slice, however often it is said', async () => {
      const { store } = subject();
      const slice = aSlice(newRunId());
      await store.openSlice(slice, []);
      const end = { status: 'completed', counts: { succeeded: 1, ignored: 1 }, closedAt: sampleTime } as const;
      await store.closeSlice({ ...slice, ...end });
      await store.closeSlice({ ...slice, ...end });
      expect(await store.getSlice(slice.runId, slice.sliceId)).toStrictEqual({ ...slice, ...end });
    });

    it('refuses to close a slice that is not there', async () => {
      await expect(subject().store.closeSlice(aSlice(newRunId()))).rejects.toMatchObject({ code: 'record.missing' });
    });

    it('lists 300 slices over several pages, by number, of one attempt or of all', async () => {
      const { store } = subject();
      const runId = newRunId();
      const phaseName = 'p'.repeat(5_000);
      await store.createGroup(aGroup(runId));
      const ids = many(300).map((n) => sliceId({ attempt: n % 2 === 0 ? 1 : 11, stageIndex: n, pass: n % 3 }));
      await Promise.all(ids.map((id) => store.openSlice(aSlice(runId, { sliceId: id, phaseName }), [])));
      const ofAttempt = (attempt: number) => ids.filter((id) => id.startsWith(`a${attempt}-`));
      const listed = async (attempt?: number) => (await store.listSlices(runId, attempt)).map((slice) => slice.sliceId);
      expect(await listed()).toEqual([...ofAttempt(1), ...ofAttempt(11)]);
      expect(await listed(1)).toEqual(ofAttempt(1));
      expect(await listed(11)).toEqual(ofAttempt(11));
      expect(await listed(2)).toEqual([]);
    });
  });

  describe(`${name}: batches`, () => {
    const subject = openForSuite(open);

    it('keeps a batch of 256 KiB with every field', async () => {
      const { store } = subject();
      const runId = newRunId();
      const tags = { note: '🚀'.repeat(64), umlaut: 'ü'.repeat(128) };
      const nodes = many(50).map((n) => ({
        ...aNode(`n${n}`, tags),
        account: '123456789012',
        port: 8080,
        name: 'x'.repeat(256),
      }));
      const batch = aBatch(runId, batchId(), nodes);
      const padded = { ...batch, nodes: many(5).flatMap(() => batch.nodes) };
      expect(Buffer.byteLength(JSON.stringify(padded.nodes))).toBeGreaterThan(256 * 1024);
      await store.openSlice(aSlice(runId), [{ batch: padded, progress: aProgress(runId, batchId()) }]);
      expect(await store.getBatch(runId, batchId())).toStrictEqual(padded);
    });

    it('refuses a batch that is larger than an item', async () => {
      const { store } = subject();
      const runId = newRunId();
      const batch = aBatch(
        runId,
        batchId(),
        many(2_000).map((n) => aNode(`n${n}`)),
      );
      const opening = store.openSlice(aSlice(runId), [{ batch, progress: aProgress(runId, batchId()) }]);
      await expect(opening).rejects.toMatchObject({ code: 'task.payload-too-large' });
      expect(await store.getSlice(runId, sliceId())).toBeUndefined();
    });

    it('replaces the progress of a batch, however often it is said', async () => {
      const { store } = subject();
      const runId = newRunId();
      await store.putProgress(aProgress(runId, batchId(), { startedAt: sampleTime, account: '1' }));
      const done = aProgress(runId, batchId(), { state: 'done', counts: { succeeded: 2 }, operationIndex: 3 });
      await store.putProgress(done);
      await store.putProgress(done);
      expect(await store.getProgress(runId, batchId())).toStrictEqual(done);
    });

    it.each(['done', 'stopped'] as const)(
      'takes no late word that a batch is under way when it is %s',
      async (state) => {
        const { store } = subject();
        const runId = newRunId();
        const end = aProgress(runId, batchId(), { state, counts: { succeeded: 1, pending: 1 } });
        await store.putProgress(aProgress(runId, batchId(), { state: 'running' }));
        await store.putProgress(end);
        await store.putProgress(aProgress(runId, batchId(), { state: 'running' }));
        expect(await store.getProgress(runId, batchId())).toStrictEqual(end);
        const done = aProgress(runId, batchId(), { state: 'done', counts: { succeeded: 2 } });
        await store.putProgress(done);
        expect(await store.getProgress(runId, batchId())).toStrictEqual(done);
      },
    );

    it('lists the progress of one slice by number: 2 before 10', async () => {
      const { store } = subject();
      const runId = newRunId();
      const other = sliceId({ pass: 1 });
      const order = [10, 2, 100, 0, 1, 20];
      for (const n of order) await store.putProgress(aProgress(runId, batchId(n)));
      await store.putProgress(aProgress(runId, batchId(0, other)));
      const listed = await store.listProgress(runId, sliceId());
      expect(listed.map((progress) => progress.batchId)).toEqual([0, 1, 2, 10, 20, 100].map((n) => batchId(n)));
      expect(await store.listProgress(runId, other)).toHaveLength(1);
    });
  });
};
