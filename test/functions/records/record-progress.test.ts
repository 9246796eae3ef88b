import { describe, expect, it } from 'vitest';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { phasePlace } from '#functions/records/phase-place.ts';
import { recordProgress } from '#functions/records/record-progress.ts';
import { parseSliceId } from '#shared/model/ids.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import { openFirst } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { nodeId, tallyOf } from '#test/kit/store-samples.ts';

const newRig = useRigs();

const opened = async (rig: Rig, maxFailures: number | string) => {
  const runId = await rig.submit([{ name: 'g', maxFailures, phases: [{ name: 'p', operations: [op('a'), op('b')] }] }]);
  const { batches } = await openFirst(rig, runId);
  const batchId = batches[0]!;
  const run = (await rig.store.get(runId))!;
  const place = await phasePlace({ store: rig.store, json: createJsonBlobs(rig.blobs) }, run, parseSliceId(batchId));
  const batch = (await rig.store.getBatch(runId, batchId))!;
  const progress = (await rig.store.getProgress(runId, batchId))!;
  const result = (id: string, operationIndex: number, status: ResultRecord['outcome']['status']): ResultRecord => ({
    ...{ runId, batchId, operationIndex, operationId: 'ab'[operationIndex]!, nodeId: nodeId(id), tryNumber: 0 },
    ...{ outcome: bareOutcome(status, null), recordedAt: new Date(rig.clock.now()).toISOString() },
  });
  return { view: { run, place, batch, progress }, result };
};

describe('recordProgress', () => {
  it('says running of every node that is not at its end while the batch runs, and pending once it is stopped', async () => {
    const rig = newRig(hosts(3));
    const { view, result } = await opened(rig, '100%');
    const results = [result('i-001', 0, 'succeeded'), result('i-002', 0, 'failed')];

    await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, results }, 'running');
    const running = await rig.store.getProgress(view.run.runId, view.batch.batchId);
    await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, results }, 'stopped');
    const stopped = await rig.store.getProgress(view.run.runId, view.batch.batchId);

    expect(running).toMatchObject({ counts: { failed: 1, running: 2 }, operationIndex: 0 });
    expect(running?.endedAt).toBeUndefined();
    expect(stopped).toMatchObject({ counts: { failed: 1, pending: 2 }, endedAt: expect.any(String) });
  });

  it('keeps the time of the start, and of the end', async () => {
    const rig = newRig(hosts(1));
    const { view, result } = await opened(rig, 0);
    const { runId } = view.run;
    const at = (seconds: number) => new Date(Date.parse(view.run.createdAt) + seconds * 1000).toISOString();
    await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, results: [] }, 'running');
    for (let turn = 0; turn < 2; turn += 1) {
      rig.clock.advance(10);
      const progress = (await rig.store.getProgress(runId, view.batch.batchId))!;
      const results = [result('i-001', 0, 'succeeded'), result('i-001', 1, 'succeeded')];
      await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, progress, results }, 'done');
    }

    expect(await rig.store.getProgress(runId, view.batch.batchId)).toMatchObject({
      ...{ startedAt: at(0), endedAt: at(10), operationIndex: 1, counts: { succeeded: 1 } },
    });
  });

  it.each([
    [1, 1, false],
    [1, 2, true],
    ['66%', 1, false],
    ['66%', 2, true],
    ['67%', 2, false],
  ])(
    'with a budget of %s of 3 nodes and %i failed: stopped is %s, however often it is told',
    async (budget, n, stopped) => {
      const rig = newRig(hosts(3));
      const { view, result } = await opened(rig, budget);
      const results = ['i-001', 'i-002'].slice(0, n).map((id) => result(id, 0, 'lost'));

      await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, results }, 'running');
      await recordProgress({ ...rig, json: createJsonBlobs(rig.blobs) }, { ...view, results }, 'running');

      expect(await rig.store.getGroup(view.run.runId, 1, 0)).toMatchObject({
        ...{ stopped, tallies: { [view.batch.batchId]: tallyOf(n) } },
      });
    },
  );
});
