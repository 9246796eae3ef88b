import { describe, expect, it } from 'vitest';
import { aGroup, aRun, aSlice, batchId, newRunId, sampleTime, tallyOf } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Groups: frozen targets, failures, soak. */
export const groupContract = (name: string, open: OpenStore): void => {
  describe(`${name}: groups`, () => {
    const subject = openForSuite(open);

    it('creates a group once and returns what is stored', async () => {
      const { store } = subject();
      const group = aGroup(newRunId());
      expect(await store.createGroup(group)).toEqual(group);
      expect(await store.createGroup({ ...group, targetsBlob: 'other' })).toEqual(group);
      expect(await store.getGroup(group.runId, 1, 0)).toEqual(group);
    });

    it('gives all of many creators the same group', async () => {
      const { store } = subject();
      const group = aGroup(newRunId());
      const stored = await Promise.all(many(8).map((n) => store.createGroup({ ...group, targetsBlob: `t${n}` })));
      expect(new Set(stored.map((one) => one.targetsBlob)).size).toBe(1);
    });

    it('keeps every field', async () => {
      const { store } = subject();
      const group = aGroup(newRunId(), {
        attempt: 3,
        groupIndex: 12,
        tallies: { [batchId(7)]: [...tallyOf(3)] },
        stopReason: 'why',
        soakUntil: { 0: sampleTime, 12: sampleTime },
        stopped: true,
        endedAt: sampleTime,
      });
      await store.createGroup(group);
      expect(await store.getGroup(group.runId, 3, 12)).toStrictEqual(group);
    });

    it('knows nothing of an unknown group', async () => {
      const { store } = subject();
      const { runId } = await store.createGroup(aGroup(newRunId()));
      expect(await store.getGroup(runId, 2, 0)).toBeUndefined();
      expect(await store.getGroup(runId, 1, 1)).toBeUndefined();
      expect(await store.listGroups(newRunId())).toEqual([]);
    });

    it('sets the tally of a batch, however often it is said', async () => {
      const { store } = subject();
      const group = await store.createGroup(aGroup(newRunId()));
      await store.setTally(group, batchId(1), tallyOf(2));
      await store.setTally(group, batchId(1), tallyOf(2));
      expect((await store.setTally(group, batchId(2), [])).tallies).toEqual({
        [batchId(1)]: tallyOf(2),
        [batchId(2)]: [],
      });
      expect((await store.setTally(group, batchId(1), tallyOf(5))).tallies[batchId(1)]).toEqual(tallyOf(5));
    });

    it('loses no tally of batches that end together', async () => {
      const { store } = subject();
      const group = await store.createGroup(aGroup(newRunId()));
      await Promise.all(many(30).map((n) => store.setTally(group, batchId(n), tallyOf(n))));
      const expected = Object.fromEntries(many(30).map((n) => [batchId(n), tallyOf(n)]));
      expect((await store.getGroup(group.runId, 1, 0))?.tallies).toEqual(expected);
    });

    it('updates the fields it is given and no other', async () => {
      const { store } = subject();
      const group = await store.createGroup(aGroup(newRunId()));
      await store.setTally(group, batchId(), tallyOf(1));
      expect((await store.updateGroup(group, { stopped: true, stopReason: 'why' })).stopped).toBe(true);
      const ended = await store.updateGroup(group, { status: 'failed', endedAt: sampleTime });
      const expected = {
        ...group,
        tallies: { [batchId()]: tallyOf(1) },
        stopped: true,
        stopReason: 'why',
        status: 'failed',
        endedAt: sampleTime,
      };
      expect(ended).toEqual(expected);
      expect(await store.updateGroup(group, {})).toEqual(expected);
    });

    it('sets the end of a soak once', async () => {
      const { store } = subject();
      const group = await store.createGroup(aGroup(newRunId()));
      expect(await store.setSoak(group, 2, '2026-11-21T08:00:00.000Z')).toBe('2026-11-21T08:00:00.000Z');
      expect(await store.setSoak(group, 2, '2026-11-21T09:00:00.000Z')).toBe('2026-11-21T08:00:00.000Z');
      expect(await store.setSoak(group, 10, '2026-11-21T09:00:00.000Z')).toBe('2026-11-21T09:00:00.000Z');
      expect((await store.getGroup(group.runId, 1, 0))?.soakUntil).toEqual({
        2: '2026-11-21T08:00:00.000Z',
        10: '2026-11-21T09:00:00.000Z',
      });
    });

    it('gives all that set a soak at once the same end', async () => {
      const { store } = subject();
      const group = await store.createGroup(aGroup(newRunId()));
      const ends = many(8).map((n) => `2026-11-21T08:00:0${n}.000Z`);
      const held = await Promise.all(ends.map((until) => store.setSoak(group, 0, until)));
      expect(new Set(held).size).toBe(1);
      expect(ends).toContain(held[0]);
    });

    it('refuses to change a group that is not there, and makes none', async () => {
      const { store } = subject();
      const key = aGroup(newRunId());
      await expect(store.setTally(key, batchId(), tallyOf(1))).rejects.toMatchObject({ code: 'record.missing' });
      await expect(store.updateGroup(key, { stopped: true })).rejects.toMatchObject({ code: 'record.missing' });
      await expect(store.setSoak(key, 0, sampleTime)).rejects.toMatchObject({ code: 'record.missing' });
      expect(await store.listGroups(key.runId)).toEqual([]);
    });

    it('lists the groups of all attempts by number, and nothing else of the run', async () => {
      const { store } = subject();
      const run = aRun();
      await store.create(run);
      await store.openSlice(aSlice(run.runId), []);
      const places = [
        [10, 0],
        [2, 10],
        [1, 2],
        [2, 2],
        [1, 10],
      ] as const;
      for (const [attempt, groupIndex] of places) await store.createGroup(aGroup(run.runId, { attempt, groupIndex }));
      const listed = await store.listGroups(run.runId);
      expect(listed.map((group) => [group.attempt, group.groupIndex])).toEqual([
        [1, 2],
        [1, 10],
        [2, 2],
        [2, 10],
        [10, 0],
      ]);
    });
  });
};
