import { describe, expect, it } from 'vitest';
import type { RunRecord } from '#shared/model/run.ts';
import { aRun, newRunId, sampleTime } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite, type StoreUnderTest } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

const hardValues = {
  text: 'naïve 🚀 \u0000 \ud800 "quoted" \\ </script>',
  large: '🚀'.repeat(75_000),
  numbers: [1e300, -0.1, Number.MAX_SAFE_INTEGER, 5e-324],
  nested: { '': null, 'a.b': [[], {}, [false]], 'key with blanks': '' },
};

const claimOf = (change = {}) => ({
  principal: 'alice',
  key: 'k1',
  requestDigest: 'd1',
  runId: newRunId(),
  ttlSeconds: 3600,
  ...change,
});

const everyPage = async ({ store }: StoreUnderTest, limit: number): Promise<readonly (readonly RunRecord[])[]> => {
  const pages: (readonly RunRecord[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.list(cursor === undefined ? { limit } : { limit, cursor });
    pages.push(page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
};

/** Runs, idempotency keys and the list of runs. */
export const runContract = (name: string, open: OpenStore): void => {
  describe(`${name}: runs`, () => {
    const subject = openForSuite(open);

    it('creates a run once and keeps the first', async () => {
      const { store } = subject();
      const run = aRun();
      expect(await store.create(run)).toBe(true);
      expect(await store.create({ ...run, actor: 'bob' })).toBe(false);
      expect(await store.get(run.runId)).toEqual(run);
    });

    it('lists attempts that may be open until they are forgotten, in the order of their runs', async () => {
      const { store } = subject();
      const mine = [aRun(), aRun()].map(({ runId }) => runId).sort();
      for (const runId of mine) for (const attempt of [2, 10, 1]) await store.noteOpen({ runId, attempt });
      const listed = async () => (await store.listOpen()).filter(({ runId }) => mine.includes(runId));
      const places = async () => (await listed()).map(({ runId, attempt }) => `${mine.indexOf(runId)} ${attempt}`);
      expect(await places()).toEqual(['0 1', '0 2', '0 10', '1 1', '1 2', '1 10']);
      expect((await listed())[0]?.notedAt).toMatch(/^\d{4}-\d\d-\d\dT/);

      const [first] = await listed();
      if (first === undefined) throw new Error('Nothing is listed');
      await store.forgetOpen(first);
      await store.forgetOpen(first);
      expect(await places()).toEqual(['0 2', '0 10', '1 1', '1 2', '1 10']);
      await store.noteOpen(first);
      expect(await places()).toContain('0 1');
    });

    it('lets exactly one of many creators win', async () => {
      const { store } = subject();
      const run = aRun();
      const won = await Promise.all(many(8).map((n) => store.create({ ...run, actor: `a${n}` })));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.get(run.runId))?.actor).toBe(`a${won.indexOf(true)}`);
    });

    it('knows nothing of an unknown run', async () => {
      expect(await subject().store.get(newRunId())).toBeUndefined();
    });

    it('keeps every field and every JSON value', async () => {
      const { store } = subject();
      const run = aRun({
        params: hardValues,
        context: { hard: hardValues.nested },
        nodesBlob: 'nodes/1.json',
        reason: 'wegen Übermut',
        startedAt: sampleTime,
        endedAt: sampleTime,
        holdToken: 't'.repeat(4096),
      });
      await store.create(run);
      expect(await store.get(run.runId)).toStrictEqual(run);
    });

    it('replaces a run that is one version behind, and no other', async () => {
      const { store } = subject();
      const run = aRun();
      await store.create(run);
      const second: RunRecord = { ...run, version: 2, status: 'running' };
      await store.replace(second);
      await expect(store.replace({ ...second, status: 'failed' })).rejects.toMatchObject({ code: 'store.conflict' });
      await expect(store.replace({ ...run, version: 4 })).rejects.toMatchObject({ code: 'store.conflict' });
      expect(await store.get(run.runId)).toEqual(second);
    });

    it('drops a field that the replacing run does not have', async () => {
      const { store } = subject();
      const { holdToken, ...run } = aRun({ holdToken: 'token' });
      await store.create({ ...run, holdToken });
      await store.replace({ ...run, version: 2 });
      expect(await store.get(run.runId)).toStrictEqual({ ...run, version: 2 });
    });

    it('lets exactly one of many replacers win and tells the others', async () => {
      const { store } = subject();
      const run = aRun();
      await store.create(run);
      const writes = await Promise.allSettled(
        many(8).map((n) => store.replace({ ...run, version: 2, reason: `r${n}` })),
      );
      expect(writes.filter((write) => write.status === 'fulfilled')).toHaveLength(1);
      for (const write of writes)
        if (write.status === 'rejected') expect(write.reason).toMatchObject({ code: 'store.conflict' });
      const winner = writes.findIndex((write) => write.status === 'fulfilled');
      expect((await store.get(run.runId))?.reason).toBe(`r${winner}`);
    });

    it('refuses to replace a run that was never created', async () => {
      await expect(subject().store.replace(aRun({ version: 2 }))).rejects.toMatchObject({ code: 'record.missing' });
    });
  });

  describe(`${name}: idempotency keys`, () => {
    const subject = openForSuite(open);

    it('gives the first caller its own claim and later ones the first', async () => {
      const { store } = subject();
      const first = claimOf();
      expect(await store.claimKey(first)).toEqual(first);
      expect(await store.claimKey(first)).toEqual(first);
      expect(await store.claimKey(claimOf({ requestDigest: 'other' }))).toEqual(first);
    });

    it('gives callers at the same time one and the same claim', async () => {
      const { store } = subject();
      const claims = many(6).map((n) => claimOf({ key: 'race', requestDigest: `d${n}` }));
      const held = await Promise.all(claims.map((claim) => store.claimKey(claim)));
      expect(new Set(held.map((claim) => claim.runId)).size).toBe(1);
      expect(claims).toContainEqual(held[0]);
    });

    it('keeps the keys of callers apart, whatever characters they have', async () => {
      const { store } = subject();
      const names = [
        ['a#b', 'c'],
        ['a', 'b#c'],
        ['A', 'b#c'],
        ['a', 'by#b#c'],
        ['ä 🚀', ''],
      ];
      const claims = names.map(([principal, key]) => claimOf({ principal, key }));
      expect(await Promise.all(claims.map((claim) => store.claimKey(claim)))).toEqual(claims);
    });

    it('lets a key be claimed anew once its time is over', async () => {
      const { store, setNow } = subject();
      const start = Date.parse(sampleTime);
      const first = claimOf({ key: 'short', ttlSeconds: 60 });
      const second = claimOf({ key: 'short' });
      await store.claimKey(first);
      setNow(start + 59_000);
      expect(await store.claimKey(second)).toEqual(first);
      setNow(start + 61_001);
      expect(await store.claimKey(second)).toEqual(second);
      setNow(start);
    });
  });

  describe(`${name}: list of runs`, () => {
    const subject = openForSuite(open);
    const months = ['2026-11', '2026-10', '2026-08', '2025-12', '2024-11'];

    it('is empty at first', async () => {
      expect(await subject().store.list({})).toEqual({ items: [] });
    });

    it('walks back over months, newest first, and ends after 24 months', async () => {
      const { store } = subject();
      const created = months.map((month) => `${month}-05T10:00:00.000Z`).toReversed();
      const tooOld = aRun({ createdAt: '2024-10-31T23:59:59.999Z' });
      const runs = [tooOld, ...created.flatMap((createdAt) => [aRun({ createdAt }), aRun({ createdAt })])];
      for (const run of runs) await store.create(run);
      const expected = runs.slice(1).toReversed();

      expect((await everyPage(subject(), 3)).map((page) => page.length)).toEqual([3, 3, 3, 1]);
      expect((await everyPage(subject(), 3)).flat()).toEqual(expected);
      expect(await everyPage(subject(), 5)).toEqual([expected.slice(0, 5), expected.slice(5)]);
      expect(await store.list({ limit: 10 })).toEqual({ items: expected });
    });

    it('shows a run as it is now', async () => {
      const { store } = subject();
      const run = aRun();
      await store.create(run);
      await store.replace({ ...run, version: 2, status: 'succeeded' });
      expect((await store.list({ limit: 1 })).items).toEqual([{ ...run, version: 2, status: 'succeeded' }]);
    });

    it('gives 100 runs unless asked for more', async () => {
      const { store } = subject();
      const runs = many(130).map(() => aRun());
      await Promise.all(runs.map((run) => store.create(run)));
      expect((await store.list({})).items).toEqual(runs.toReversed().slice(0, 100));
      expect((await store.list({ limit: 1000 })).items.slice(0, 130)).toEqual(runs.toReversed());
    });

    it.each([0, 1001, 1.5, Number.NaN])('refuses a limit of %s', async (limit) => {
      await expect(subject().store.list({ limit })).rejects.toMatchObject({ code: 'request.invalid' });
    });

    it.each(['', 'nonsense', 'e30', Buffer.from('{"month":"2026-99","before":"x"}').toString('base64url')])(
      'refuses the cursor "%s"',
      async (cursor) => {
        await expect(subject().store.list({ cursor })).rejects.toMatchObject({ code: 'request.invalid' });
      },
    );
  });
};
