import { describe, expect, it } from 'vitest';
import { purgeRun } from '#functions/purge-run/purge-run.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';
import { silentLog } from '#test/kit/system.ts';

const newRig = useRigs();

const long = 'x'.repeat(9_000);
const groups = [
  {
    name: 'g',
    maxFailures: '100%',
    phases: [
      { name: 'first', on: 'runner', operations: [op('r', { outputs: { v: { default: '' } } })] },
      {
        name: 'p',
        operations: [op('a', { outputs: { v: { default: '' } } }), op('b', { args: ['${{ outputs.a.v }}'] })],
      },
    ],
  },
  { name: 'h', strategy: 'grayScale', roundCount: 2, phases: [{ name: 'q', operations: [op('c')] }] },
];

/** A run that has ended, with outputs and texts in blobs, in two attempts. */
const endedRun = async (rig: Rig): Promise<RunId> => {
  rig.script.answer = ({ operation }) => ({ exit: operation === 'b' ? 3 : 0, stdout: long, outputs: { v: '1' } });
  const runId = await rig.submit(groups, { spec: { exclusive: true } });
  await driveAttempt(rig, runId);
  rig.script.answer = () => ({ exit: 0, stdout: long });
  await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'bob');
  await driveAttempt(rig, runId, 2);
  return runId;
};
/** A run of one operation. */
const smallRun = async (rig: Rig): Promise<RunId> => {
  rig.script.answer = () => ({ exit: 0, stdout: long, outputs: { v: '1' } });
  const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
  await driveAttempt(rig, runId);
  return runId;
};
const rigWithRuns = () => newRig([...hosts(3), runnerNode()]);
/** Items of the table, without what says that a run ended. */
const left = async (rig: Rig, runId: RunId): Promise<readonly string[]> =>
  Object.keys(await rig.records(runId)).filter((key) => !key.startsWith('locks run'));
const blobsOf = (rig: Rig, runId: RunId) => rig.blobs.keys().filter((key) => key.includes(runId));

describe('purgeRun', () => {
  it('removes every item and blob of a run, and nothing of another one', async () => {
    const rig = rigWithRuns();
    const [runId, other] = [await endedRun(rig), await endedRun(rig)];
    const before = [await rig.records(other), blobsOf(rig, other)];
    expect((await left(rig, runId)).length).toBeGreaterThan(20);
    expect(blobsOf(rig, runId).length).toBeGreaterThan(3);

    expect(await rig.services.purgeRun(runId, 'ann')).toMatchObject({ runId, done: true });

    expect(await left(rig, runId)).toEqual([]);
    expect(blobsOf(rig, runId)).toEqual([]);
    expect(await rig.store.get(runId)).toBeUndefined();
    expect([await rig.records(other), blobsOf(rig, other)]).toEqual(before);
    expect((await rig.services.listRuns({ limit: 100 })).items.map((one) => one.runId)).not.toContain(runId);
  });

  it('twice is once, and what never was is done', async () => {
    const rig = rigWithRuns();
    const runId = await smallRun(rig);
    await Promise.all([rig.services.purgeRun(runId, 'ann'), rig.services.purgeRun(runId, 'bob')]).catch(
      () => undefined,
    );
    expect(await rig.services.purgeRun(runId, 'ann')).toEqual({ runId, done: true, batches: 0 });
    expect(await left(rig, runId)).toEqual([]);
  });

  it('refuses a run that goes on', async () => {
    const rig = rigWithRuns();
    const runId = await rig.submit(groups);
    await expect(rig.services.purgeRun(runId, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });
    expect(await rig.store.get(runId)).toMatchObject({ status: 'queued' });
  });

  it('stops when its time is over and goes on with the next request; meanwhile nobody continues the run', async () => {
    const rig = rigWithRuns();
    const runId = await endedRun(rig);
    // Each look at the clock takes ten seconds.
    let now = rig.clock.now();
    const slow = purgeRun({ ...rig, log: silentLog, clock: { now: () => (now += 10_000) } });

    expect(await slow(runId, 'ann')).toMatchObject({ done: false });
    await expect(rig.services.continueRun(runId, { mode: 'force', only: {} }, 'bob')).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining('being removed'),
    });
    let requests = 1;
    while (!(await slow(runId, 'ann')).done) requests += 1;
    expect(requests).toBeGreaterThan(1);
    expect(await left(rig, runId)).toEqual([]);
  });

  it('that died anywhere is taken up by the next request', async () => {
    const rig = rigWithRuns();
    for (let dieAt = 1, died = true; died; dieAt += 1) {
      const runId = await smallRun(rig);
      let calls = 0;
      const dying = new Proxy(rig.store, {
        get: (store, name): unknown => {
          const method: unknown = Reflect.get(store, name);
          if (typeof method !== 'function' || !/^(remove|replace|listProgress)/.test(String(name))) return method;
          return (...args: readonly unknown[]): unknown => {
            calls += 1;
            if (calls === dieAt) throw new Error('died');
            return Reflect.apply(method, store, args);
          };
        },
      });
      died = await purgeRun({ ...rig, store: dying, log: silentLog })(runId, 'ann').then(
        () => false,
        () => true,
      );
      expect(await rig.services.purgeRun(runId, 'ann')).toMatchObject({ done: true });
      expect(await left(rig, runId)).toEqual([]);
      expect(blobsOf(rig, runId)).toEqual([]);
    }
  });

  it('what it cost stays in the sums of its month', async () => {
    const rig = rigWithRuns();
    const runId = await smallRun(rig);
    const costs = () => rig.services.listCosts({});
    const before = await costs();
    await rig.services.purgeRun(runId, 'ann');
    expect(await costs()).toEqual(before);
    expect(before.total.runs).toBeGreaterThan(0);
  });
});
