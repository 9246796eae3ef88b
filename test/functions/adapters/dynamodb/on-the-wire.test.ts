import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createTableInput, table } from '#functions/adapters/dynamodb/table.ts';
import type { Store } from '#shared/ports/store.ts';
import { type Dynalite, localClient, startDynalite } from '#test/kit/dynalite.ts';
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
import { type RecordingProxy, startProxy, type WireAnswer, type WireCall } from './recording-proxy.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);
const start = Date.parse(sampleTime);
const putsOf = ({ body }: WireCall): unknown[] => body.RequestItems[table.defaultName];
const failure = (status: number, name: string, message = 'no'): WireAnswer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
});

let dynalite: Dynalite;
let proxy: RecordingProxy;
let client: ReturnType<typeof localClient>;
let waits: number[] = [];
let now = start;

const storeOf = (change: { readonly tableName?: string; readonly retentionSeconds?: number } = {}): Store =>
  createDynamoStore({
    client,
    tableName: table.defaultName,
    now: () => now,
    pacing: {
      sleep: async (ms) => waits.push(ms),
      random: () => 0.5,
    },
    ...change,
  });

beforeAll(async () => {
  dynalite = await startDynalite();
  proxy = await startProxy(dynalite.endpoint);
  client = localClient(proxy.endpoint, { maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await proxy.stop();
  await dynalite.stop();
});

beforeEach(() => {
  proxy.intercept((call, forward) => forward(call));
  proxy.forget();
  waits = [];
  now = start;
});

describe('calls of the table', () => {
  it('writes 50 results in two calls of 25', async () => {
    const runId = newRunId();
    await storeOf().putResults(many(50).map((n) => aResult(runId, { nodeId: nodeId(`n${n}`) })));
    expect(proxy.calls.map((call) => [call.operation, putsOf(call).length])).toEqual([
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
    await storeOf().putResults([result]);
    const [put] = proxy.calls.flatMap(putsOf);
    const bytes = Object.entries<Record<string, string>>(Object(put).PutRequest.Item)
      .flatMap(([field, value]) => [field, ...Object.values(value)])
      .reduce((sum, part) => sum + Buffer.byteLength(part), 0);
    expect(bytes).toBeLessThan(1024);
  });

  it('needs one call for each write and each read of a waiting invocation', async () => {
    const store = storeOf();
    const { runId, invocationId } = (await store.createInvocation(anInvocation(newRunId()))).invocation;
    await store.parkToken(runId, invocationId, 'token');
    await store.signal(runId, invocationId);
    await store.beginLook(runId, invocationId);
    await store.getInvocation(runId, invocationId);
    expect(proxy.calls.map((call) => call.operation)).toEqual([
      'PutItem',
      'UpdateItem',
      'UpdateItem',
      'UpdateItem',
      'GetItem',
    ]);
  });

  it('reads strongly consistent from the table, and the index only for the list of runs; never scans, never transacts', async () => {
    const store = storeOf();
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
    const operations = new Set(proxy.calls.map((call) => call.operation));
    expect([...operations].toSorted()).toEqual(['BatchGetItem', 'BatchWriteItem', 'GetItem', 'PutItem', 'Query']);
    for (const { operation, body } of proxy.calls) {
      if (operation === 'GetItem') expect(body.ConsistentRead).toBe(true);
      if (operation === 'BatchGetItem') expect(body.RequestItems[table.defaultName].ConsistentRead).toBe(true);
      if (operation === 'Query') expect(body.ConsistentRead === true).toBe(body.IndexName === undefined);
    }
    expect(proxy.calls.filter((call) => call.body.IndexName === table.runsIndex.name)).not.toHaveLength(0);
  });

  it('does not read months again that a page has left behind', async () => {
    const store = storeOf();
    const createdAt = '2026-03-05T00:00:00.000Z';
    await store.create(aRun({ createdAt }));
    await store.create(aRun({ createdAt }));
    const { cursor } = await store.list({ limit: 1 });
    const marches = await store.list(cursor === undefined ? {} : { cursor });
    expect(marches.items.length).toBeGreaterThan(0);
    proxy.forget();
    const old = Buffer.from(JSON.stringify({ month: '2026-03', before: newRunId() })).toString('base64url');
    expect((await store.list({ cursor: old })).items).toHaveLength(2);
    const months = proxy.calls.flatMap((call) =>
      Object.values<{ S: string }>(call.body.ExpressionAttributeValues ?? {}),
    );
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
    proxy.intercept(async (call, forward) => {
      if (call.operation === 'BatchWriteItem') {
        proxy.intercept((later, pass) => pass(later));
        reached.resolve();
        await held.promise;
      }
      return forward(call);
    });
    const late = storeOf().openSlice(aSlice(runId, { width: 9 }), batches);
    await reached.promise;
    await storeOf().openSlice(aSlice(runId), batches);
    const running = aProgress(runId, batchId(), { state: 'running', startedAt: sampleTime });
    await storeOf().putProgress(running);
    held.resolve();
    expect(await late).toEqual(aSlice(runId));
    expect(await storeOf().getProgress(runId, batchId())).toEqual(running);
  });
});

describe('what the table leaves undone', () => {
  const leaveUndone = (left: number) => {
    let remaining = left;
    proxy.intercept(async (call, forward) => {
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
    const results = many(60).map((n) => aResult(runId, { nodeId: nodeId(`n${100 + n}`) }));
    leaveUndone(130);
    await storeOf().putResults(results);
    proxy.intercept((call, forward) => forward(call));
    expect(await storeOf().listResults(runId, batchId())).toEqual(results);
    expect(waits).toEqual([50, 100, 200]);
  });

  it('gives up after ten tries and says that it is worth another one', async () => {
    leaveUndone(Number.POSITIVE_INFINITY);
    const writing = storeOf().putResults([aResult(newRunId())]);
    await expect(writing).rejects.toMatchObject({ code: 'store.unavailable', kind: { retryable: true } });
    expect(proxy.calls).toHaveLength(10);
    expect(Math.max(...waits)).toBe(2_500);
  });

  it('reads unprocessed keys again', async () => {
    const runId = newRunId();
    const outputs = many(10).map((n) => ({ runId, nodeId: nodeId(`n${n}`), operationId: 'df', values: { n: `${n}` } }));
    await storeOf().putOutputs(outputs);
    let cut = false;
    proxy.intercept(async (call, forward) => {
      if (cut) return forward(call);
      cut = true;
      const { Keys, ...rest } = call.body.RequestItems[table.defaultName];
      const ask = (keys: unknown) => ({ [table.defaultName]: { ...rest, Keys: keys } });
      const answer = await forward({ ...call, body: { RequestItems: ask(Keys.slice(4)) } });
      return { ...answer, body: { ...answer.body, UnprocessedKeys: ask(Keys.slice(0, 4)) } };
    });
    expect(await storeOf().getOutputs(runId, outputs)).toEqual(outputs);
    expect(waits).toEqual([50]);
  });
});

describe('errors of the table', () => {
  it.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('turns %s %s into store.unavailable, with the cause', async (status, errorName) => {
    proxy.intercept(async () => failure(status, errorName));
    const errors = await Promise.all(
      [
        storeOf().get(newRunId()),
        storeOf().create(aRun()),
        storeOf().putResults([aResult(newRunId())]),
        storeOf().listSlices(newRunId()),
        storeOf().setFailures(aGroup(newRunId()), batchId(), 1),
      ].map((call) => call.then(() => undefined).catch((error: unknown) => error)),
    );
    for (const error of errors)
      expect(error).toMatchObject({
        code: 'store.unavailable',
        kind: { retryable: true },
        cause: expect.objectContaining({ name: errorName }),
      });
  });

  it('turns a closed port into store.unavailable', async () => {
    const gone = await startProxy(dynalite.endpoint);
    await gone.stop();
    const lone = localClient(gone.endpoint, { maxAttempts: 1 });
    const store = createDynamoStore({ client: lone, tableName: table.defaultName, now: () => now });
    await expect(store.get(newRunId())).rejects.toMatchObject({ code: 'store.unavailable' });
    lone.destroy();
  });

  it('says that the table is not there', async () => {
    await expect(storeOf({ tableName: 'elsewhere' }).get(newRunId())).rejects.toMatchObject({ code: 'config.invalid' });
  });

  it('takes any other refusal for a bug, with the cause', async () => {
    proxy.intercept(async () => failure(400, 'ValidationException', 'odd'));
    await expect(storeOf().get(newRunId())).rejects.toMatchObject({
      code: 'internal.bug',
      cause: expect.objectContaining({ message: 'odd' }),
    });
  });

  it.each([
    ['no JSON', '{'],
    ['not an object', 'null'],
    ['no record', '{"actor":1}'],
  ])('names the stored record that does not fit: %s', async (_, record) => {
    const run = aRun();
    await storeOf().create(run);
    proxy.intercept(async (call, forward) => {
      const answer = await forward(call);
      return { ...answer, body: { Item: { ...answer.body.Item, record: { S: record } } } };
    });
    await expect(storeOf().get(run.runId)).rejects.toMatchObject({
      code: 'internal.bug',
      message: expect.stringContaining(run.runId),
    });
  });
});

describe('retention', () => {
  const keep = 3600;

  it('gives every item that belongs to a run an expiry, in epoch seconds', async () => {
    const store = storeOf({ retentionSeconds: keep });
    const run = aRun();
    const { runId } = run;
    await store.create(run);
    await store.createGroup(aGroup(runId));
    await store.openSlice(aSlice(runId), [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }]);
    const { invocationId } = (await store.createInvocation(anInvocation(runId))).invocation;
    const times = { sentAt: sampleTime, deliverBy: sampleTime, deadlineAt: sampleTime };
    await store.recordSent({ runId, invocationId, agent: 'aws', agentInvocationId: 'command', ...times });
    await store.putResults([aResult(runId)]);
    await store.putOutputs([{ runId, nodeId: nodeId('n1'), operationId: 'df', values: {} }]);
    const items = proxy.calls.flatMap(({ operation, body }) => {
      if (operation === 'PutItem') return [body.Item];
      if (operation === 'BatchWriteItem') return putsOf({ operation, body }).map((put) => Object(put).PutRequest.Item);
      return [];
    });
    expect(items).toHaveLength(9);
    for (const item of items) expect(item[table.ttlAttribute]).toEqual({ N: String(start / 1000 + keep) });
  });

  it('treats what has expired as gone, though the table still has it', async () => {
    const store = storeOf({ retentionSeconds: keep });
    const run = aRun();
    const { runId } = run;
    await store.create(run);
    await store.createGroup(aGroup(runId));
    await store.openSlice(aSlice(runId), [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }]);
    await store.createInvocation(anInvocation(runId));
    await store.putResults([aResult(runId)]);
    const look = async () => [
      await store.get(runId),
      (await store.list({})).items.find((one) => one.runId === runId),
      ...(await store.listGroups(runId)),
      await store.getSlice(runId, sliceId()),
      ...(await store.listSlices(runId)),
      await store.getBatch(runId, batchId()),
      await store.getProgress(runId, batchId()),
      ...(await store.listProgress(runId, sliceId())),
      ...(await store.listInvocations(runId, batchId())),
      ...(await store.listResults(runId, batchId())),
    ];
    now = start + keep * 1000 - 1;
    expect((await look()).filter(Boolean)).toHaveLength(10);
    now = start + keep * 1000;
    expect((await look()).filter(Boolean)).toEqual([]);
    expect(await store.putResultIfAbsent(aResult(runId))).toBe(true);
    expect(await store.create({ ...run, actor: 'bob' })).toBe(true);
  });
});

describe('definition of the table', () => {
  it('defines every key it names', () => {
    const input = createTableInput('x');
    const keys = [input.KeySchema, ...input.GlobalSecondaryIndexes.map((index) => index.KeySchema)].flat();
    expect(keys.map((key) => key.AttributeName)).toEqual(['pk', 'sk', 'gsi1pk', 'gsi1sk']);
    expect(input.AttributeDefinitions.map((one) => one.AttributeName)).toEqual(['pk', 'sk', 'gsi1pk', 'gsi1sk']);
  });
});
