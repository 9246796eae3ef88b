import { describe, expect, it } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { table } from '#shared/persistence/table.ts';
import { localClient } from '#test/kit/dynalite.ts';
import { aGroup, aResult, aRun, batchId, newRunId, tallyOf } from '#test/kit/store-samples.ts';
import { startProxy, type WireAnswer } from './recording-proxy.ts';
import { wireSuite } from './wire-suite.ts';

const wire = wireSuite();
const _many = (count: number) => Array.from({ length: count }, (_, index) => index);
const failure = (status: number, name: string, message = 'no'): WireAnswer => ({
  status,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message },
});

describe('errors of the table', () => {
  it.each([
    [400, 'ProvisionedThroughputExceededException'],
    [400, 'ThrottlingException'],
    [400, 'RequestLimitExceeded'],
    [500, 'InternalServerError'],
    [503, 'ServiceUnavailable'],
  ])('turns %s %s into store.unavailable, with the cause', async (status, errorName) => {
    wire.intercept(async () => failure(status, errorName));
    const errors = await Promise.all(
      [
        wire.storeOf().get(newRunId()),
        wire.storeOf().create(aRun()),
        wire.storeOf().putResults([aResult(newRunId())]),
        wire.storeOf().listSlices(newRunId()),
        wire.storeOf().setTally(aGroup(newRunId()), batchId(), tallyOf(1)),
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
    const gone = await startProxy(wire.endpoint());
    await gone.stop();
    const lone = localClient(gone.endpoint, { maxAttempts: 1 });
    const store = createDynamoStore({ client: lone, tableName: table.defaultName, now: () => 0 });
    await expect(store.get(newRunId())).rejects.toMatchObject({ code: 'store.unavailable' });
    lone.destroy();
  });

  it('says that the table is not there', async () => {
    await expect(wire.storeOf({ tableName: 'elsewhere' }).get(newRunId())).rejects.toMatchObject({
      code: 'config.invalid',
    });
  });

  it('takes any other refusal for a bug, with the cause', async () => {
    wire.intercept(async () => failure(400, 'ValidationException', 'odd'));
    await expect(wire.storeOf().get(newRunId())).rejects.toMatchObject({
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
    await wire.storeOf().create(run);
    wire.intercept(async (call, forward) => {
      const answer = await forward(call);
      return { ...answer, body: { Item: { ...answer.body.Item, record: { S: record } } } };
    });
    await expect(wire.storeOf().get(run.runId)).rejects.toMatchObject({
      code: 'internal.bug',
      message: expect.stringContaining(run.runId),
    });
  });
});
