import { describe, expect, it } from 'vitest';
import { batchIdSchema } from '#shared/model/ids.ts';
import { table } from '#shared/persistence/table.ts';
import { formatPositions } from '#shared/plan/positions.ts';
import {
  aBatch,
  aGroup,
  anInvocation,
  aProgress,
  aResult,
  aRun,
  aSlice,
  batchId,
  newRunId,
  nodeId,
  sampleTime,
  sliceId,
} from '#test/kit/store-samples.ts';
import { putsOf, wireSuite } from './wire-suite.ts';

const wire = wireSuite();
/** What an item weighs: its names and values. */
const bytesOf = (item: object): number =>
  Object.entries<Record<string, string>>(Object(item))
    .flatMap(([field, value]) => [field, ...Object.values(value)])
    .reduce((sum, part) => sum + Buffer.byteLength(part), 0);
const many = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('calls of the table', () => {
  it('writes the results of an operation on a batch as one item', async () => {
    const runId = newRunId();
    await wire.storeOf().putResults(many(100).map((n) => aResult(runId, { nodeId: nodeId(`n${n}`) })));
    expect(wire.calls().map((call) => [call.operation, putsOf(call).length])).toEqual([['BatchWriteItem', 1]]);
  });

  it('writes long results as several items, and many items in calls of 25', async () => {
    const runId = newRunId();
    const outcome = { ...aResult(runId).outcome, stdout: 'x'.repeat(40_000) };
    await wire.storeOf().putResults(many(50).map((n) => aResult(runId, { nodeId: nodeId(`n${n}`), outcome })));
    expect(wire.calls().map((call) => [call.operation, putsOf(call).length])).toEqual([
      ['BatchWriteItem', 25],
      ['BatchWriteItem', 25],
    ]);
  });

  it('keeps a usual result within one write unit of 1 KB', async () => {
    const runId = newRunId();
    const { outcome } = aResult(runId);
    const full = { ...outcome, startedAt: sampleTime, durationMs: 1234, stdout: 'x'.repeat(200), stdoutBytes: 200 };
    const { invocationId } = anInvocation(runId);
    const result = aResult(runId, { outcome: full, invocationId, nodeId: nodeId('i-0123456789abcdef0') });
    await wire.storeOf().putResults([result]);
    const [put] = wire.calls().flatMap(putsOf);
    expect(bytesOf(Object(put).PutRequest.Item)).toBeLessThan(1024);
  });

  it('keeps the progress of a hundred nodes, scattered over 150,000, within one write unit of 1 KB', async () => {
    const runId = newRunId();
    const batch = batchIdSchema.parse('a12-g10-s100-p10-x1-b2999');
    const progress = aProgress(runId, batch, {
      ...{ agent: 'aliyun', region: 'ap-southeast-1', account: '123456789012', nodeCount: 100, state: 'done' },
      counts: { succeeded: 50, failed: 20, ignored: 10, timedOut: 10, lost: 10 },
      statuses: 's'.repeat(100),
      positions: formatPositions(many(100).map((n) => n * 1499 + ((n * 7919) % 1000))),
      ...{ operationIndex: 12, startedAt: sampleTime, endedAt: sampleTime },
    });
    await wire.storeOf().putProgress(progress);
    expect(bytesOf(wire.calls()[0]?.body.Item)).toBeLessThan(1024);
  });

  it('needs one call for each write and each read of a waiting invocation', async () => {
    const store = wire.storeOf();
    const { runId, invocationId } = (await store.createInvocation(anInvocation(newRunId()))).invocation;
    await store.parkToken(runId, invocationId, 'token');
    await store.signal(runId, invocationId);
    await store.beginLook(runId, invocationId);
    await store.getInvocation(runId, invocationId);
    expect(wire.calls().map((call) => call.operation)).toEqual([
      'PutItem',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
      'GetItem',
    ]);
  });

  it('reads strongly consistent from the table, and the index only for the list of runs; never scans, never transacts', async () => {
    const store = wire.storeOf();
    const run = aRun();
    const { runId } = run;
    await store.create(run);
    await store.list({});
    await store.createGroup(aGroup(runId));
    await store.createGroup(aGroup(runId));
    await store.listGroups(runId);
    await store.openSlice(aSlice(runId), [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }]);
    await store.listSlices(runId);
    await store.getBatch(runId, batchId());
    await store.getProgress(runId, batchId());
    await store.listProgress(runId, sliceId());
    await store.listInvocations(runId, batchId());
    await store.listResults(runId, batchId());
    await store.findByAgentId('aws', 'x');
    await store.getOutputs(runId, [{ nodeId: nodeId('n1'), operationId: 'df' }]);
    const operations = new Set(wire.calls().map((call) => call.operation));
    expect([...operations].toSorted()).toEqual(['BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'Query']);
    for (const { operation, body } of wire.calls()) {
      if (operation === 'GetItem') expect(body.ConsistentRead).toBe(true);
      if (operation === 'BatchGetItem') expect(body.RequestItems[table.defaultName].ConsistentRead).toBe(true);
      if (operation === 'Query') expect(body.ConsistentRead === true).toBe(body.IndexName === undefined);
    }
    expect(wire.calls().filter((call) => call.body.IndexName === table.runsIndex.name)).not.toHaveLength(0);
  });

  it('does not read months again that a page has left behind', async () => {
    const store = wire.storeOf();
    const createdAt = '2026-03-05T00:00:00.000Z';
    await store.create(aRun({ createdAt }));
    await store.create(aRun({ createdAt }));
    const { cursor } = await store.list({ limit: 1 });
    const marches = await store.list(cursor === undefined ? {} : { cursor });
    expect(marches.items.length).toBeGreaterThan(0);
    wire.forget();
    const old = Buffer.from(JSON.stringify({ month: '2026-03', before: newRunId() })).toString('base64url');
    expect((await store.list({ cursor: old })).items).toHaveLength(2);
    const months = wire
      .calls()
      .flatMap((call) => Object.values<{ S: string }>(call.body.ExpressionAttributeValues ?? {}));
    expect(
      months.map((value) => value.S).filter((value) => value.startsWith('runs#') && value > 'runs#2026-03'),
    ).toEqual([]);
  });
});

describe('two openers of one slice', () => {
  it('do not put the progress back that the first one made', async () => {
    const runId = newRunId();
    const batches = [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }];
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    wire.intercept(async (call, forward) => {
      if (call.operation === 'BatchWriteItem') {
        wire.intercept((later, pass) => pass(later));
        reached.resolve();
        await held.promise;
      }
      return forward(call);
    });
    const late = wire.storeOf().openSlice(aSlice(runId, { width: 9 }), batches);
    await reached.promise;
    await wire.storeOf().openSlice(aSlice(runId), batches);
    const running = aProgress(runId, batchId(), { state: 'running', startedAt: sampleTime });
    await wire.storeOf().putProgress(running);
    held.resolve();
    expect(await late).toEqual(aSlice(runId));
    expect(await wire.storeOf().getProgress(runId, batchId())).toEqual(running);
  });
});

describe('a run that is replaced', () => {
  it('takes the write that its client sends again because the answer was lost', async () => {
    const store = wire.storeOf();
    const run = aRun();
    await store.create(run);
    wire.intercept(async (call, forward) => {
      wire.intercept((later, pass) => pass(later));
      await forward(call);
      return forward(call);
    });
    const second = { ...run, version: 2, status: 'running' } as const;

    await store.replace(second);

    expect(await store.get(run.runId)).toEqual(second);
    expect(wire.calls().filter((call) => call.operation === 'PutItem')).toHaveLength(2);
  });

  it('refuses the same words of somebody else, or a change would be lost', async () => {
    const store = wire.storeOf();
    const run = aRun();
    await store.create(run);
    const second = { ...run, version: 2, status: 'running' } as const;
    await store.replace(second);

    await expect(wire.storeOf().replace(second)).rejects.toMatchObject({ code: 'store.conflict' });
  });
});
