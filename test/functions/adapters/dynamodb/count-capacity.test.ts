import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countCapacity } from '#functions/adapters/dynamodb/count-capacity.ts';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createUsageMeter } from '#functions/runtime/usage-meter.ts';
import type { Usage } from '#shared/model/usage.ts';
import type { Store } from '#shared/ports/store.ts';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { aResult, aRun, batchId, sampleTime } from '#test/kit/store-samples.ts';

const meter = createUsageMeter();
let dynalite: Dynalite;
let store: Store;

beforeAll(async () => {
  dynalite = await startDynalite();
  const client = countCapacity(dynalite.client, meter);
  store = createDynamoStore({ client, tableName: dynalite.tableName, now: () => Date.parse(sampleTime) });
});

afterAll(() => dynalite.stop());

const usedBy = async (work: () => Promise<unknown>): Promise<Usage> => {
  const { settled, used } = await meter.measure(work);
  if (settled.status === 'rejected') throw settled.reason;
  return used;
};

describe('countCapacity', () => {
  it('counts units of single writes and strong reads, and conditions that do not hold', async () => {
    const run = aRun();
    // The run and its place in the index.
    expect((await usedBy(() => store.create(run))).tableWrites).toBeGreaterThanOrEqual(1);
    expect(await usedBy(() => store.create(run))).toMatchObject({ tableWrites: 1, tableReads: 0 });
    expect(await usedBy(() => store.get(run.runId))).toMatchObject({ tableReads: 1, tableWrites: 0 });
  });

  it('counts each item of a bulk write', async () => {
    const { runId } = aRun();
    const results = Array.from({ length: 60 }, (_, i) => aResult(runId, { batchId: batchId(0), operationIndex: i }));
    expect(await usedBy(() => store.putResults(results))).toMatchObject({ tableWrites: 60 });
    const { tableReads } = await usedBy(() => store.listResults(runId, batchId(0)));
    expect(tableReads).toBeGreaterThan(1);
    expect(tableReads).toBeLessThan(60);
  });
});
