import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import type { StoreUnderTest } from '#test/contract/open-for-suite.ts';
import { storeContract } from '#test/contract/store-contract.ts';
import { startDynalite } from '#test/kit/dynalite.ts';
import {
  aBatch,
  aGroup,
  anInvocation,
  aProgress,
  aResult,
  aRun,
  aSlice,
  batchId,
  sampleTime,
} from '#test/kit/store-samples.ts';

const openStore = async (options: { readonly path?: string } = {}): Promise<StoreUnderTest> => {
  const dynalite = await startDynalite(options);
  let now = Date.parse(sampleTime);
  const store = createDynamoStore({ client: dynalite.client, tableName: dynalite.tableName, now: () => now });
  const setNow = (epochMs: number) => {
    now = epochMs;
  };
  return { store, setNow, close: dynalite.stop };
};

const onDisk = async (): Promise<StoreUnderTest> => {
  const path = await mkdtemp(join(tmpdir(), 'drover-store-'));
  const subject = await openStore({ path });
  const close = async () => {
    await subject.close();
    await rm(path, { recursive: true });
  };
  return { ...subject, close };
};

storeContract('DynamoDB in memory', openStore);
storeContract('DynamoDB on disk', onDisk);

describe('DynamoDB on disk, opened again', () => {
  it('still has everything', async () => {
    const path = await mkdtemp(join(tmpdir(), 'drover-store-'));
    const run = aRun();
    const { runId } = run;
    const before = await openStore({ path });
    await before.store.create(run);
    await before.store.createGroup(aGroup(runId));
    await before.store.openSlice(aSlice(runId), [
      { batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) },
    ]);
    await before.store.createInvocation(anInvocation(runId));
    await before.store.putResults([aResult(runId)]);
    await before.close();

    const after = await openStore({ path });
    const { store } = after;
    expect(await store.list({})).toEqual({ items: [run] });
    expect(await store.listGroups(runId)).toEqual([aGroup(runId)]);
    expect(await store.listSlices(runId)).toEqual([aSlice(runId)]);
    expect(await store.getBatch(runId, batchId())).toEqual(aBatch(runId, batchId()));
    expect(await store.listInvocations(runId, batchId())).toEqual([anInvocation(runId)]);
    expect(await store.listResults(runId, batchId())).toEqual([aResult(runId)]);
    expect((await store.createInvocation(anInvocation(runId))).created).toBe(false);
    await after.close();
    await rm(path, { recursive: true });
  });
});
