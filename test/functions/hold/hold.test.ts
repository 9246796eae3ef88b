import { describe, expect, it } from 'vitest';
import { hold } from '#functions/hold/hold.ts';
import { op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const startedRun = async (rig: Rig) => {
  const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
  await rig.tasks.startRun({ runId, attempt: 1 });
  return runId;
};

describe('hold', () => {
  it('parks its token while the run is paused, once and again with the same outcome', async () => {
    const rig = newRig();
    const runId = await startedRun(rig);
    await rig.services.pauseRun(runId, {}, 'ann');

    await rig.tasks.hold({ runId, attempt: 1, token: 't1' });
    await rig.tasks.hold({ runId, attempt: 1, token: 't1' });

    expect(await rig.store.get(runId)).toMatchObject({ status: 'paused', control: 'pause', holdToken: 't1' });
    expect(rig.engine.completed).toEqual([]);
  });

  it('lets go at once when the run was resumed or aborted before the token came', async () => {
    const rig = newRig();
    const resumed = await startedRun(rig);
    const aborted = await startedRun(rig);
    await rig.services.pauseRun(resumed, {}, 'ann');
    await rig.services.resumeRun(resumed, {}, 'ann');
    await rig.services.abortRun(aborted, {}, 'ann');

    await rig.tasks.hold({ runId: resumed, attempt: 1, token: 't1' });
    await rig.tasks.hold({ runId: aborted, attempt: 1, token: 't2' });

    expect(rig.engine.completed).toEqual(['t1', 't2']);
    expect((await rig.store.get(resumed))?.holdToken).toBeUndefined();
  });

  it('lets go of an attempt that another one followed, and does not touch the run', async () => {
    const rig = newRig();
    const runId = await startedRun(rig);
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: '', Cause: '' } });
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    await rig.services.pauseRun(runId, {}, 'ann');
    const before = await rig.records(runId);

    await rig.tasks.hold({ runId, attempt: 1, token: 'old' });

    expect(rig.engine.completed).toEqual(['old']);
    expect(await rig.records(runId)).toEqual(before);
  });

  it('takes a newer token in the place of one that ran out', async () => {
    const rig = newRig();
    const runId = await startedRun(rig);
    await rig.services.pauseRun(runId, {}, 'ann');
    await rig.tasks.hold({ runId, attempt: 1, token: 't1' });
    await rig.tasks.hold({ runId, attempt: 1, token: 't2' });

    await rig.services.resumeRun(runId, {}, 'ann');

    expect(rig.engine.completed).toEqual(['t2']);
  });

  it('lets go when the resume comes while it is parking', async () => {
    const rig = newRig();
    const runId = await startedRun(rig);
    await rig.services.pauseRun(runId, {}, 'ann');
    let reads = 0;
    const store = {
      ...rig.store,
      get: async (id: typeof runId) => {
        const run = await rig.store.get(id);
        reads += 1;
        if (reads === 1) await rig.services.resumeRun(id, {}, 'ann');
        return run;
      },
    };

    await hold({ store, engine: rig.engine, clock: rig.clock })({ runId, attempt: 1, token: 't1' });

    expect(reads).toBe(2);
    expect(rig.engine.completed).toEqual(['t1']);
    expect(await rig.store.get(runId)).toMatchObject({ status: 'running', control: 'go' });
  });
});
