import { describe, expect, it } from 'vitest';
import { submitRun } from '#functions/submit-run/submit-run.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt, driveSlice } from '#test/kit/drive.ts';
import { hosts, jobOf, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';

const newRig = useRigs();
let keys = 0;
const minutes = (n: number) => n * 60;

/** Jobs of one test share a key that no other test has. */
const line = (more: Readonly<Record<string, unknown>> = {}) => {
  keys += 1;
  return { concurrency: { key: `key-${keys}`, ...more } };
};
const groups = [{ name: 'g', roundCount: 0, phases: [{ name: 'p', operations: [op('a'), op('b')] }] }];
const next = (rig: Rig, runId: RunId, attempt = 1) => rig.tasks.nextStage({ runId, attempt, group: 0 });
const started = async (rig: Rig, spec: ReturnType<typeof line>): Promise<RunId> => {
  const runId = await rig.submit(groups, { spec });
  await rig.tasks.startRun({ runId, attempt: 1 });
  return runId;
};
const status = async (rig: Rig, runId: RunId) => (await rig.store.get(runId))?.status;

describe('the turn of a run', () => {
  it('comes when it may go on: it is queued before, and runs from then on', async () => {
    const rig = newRig();
    const spec = line();
    const a = await started(rig, spec);
    expect(await rig.store.get(a)).toMatchObject({ status: 'queued', turn: { key: spec.concurrency.key, limit: 1 } });
    rig.clock.advance(7);
    expect((await next(rig, a)).kind).toBe('run');
    const at = new Date(rig.clock.now()).toISOString();
    expect(await rig.store.get(a)).toMatchObject({ status: 'running', startedAt: at, attempts: [{ startedAt: at }] });

    const b = await started(rig, spec);
    expect(await next(rig, b)).toMatchObject({ kind: 'wait', look: 60, slices: [] });
    expect((await rig.store.get(b))?.status).toBe('queued');
    expect((await rig.store.get(b))?.startedAt).toBeUndefined();
  });

  it('costs a look now and then while it waits, seldom a write', async () => {
    const rig = newRig();
    const spec = line();
    await started(rig, spec);
    const b = await started(rig, spec);
    const looks: number[] = [];
    for (let look = 0; look < 12; look += 1) {
      const answer = await next(rig, b);
      looks.push(answer.look);
      rig.clock.advance(answer.look);
      const first = await rig.store.getTurn(spec.concurrency.key);
      if (first?.holders[0]) await next(rig, first.holders[0].runId);
    }
    expect(looks.slice(0, 4)).toEqual([60, 60, 60, 60]);
    expect(looks.at(-1)).toBeGreaterThan(120);
  });

  it('is not taken by a call that was held up until its run had ended', async () => {
    const rig = newRig(hosts(1));
    const spec = line();
    const a = await started(rig, spec);
    const { get } = rig.store;
    let isFirst = true;
    // The first reading is of the run as it stands; while the call is held up, the run is aborted and ends.
    rig.store.get = async (runId) => {
      const run = await get(runId);
      if (!isFirst) return run;
      isFirst = false;
      await rig.services.abortRun(a, {}, 'ann');
      await rig.tasks.finishRun({ runId: a, attempt: 1, error: { Error: '' } });
      return run;
    };

    expect((await next(rig, a)).kind).toBe('failed');

    expect((await rig.store.getTurn(spec.concurrency.key))?.holders).toEqual([]);
    expect(await status(rig, a)).toBe('aborted');
  });

  it('that was lost in the middle, with the execution, leaves no lease behind that the next waits for', async () => {
    const rig = newRig(hosts(2));
    const spec = { ...line(), exclusive: true };
    const [a, b] = [await started(rig, spec), await started(rig, spec)];
    const { slices } = await next(rig, a);
    const { batches } = await rig.tasks.openPhase({ runId: a, sliceId: slices[0]! });
    const { invocationId } = await rig.tasks.invokeOperation({ runId: a, batchId: batches[0]! });
    await rig.services.breakLock({ name: `turn/${spec.concurrency.key}`, runId: a }, 'bob');
    expect((await next(rig, b)).kind).toBe('run');

    // Another execution of the first run begins here: it has to end what is under way, although it is not its turn.
    expect(await next(rig, a)).toMatchObject({ kind: 'run', slices });
    await rig.tasks.collectResults({ runId: a, batchId: batches[0]!, invocationId: invocationId as never });
    for (const batchId of batches) await rig.tasks.invokeOperation({ runId: a, batchId });
    await rig.tasks.closePhase({ runId: a, sliceId: slices[0]! });

    expect((await next(rig, a)).kind).toBe('wait');
    expect(rig.aws.sends).toHaveLength(1);
    const held = (await rig.services.listLocks()).items.flatMap((one) => (one.kind === 'nodes' ? [one.runId] : []));
    expect(held).not.toContain(a);
  });

  it('is given to the next when its holder is not heard of, which then sends nothing more and gets in line', async () => {
    const rig = newRig(hosts(2));
    const spec = line();
    const a = await started(rig, spec);
    const first = await next(rig, a);
    const { batches } = await rig.tasks.openPhase({ runId: a, sliceId: first.slices[0]! });
    const sent = await rig.tasks.invokeOperation({ runId: a, batchId: batches[0]! });
    const b = await started(rig, spec);
    await next(rig, b);
    // Operation a may take an hour and what its agent needs: nobody else goes on before that.
    rig.clock.advance(minutes(60));
    expect((await next(rig, b)).kind).toBe('wait');
    rig.clock.advance(minutes(30));
    expect((await next(rig, b)).kind).toBe('run');

    await rig.tasks.collectResults({ runId: a, batchId: batches[0]!, invocationId: sent.invocationId as never });
    for (const batchId of batches)
      expect(await rig.tasks.invokeOperation({ runId: a, batchId })).toMatchObject({ state: 'done' });

    expect((await rig.store.getProgress(a, batches[0]!))?.state).toBe('stopped');
    await rig.tasks.closePhase({ runId: a, sliceId: first.slices[0]! });
    expect((await next(rig, a)).kind).toBe('wait');
    expect(await status(rig, a)).toBe('queued');
    await rig.tasks.finishRun({ runId: b, attempt: 1, error: { Error: '', Cause: '' } });
    expect(await driveAttempt(rig, a)).toBe('succeeded');
    const operations = rig.aws.sends
      .filter((one) => one.invocationId.startsWith(a))
      .map((one) => one.instanceIds.join());
    expect(operations).toEqual(['i-001', 'i-001', 'i-002', 'i-002']);
  });

  it('outlasts a soak and a pause, however long', async () => {
    const rig = newRig(hosts(2));
    const spec = line();
    const rounds = { name: 'g', strategy: 'grayScale', rounds: [1, '100%'], soak: '5h', phases: groups[0]!.phases };
    const a = await rig.submit([rounds], { spec });
    await rig.tasks.startRun({ runId: a, attempt: 1 });
    await driveSlice(rig, a, (await next(rig, a)).slices[0]!);
    expect((await next(rig, a)).kind).toBe('soak');
    const b = await started(rig, spec);
    rig.clock.advance(minutes(299));
    expect((await next(rig, b)).kind).toBe('wait');

    await rig.services.pauseRun(a, {}, 'ann');
    expect((await next(rig, a)).kind).toBe('hold');
    await rig.tasks.hold({ runId: a, attempt: 1, token: 't' });
    rig.clock.advance(29 * 86_400);
    expect((await next(rig, b)).kind).toBe('wait');
    await rig.services.resumeRun(a, {}, 'ann');
    expect((await next(rig, a)).kind).toBe('run');
    // Going on, it is not kept for weeks any more.
    rig.clock.advance(minutes(61));
    expect((await next(rig, b)).kind).toBe('run');
  });

  it('is given back when the run ends, and the next is woken', async () => {
    const rig = newRig();
    const spec = line();
    const a = await started(rig, spec);
    const [b, c] = [await started(rig, spec), await started(rig, spec)];
    for (const runId of [b, c]) {
      await next(rig, runId);
      await rig.tasks.awaitTurn({ runId, attempt: 1, token: `token of ${runId}` });
    }
    expect(await driveAttempt(rig, a)).toBe('succeeded');
    expect(rig.engine.completed).toEqual([`token of ${b}`]);
    // A late repeat of the last task changes nothing, and may wake again.
    await rig.tasks.finishRun({ runId: a, attempt: 1, error: { Error: '', Cause: '' } });
    expect(await driveAttempt(rig, b)).toBe('succeeded');
    expect(rig.engine.completed.at(-1)).toBe(`token of ${c}`);
    expect(await driveAttempt(rig, c)).toBe('succeeded');
    expect(await rig.store.getTurn(spec.concurrency.key)).toMatchObject({ holders: [], waiters: [] });
  });

  it('is not waited for by one whose turn came while it was about to wait', async () => {
    const rig = newRig();
    const spec = line();
    const a = await started(rig, spec);
    const b = await started(rig, spec);
    await next(rig, b);
    await driveAttempt(rig, a);
    expect(rig.engine.completed).toEqual([]);
    await rig.tasks.awaitTurn({ runId: b, attempt: 1, token: 'late' });
    expect(rig.engine.completed).toEqual(['late']);

    await rig.services.pauseRun(b, {}, 'ann');
    await rig.tasks.awaitTurn({ runId: b, attempt: 1, token: 'paused' });
    expect(rig.engine.completed.at(-1)).toBe('paused');
  });

  it('keeps the order of the requests when executions begin in another order', async () => {
    const rig = newRig();
    const spec = line();
    const runs = [];
    for (let n = 0; n < 4; n += 1) runs.push(await rig.submit(groups, { spec }));
    for (const runId of runs.toReversed()) await rig.tasks.startRun({ runId, attempt: 1 });
    const kinds = [];
    for (const runId of runs.toReversed()) kinds.push((await next(rig, runId)).kind);
    expect(kinds).toEqual(['wait', 'wait', 'wait', 'run']);
    const places = await Promise.all(runs.map(async (runId) => (await rig.services.viewRun(runId)).turn?.place));
    expect(places).toEqual([undefined, 1, 2, 3]);
  });

  it('is freed when the request that took it died before it wrote the run', async () => {
    const rig = newRig();
    const spec = line();
    const dead = { ...rig.store, create: () => Promise.reject(new Error('died')) };
    const deps = {
      ...{ store: dead, blobs: rig.blobs, engine: rig.engine, inventory: rig.inventory, clock: rig.clock },
      ...{
        agents: { aws: rig.aws, aliyun: rig.aliyun },
        ids: { runId: newRunId },
        libraryBlobs: rig.libraryBlobs,
        secrets: rig.secrets,
        abort: rig.services.abortRun,
      },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    const request = { job: jobOf(groups, spec), params: {}, only: {} };
    await expect(submitRun(deps)({ request, actor: 'ann' })).rejects.toThrow('died');
    const b = await started(rig, spec);
    expect((await next(rig, b)).kind).toBe('wait');
    rig.clock.advance(minutes(10));
    expect((await next(rig, b)).kind).toBe('run');
  });

  it('starts one run under one key of idempotency, in line once', async () => {
    const rig = newRig();
    const spec = line();
    await started(rig, spec);
    const request = { job: jobOf(groups, spec), params: {}, only: {} };
    const submit = () => rig.services.submitRun({ request, actor: 'ann', idempotencyKey: `k-${keys}` });
    const all = [await submit(), await submit(), ...(await Promise.all([submit(), submit()]))];
    expect(new Set(all.map((one) => one.runId)).size).toBe(1);
    expect((await rig.store.getTurn(spec.concurrency.key))?.waiters).toHaveLength(1);
  });

  it('of a replaced run is asked for by an abort, also when the request died before it asked', async () => {
    const rig = newRig();
    const spec = line({ policy: 'replace' });
    const a = await started(rig, spec);
    expect((await next(rig, a)).kind).toBe('run');
    const dying = { ...rig.services, abort: () => Promise.reject(new Error('died')) };
    const request = { job: jobOf(groups, spec), params: {}, only: {} };
    const deps = {
      ...{ store: rig.store, blobs: rig.blobs, engine: rig.engine, inventory: rig.inventory, clock: rig.clock },
      ...{
        agents: { aws: rig.aws, aliyun: rig.aliyun },
        ids: { runId: newRunId },
        libraryBlobs: rig.libraryBlobs,
        secrets: rig.secrets,
        abort: dying.abort,
      },
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    };
    await expect(submitRun(deps)({ request, actor: 'ann' })).rejects.toThrow('died');
    expect((await rig.store.get(a))?.control).toBe('go');
    const b = (await rig.store.getTurn(spec.concurrency.key))!.waiters[0]!.runId;

    await rig.tasks.startRun({ runId: b, attempt: 1 });
    expect((await next(rig, b)).kind).toBe('wait');

    expect(await rig.store.get(a)).toMatchObject({
      ...{ control: 'abort', status: 'aborting' },
      reason: `Aborted: replaced by run ${b} under the key '${spec.concurrency.key}'`,
    });
    expect(await driveAttempt(rig, a)).toBe('aborted');
    expect(await driveAttempt(rig, b)).toBe('succeeded');
  });

  it('of a waiting run that was replaced aborts it, also when nobody else does', async () => {
    const rig = newRig();
    const spec = line({ policy: 'replace' });
    const a = await started(rig, spec);
    await next(rig, a);
    const b = await started(rig, spec);
    const c = await started(rig, spec);
    expect((await next(rig, b)).kind).toBe('failed');
    expect(await driveAttempt(rig, b)).toBe('aborted');
    expect(await driveAttempt(rig, a)).toBe('aborted');
    expect(await driveAttempt(rig, c)).toBe('succeeded');
  });

  it('is not taken from anybody by an attempt that could not be added', async () => {
    const rig = newRig();
    const spec = line();
    rig.script.answer = () => ({ exit: 1 });
    const a = await rig.submit(groups, { spec });
    expect(await driveAttempt(rig, a)).toBe('failed');
    const many = await Promise.allSettled(
      [1, 2, 3].map(() => rig.services.continueRun(a, { mode: 'continue', only: {} }, 'ann')),
    );
    expect(many.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    const turn = await rig.store.getTurn(spec.concurrency.key);
    expect(turn?.holders).toMatchObject([{ runId: a, attempt: 2 }]);
    await expect(rig.services.continueRun(a, { mode: 'continue', only: {} }, 'ann')).rejects.toMatchObject({
      code: 'run.conflict',
    });
    expect((await rig.store.getTurn(spec.concurrency.key))?.holders).toHaveLength(1);
  });
});

describe('a job without concurrency', () => {
  it('writes nothing about locks', async () => {
    const rig = newRig(hosts(2));
    const written: string[] = [];
    for (const name of [
      'putTurn',
      'putLease',
      'putPermit',
      'putBudgetUse',
      'notePermitUser',
      'forgetPermitUser',
    ] as const)
      Object.assign(rig.store, {
        [name]: async () => {
          written.push(name);
          return true;
        },
      });
    const runId = await rig.submit(groups);
    expect(await driveAttempt(rig, runId)).toBe('succeeded');
    expect(written).toEqual([]);
    expect((await rig.services.viewRun(runId)).turn).toBeUndefined();
  });
});
