import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { expireOld, keepExpiring } from '#local/expire-old.ts';
import { expireItems } from '#local/table/expire-items.ts';
import { daySeconds } from '#shared/config/retention.ts';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { aResult, aRun, batchId, nodeId } from '#test/kit/store-samples.ts';
import { silentLog } from '#test/kit/system.ts';

const dayMs = daySeconds * 1000;
const start = Date.parse('2026-11-21T00:00:00Z');
let table: Dynalite;
let dir: string;

beforeAll(async () => {
  table = await startDynalite();
  dir = mkdtempSync(join(tmpdir(), 'drover-expire-'));
});
afterAll(async () => {
  await table.stop();
  rmSync(dir, { recursive: true, force: true });
});

const storeAt = (now: number) =>
  createDynamoStore({ ...table, now: () => now, retentionSeconds: 10 * daySeconds, historySeconds: 20 * daySeconds });
const expire = (days: number) => expireItems({ ...table, now: start + days * dayMs, pauseMs: 0 });

describe('what is over on the local cloud', () => {
  it('is really deleted from the table, kind by kind, and nothing that is written later or has no end', async () => {
    const store = storeAt(start);
    const run = aRun();
    await store.create(run);
    const results = Array.from({ length: 1_500 }, (_, i) =>
      aResult(run.runId, { batchId: batchId(i % 7), operationIndex: i, nodeId: nodeId(`i-${i}-${'n'.repeat(80)}`) }),
    );
    await store.putResults(results);
    await store.putBudget({ name: 'b', where: 'true', max: 1, version: 1, updatedAt: run.createdAt, updatedBy: 'ann' });
    const later = aRun();
    await storeAt(start + 5 * dayMs).create(later);

    expect(await expire(9)).toBe(0);
    expect(await expire(10)).toBe(1_501);
    expect(await expire(10)).toBe(0);
    expect(await store.get(run.runId)).toBeUndefined();
    expect(await store.get(later.runId)).toEqual(later);
    expect(await expire(15)).toBe(1);
    expect(await store.listBudgets()).toHaveLength(1);
  });

  it('is removed from the blobs when the runs and a margin are over, sealed secrets after a day', async () => {
    const now = Date.now();
    const put = async (key: string, ageDays: number) => {
      const path = join(dir, key);
      await mkdir(join(path, '..'), { recursive: true });
      await writeFile(path, 'x');
      const at = (now - ageDays * dayMs) / 1000;
      await utimes(path, at, at);
    };
    for (const [key, age] of [
      ['secrets/r/old', 2],
      ['secrets/r/new', 0.5],
      ['output/r/f/old', 101],
      ['output/r/f/new', 99],
      ['jobs/old.json', 101],
    ] as const)
      await put(key, age);
    const options = {
      table,
      blobsDir: dir,
      retention: { runDays: 10, historyDays: 20, firingDays: 5 },
      clock: { now: () => now },
      log: silentLog,
    };

    const expiring = keepExpiring({ ...options, stateFile: join(dir, 'new') });
    await expiring.stop();
    await expireOld(options);

    const files = await readdir(dir, { recursive: true, withFileTypes: true });
    expect(files.filter((one) => one.isFile()).map(({ name }) => name)).toEqual(['new', 'new']);
  });

  it('is looked for by a cloud that is up, every six hours however often it is started', async () => {
    const retention = { runDays: 10, historyDays: 20, firingDays: 5 };
    const run = aRun();
    await storeAt(start).create(run);
    const now = start + 11 * dayMs;
    const stateFile = join(dir, 'expired-at');
    const options = { table, blobsDir: dir, retention, clock: { now: () => now }, log: silentLog, stateFile };
    const expiring = keepExpiring(options);
    await expect.poll(() => readFile(stateFile, 'utf8').catch(() => ''), { timeout: 10_000 }).toBe(String(now));
    await expiring.stop();
    expect(await storeAt(start).get(run.runId)).toBeUndefined();

    // The next cloud has nothing to look for yet, and six hours later it has.
    const another = aRun();
    await storeAt(start).create(another);
    const soon = keepExpiring(options);
    await soon.stop();
    expect(await storeAt(start).get(another.runId)).toEqual(another);
    const later = keepExpiring({ ...options, clock: { now: () => now + 6 * 3_600_000 } });
    await expect.poll(() => storeAt(start).get(another.runId), { timeout: 10_000 }).toBeUndefined();
    await later.stop();
  });
});
