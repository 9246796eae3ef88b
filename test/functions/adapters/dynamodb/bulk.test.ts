import { describe, expect, it } from 'vitest';
import { table } from '#shared/persistence/table.ts';
import { aResult, batchId, newRunId, nodeId } from '#test/kit/store-samples.ts';
import { putsOf, wireSuite } from './wire-suite.ts';

const wire = wireSuite();
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('what the table leaves undone', () => {
  const leaveUndone = (left: number) => {
    let remaining = left;
    wire.intercept(async (call, forward) => {
      const all = putsOf(call);
      const undone = all.slice(0, Math.min(remaining, all.length));
      remaining -= undone.length;
      const rest = all.slice(undone.length);
      if (rest.length > 0) await forward({ ...call, body: { RequestItems: { [table.defaultName]: rest } } });
      const UnprocessedItems = undone.length > 0 ? { [table.defaultName]: undone } : {};
      return { status: 200, body: { UnprocessedItems } };
    });
  };

  it('writes unprocessed results again, after growing waits', async () => {
    const runId = newRunId();
    const results = many(60).map((n) => aResult(runId, { operationIndex: n }));
    leaveUndone(130);
    await wire.storeOf().putResults(results);
    wire.intercept((call, forward) => forward(call));
    expect(await wire.storeOf().listResults(runId, batchId())).toEqual(results);
    expect(wire.waits()).toEqual([50, 100, 200]);
  });

  it('gives up after ten tries and says that it is worth another one', async () => {
    leaveUndone(Number.POSITIVE_INFINITY);
    const writing = wire.storeOf().putResults([aResult(newRunId())]);
    await expect(writing).rejects.toMatchObject({ code: 'store.unavailable', kind: { retryable: true } });
    expect(wire.calls()).toHaveLength(10);
    expect(Math.max(...wire.waits())).toBe(2_500);
  });

  it('reads unprocessed keys again', async () => {
    const runId = newRunId();
    const outputs = many(10).map((n) => ({ runId, nodeId: nodeId(`n${n}`), operationId: 'df', values: { n: `${n}` } }));
    await wire.storeOf().putOutputs(outputs);
    let cut = false;
    wire.intercept(async (call, forward) => {
      if (cut) return forward(call);
      cut = true;
      const { Keys, ...rest } = call.body.RequestItems[table.defaultName];
      const ask = (keys: unknown) => ({ [table.defaultName]: { ...rest, Keys: keys } });
      const answer = await forward({ ...call, body: { RequestItems: ask(Keys.slice(4)) } });
      return { ...answer, body: { ...answer.body, UnprocessedKeys: ask(Keys.slice(0, 4)) } };
    });
    expect(await wire.storeOf().getOutputs(runId, outputs)).toEqual(outputs);
    expect(wire.waits()).toEqual([50]);
  });
});
