import { describe, expect, it } from 'vitest';
import { continueRun } from '#functions/continue-run/continue-run.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { host, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groups = [{ name: 'g', maxFailures: '100%', phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];
const all = { mode: 'continue', only: {} } as const;

/** A run that failed on i-002 at its second operation. */
const failed = async (rig: Rig): Promise<RunId> => {
  rig.script.answer = ({ instanceId, operation }) => ({ exit: instanceId === 'i-002' && operation === 'b' ? 3 : 0 });
  const runId = await rig.submit(groups);
  expect(await driveAttempt(rig, runId)).toBe('failed');
  rig.script.answer = () => ({ exit: 0 });
  return runId;
};
const sentTo = (rig: Rig, attempt: number) =>
  rig.aws.sends
    .filter((one) => one.invocationId.includes(`.a${attempt}-`))
    .map((one) => [one.invocationId.split('.')[2], ...one.instanceIds].join(' '));

describe('continueRun', () => {
  it('adds an attempt and starts it, and takes back what was said of the end', async () => {
    const rig = newRig();
    const runId = await failed(rig);
    await rig.services.continueRun(runId, all, 'bob');

    const run = await rig.store.get(runId);
    expect(run).toMatchObject({ status: 'queued', control: 'go', attempts: [{ status: 'failed' }, { actor: 'bob' }] });
    expect(run?.endedAt).toBeUndefined();
    expect(run?.reason).toBeUndefined();
    expect(rig.engine.started).toEqual([`${runId}-1`, `${runId}-2`]);
  });

  it('runs only what is left, each node from its own next operation', async () => {
    const rig = newRig();
    const runId = await failed(rig);
    await rig.services.continueRun(runId, all, 'bob');

    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');

    expect(sentTo(rig, 2)).toEqual(['o1 i-002']);
  });

  it('runs everything again with force, and the chosen nodes only when they are named', async () => {
    const rig = newRig();
    const runId = await failed(rig);
    await rig.services.continueRun(runId, { mode: 'force', only: { nodes: [host('i-003').id] } }, 'bob');
    await driveAttempt(rig, runId, 2);
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'bob');

    expect(await driveAttempt(rig, runId, 3)).toBe('succeeded');

    expect(sentTo(rig, 2)).toEqual(['o0 i-003', 'o1 i-003']);
    expect(sentTo(rig, 3)).toEqual(['o0 i-001 i-002 i-003', 'o1 i-001 i-002 i-003']);
  });

  it('does not carry the reason of an abort into the next attempt', async () => {
    const rig = newRig();
    const runId = await rig.submit(groups);
    await rig.services.abortRun(runId, { reason: 'oops' }, 'ann');
    expect(await driveAttempt(rig, runId)).toBe('aborted');
    await rig.services.continueRun(runId, all, 'bob');

    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');

    const view = await rig.services.viewRun(runId);
    expect(view.reason).toBeUndefined();
    expect(view.attempts[0]?.reason).toBe('Aborted by ann: oops');
  });

  it('is refused while the run is under way, and when nothing is left', async () => {
    const rig = newRig();
    const queued = await rig.submit(groups);
    const done = await rig.submit(groups);
    await driveAttempt(rig, done);

    await expect(rig.services.continueRun(queued, all, 'bob')).rejects.toMatchObject({
      code: 'run.conflict',
      message: expect.stringContaining('is queued'),
    });
    await expect(rig.services.continueRun(done, all, 'bob')).rejects.toMatchObject({
      code: 'run.conflict',
      hint: expect.stringContaining('--force'),
    });
    await expect(
      rig.services.continueRun(done, { mode: 'force', only: { groups: ['nope'] } }, 'bob'),
    ).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('adds one attempt when two ask at once', async () => {
    const rig = newRig();
    const runId = await failed(rig);

    const both = await Promise.allSettled([
      rig.services.continueRun(runId, all, 'ann'),
      rig.services.continueRun(runId, all, 'bob'),
    ]);

    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await rig.store.get(runId))?.attempts).toHaveLength(2);
  });

  it('starts an attempt that an earlier request added and could not start', async () => {
    const rig = newRig();
    const runId = await failed(rig);
    const engine = { ...rig.engine, start: () => Promise.reject(new Error('no network')) };
    const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
    const deps = {
      store: rig.store,
      json: createJsonBlobs(rig.blobs),
      engine,
      clock: rig.clock,
      log,
      abort: rig.services.abortRun,
    };
    await expect(continueRun(deps)(runId, all, 'ann')).rejects.toThrow('no network');

    await expect(rig.services.continueRun(runId, all, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });

    expect(rig.engine.started.at(-1)).toBe(`${runId}-2`);
    expect((await rig.store.get(runId))?.attempts).toHaveLength(2);
  });
});
