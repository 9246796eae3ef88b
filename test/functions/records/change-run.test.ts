import { describe, expect, it } from 'vitest';
import { changeRun, isAttemptOpen, withLastAttempt } from '#functions/records/change-run.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { useRigs } from '#test/kit/rig.ts';
import { aRun, newRunId } from '#test/kit/store-samples.ts';

const newRig = useRigs();

const stored = async () => {
  const { store } = newRig();
  const run = aRun({ reason: 'Paused by ann' });
  await store.create(run);
  return { store, runId: run.runId };
};

describe('changeRun', () => {
  it('writes what the change gives under the next version, and removes fields that it leaves out', async () => {
    const { store, runId } = await stored();

    const run = await changeRun(store, runId, ({ reason: _reason, ...kept }) => ({ ...kept, status: 'running' }));

    expect(run).toMatchObject({ status: 'running', version: 2 });
    expect(run.reason).toBeUndefined();
    expect(await store.get(runId)).toEqual(run);
  });

  it('writes nothing when there is nothing to do', async () => {
    const { store, runId } = await stored();

    expect(await changeRun(store, runId, () => undefined)).toMatchObject({ version: 1 });

    expect((await store.get(runId))?.version).toBe(1);
  });

  it('decides again on what the other one wrote when two come at once: no change is lost', async () => {
    const { store, runId } = await stored();
    const add = (one: RunRecord): RunRecord => ({ ...one, attempts: [...one.attempts, ...one.attempts.slice(-1)] });

    await Promise.all(Array.from({ length: 5 }, () => changeRun(store, runId, add)));

    expect(await store.get(runId)).toMatchObject({ version: 6 });
    expect((await store.get(runId))?.attempts).toHaveLength(6);
  });

  it('gives up when others keep coming first', async () => {
    const { store, runId } = await stored();
    let tries = 0;
    const replace = async () => {
      tries += 1;
      throw new AppError('store.conflict', 'somebody else');
    };

    await expect(changeRun({ get: store.get, replace }, runId, (run) => run)).rejects.toMatchObject({
      code: 'store.conflict',
    });

    expect(tries).toBe(8);
  });

  it('passes on every other error, and what the change throws', async () => {
    const { store, runId } = await stored();
    const refuse = () => {
      throw new AppError('run.conflict', 'no');
    };
    const replace = () => Promise.reject(new AppError('store.unavailable', 'no network'));

    await expect(changeRun(store, runId, refuse)).rejects.toMatchObject({ code: 'run.conflict' });
    await expect(changeRun({ get: store.get, replace }, runId, (run) => run)).rejects.toMatchObject({
      code: 'store.unavailable',
    });
    await expect(changeRun(store, newRunId(), () => undefined)).rejects.toMatchObject({ code: 'run.not-found' });
  });
});

describe('an attempt', () => {
  it('is open while it is the last one and the run has not ended', () => {
    expect(isAttemptOpen(aRun(), 1)).toBe(true);
    expect(isAttemptOpen(aRun({ status: 'pausing' }), 1)).toBe(true);
    expect(isAttemptOpen(aRun({ status: 'failed' }), 1)).toBe(false);
    expect(isAttemptOpen(aRun({ attempts: [...aRun().attempts, ...aRun().attempts] }), 1)).toBe(false);
  });

  it('is changed alone', () => {
    const [first] = aRun().attempts;
    const run = aRun({ attempts: [first!, { ...first!, attempt: 2 }] });

    expect(withLastAttempt(run, { status: 'failed' }).map((one) => one.status)).toEqual(['queued', 'failed']);
  });
});
