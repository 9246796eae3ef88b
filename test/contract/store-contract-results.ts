import { describe, expect, it } from 'vitest';
import { bareOutcome } from '#shared/model/outcome.ts';
import type { ResultRecord } from '#shared/model/run.ts';
import {
  aBatch,
  anInvocation,
  aProgress,
  aResult,
  aSlice,
  batchId,
  newRunId,
  nodeId,
  sampleTime,
} from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const placeOf = ({ operationIndex, nodeId: node, tryNumber }: ResultRecord) => [operationIndex, node, tryNumber];

/** Results and outputs. */
export const resultContract = (name: string, open: OpenStore): void => {
  describe(`${name}: results`, () => {
    const subject = openForSuite(open);

    it('keeps every field', async () => {
      const { store } = subject();
      const runId = newRunId();
      const result = aResult(runId, {
        nodeId: nodeId('Knoten-ß-🚀:8080'),
        invocationId: anInvocation(runId).invocationId,
        outcome: {
          status: 'failed',
          exitCode: 3,
          signal: 'KILL',
          reason: 'exit code 3',
          rawStatus: 'Failed',
          startedAt: sampleTime,
          durationMs: 12.5,
          stdout: '\u0000\u001b[31m🚀\r\n"'.repeat(100),
          stderr: '',
          stdoutBytes: 900,
          stderrBytes: 0,
          omittedBytes: 7,
          textBlob: 'text/1',
          outputs: { free: '1', '': '', 'a.b': 'ü' },
          replayed: true,
          stop: 'unknown',
        },
      });
      await store.putResults([result]);
      expect(await store.listResults(runId, batchId())).toStrictEqual([result]);
    });

    it('gives one result by its place', async () => {
      const { store } = subject();
      const runId = newRunId();
      const wanted = aResult(runId, { operationIndex: 2, nodeId: nodeId('a'), tryNumber: 10 });
      await store.putResults([wanted, aResult(runId, { operationIndex: 2, nodeId: nodeId('a'), tryNumber: 1 })]);
      const place = { batchId: batchId(), operationIndex: 2, nodeId: nodeId('a'), tryNumber: 10 };
      expect(await store.getResult(runId, place)).toStrictEqual(wanted);
      expect(await store.getResult(runId, { ...place, tryNumber: 100 })).toBeUndefined();
      expect(await store.getResult(runId, { ...place, nodeId: nodeId('a!') })).toBeUndefined();
      expect(await store.getResult(newRunId(), place)).toBeUndefined();
    });

    it('lists by operation, node and try, and nothing else of the batch', async () => {
      const { store } = subject();
      const runId = newRunId();
      await store.openSlice(aSlice(runId), [
        { batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) },
      ]);
      await store.createInvocation(anInvocation(runId));
      const places = [
        [10, 'a', 0],
        [2, 'a!', 0],
        [2, 'a', 10],
        [2, 'a', 2],
        [2, 'a-1', 0],
        [2, 'A', 0],
        [0, 'z', 0],
      ] as const;
      await store.putResults(
        places.map(([operationIndex, node, tryNumber]) =>
          aResult(runId, { operationIndex, nodeId: nodeId(node), tryNumber }),
        ),
      );
      await store.putResults([aResult(runId, { batchId: batchId(10) })]);
      expect((await store.listResults(runId, batchId())).map(placeOf)).toEqual([
        [0, 'z', 0],
        [2, 'A', 0],
        [2, 'a', 2],
        [2, 'a', 10],
        [2, 'a!', 0],
        [2, 'a-1', 0],
        [10, 'a', 0],
      ]);
    });

    it('changes nothing when results are written again, in the next call or in the same', async () => {
      const { store } = subject();
      const runId = newRunId();
      const results = many(60).map((n) => aResult(runId, { nodeId: nodeId(`n${100 + n}`) }));
      await store.putResults([...results, ...results]);
      await store.putResults(results);
      expect(await store.listResults(runId, batchId())).toEqual(results);
    });

    it('takes the later word where calls write different nodes together', async () => {
      const { store } = subject();
      const runId = newRunId();
      const of = (node: string, second: number) =>
        aResult(runId, {
          nodeId: nodeId(node),
          recordedAt: new Date(Date.parse(sampleTime) + second * 1000).toISOString(),
        });
      await store.putResults([of('a', 0), of('b', 0)]);
      await store.putResults([of('c', 2), of('b', 2)]);
      await store.putResults([of('a', 1)]);
      expect(await store.listResults(runId, batchId())).toEqual([of('a', 1), of('b', 2), of('c', 2)]);
      const place = { batchId: batchId(), operationIndex: 0, tryNumber: 0, nodeId: nodeId('b') };
      expect(await store.getResult(runId, place)).toEqual(of('b', 2));
      expect(await store.putResultIfAbsent(of('c', 3))).toBe(false);
    });

    it('writes no results when there are none', async () => {
      const { store } = subject();
      await store.putResults([]);
      expect(await store.listResults(newRunId(), batchId())).toEqual([]);
    });

    it('lists 2,500 results over several pages', async () => {
      const { store } = subject();
      const runId = newRunId();
      const outcome = { ...bareOutcome('succeeded', null), stdout: 'x'.repeat(600) };
      const results = many(50).flatMap((operationIndex) =>
        many(50).map((n) => aResult(runId, { operationIndex, nodeId: nodeId(`n${100 + n}`), outcome })),
      );
      await store.putResults(results);
      expect(await store.listResults(runId, batchId())).toEqual(results);
    });

    it('writes a verdict of our own clock only where there is none', async () => {
      const { store } = subject();
      const runId = newRunId();
      const lost = aResult(runId, { outcome: bareOutcome('lost', 'no answer') });
      const answered = aResult(runId);
      expect(await store.putResultIfAbsent(lost)).toBe(true);
      expect(await store.putResultIfAbsent(lost)).toBe(false);
      await store.putResults([answered]);
      expect(await store.putResultIfAbsent(lost)).toBe(false);
      expect(await store.listResults(runId, batchId())).toEqual([answered]);
      expect(await store.putResultIfAbsent({ ...lost, tryNumber: 1 })).toBe(true);
    });

    it('lets exactly one of many verdicts win', async () => {
      const { store } = subject();
      const runId = newRunId();
      const verdicts = many(8).map((n) => aResult(runId, { outcome: bareOutcome('lost', `r${n}`) }));
      const won = await Promise.all(verdicts.map((verdict) => store.putResultIfAbsent(verdict)));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await store.listResults(runId, batchId())).toEqual([verdicts[won.indexOf(true)]]);
    });

    it('refuses a result that is larger than an item', async () => {
      const { store } = subject();
      const outcome = { ...bareOutcome('succeeded', null), stdout: 'x'.repeat(410_000) };
      const result = aResult(newRunId(), { outcome });
      await expect(store.putResults([result])).rejects.toMatchObject({ code: 'task.payload-too-large' });
      await expect(store.putResultIfAbsent(result)).rejects.toMatchObject({ code: 'task.payload-too-large' });
    });
  });

  describe(`${name}: outputs`, () => {
    const subject = openForSuite(open);
    const outputsOf = (runId: ReturnType<typeof newRunId>, node: string, values: Readonly<Record<string, string>>) => ({
      runId,
      nodeId: nodeId(node),
      operationId: 'df',
      values,
    });

    it('gives the outputs of the pairs that have some, in the order asked', async () => {
      const { store } = subject();
      const runId = newRunId();
      const all = many(250).map((n) => outputsOf(runId, `n${n}`, { free: String(n), '': 'ü🚀' }));
      await store.putOutputs(all);
      expect(await store.getOutputs(runId, all)).toEqual(all);
      const keys = [
        { nodeId: nodeId('n3'), operationId: 'df' },
        { nodeId: nodeId('n3'), operationId: 'other' },
        { nodeId: nodeId('nobody'), operationId: 'df' },
        { nodeId: nodeId('n1'), operationId: 'df' },
        { nodeId: nodeId('n3'), operationId: 'df' },
      ];
      expect(await store.getOutputs(runId, keys)).toEqual([all[3], all[1]]);
      expect(await store.getOutputs(newRunId(), keys)).toEqual([]);
      expect(await store.getOutputs(runId, [])).toEqual([]);
    });

    it('replaces outputs; the last of one call counts', async () => {
      const { store } = subject();
      const runId = newRunId();
      await store.putOutputs([outputsOf(runId, 'n1', { a: '1', b: '1' })]);
      await store.putOutputs([outputsOf(runId, 'n1', { a: '2' }), outputsOf(runId, 'n1', { a: '3' })]);
      expect(await store.getOutputs(runId, [{ nodeId: nodeId('n1'), operationId: 'df' }])).toEqual([
        outputsOf(runId, 'n1', { a: '3' }),
      ]);
    });
  });
};
