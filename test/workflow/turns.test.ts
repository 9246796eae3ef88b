import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';
import { mostAtOnce, readTrace, traced } from '#test/kit/trace.ts';

let system: TestSystem;
let file: string;
beforeEach(async () => {
  file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
  system = await startTestSystem(someNodes('aws', 'h', 2));
});
afterEach(async () => {
  // A test that failed in the middle leaves operations that wait.
  for (const id of ['a', 'b', 'c', 'd']) letGo(id);
  await system.close();
});

/** An operation that runs until `letGo` is called for it. */
const gated = (id: string) => traced(id, file, { body: `while [ ! -e '${file}.${id}' ]; do sleep 0.05; done` });
const letGo = (id: string) => writeFileSync(`${file}.${id}`, '');

const jobOf = (id: string, concurrency: Readonly<Record<string, unknown>>, name = 'roll') => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name },
  spec: {
    params: { env: { default: 'prod' } },
    targets: { where: 'node.tags.role == "h"' },
    concurrency,
    // One node at a time, so that a run that is aborted has something left.
    groups: [{ name: 'g', roundCount: 0, phases: [{ name: 'p', operations: [gated(id)] }] }],
  },
});

const start = async (id: string, concurrency: Readonly<Record<string, unknown>> = {}, params = {}): Promise<RunId> =>
  (
    await system.services.submitRun({
      request: { job: jobOf(id, concurrency), params, only: {} },
      actor: `user of ${id}`,
    })
  ).runId;

const view = (runId: RunId) => system.services.viewRun(runId);
const status = async (runId: RunId) => (await view(runId)).status;
const place = async (runId: RunId) => (await view(runId)).turn?.place;
const waitFor = (check: () => Promise<boolean> | boolean) => vi.waitUntil(check, { timeout: 20_000, interval: 50 });
const runs = (id: string) => waitFor(() => readTrace(file).some((one) => one.operation === id));
const ended = (runId: RunId) => waitFor(async () => (await view(runId)).endedAt !== undefined);
const started = (id: string) => readTrace(file).some((one) => one.operation === id);

describe('policy queue', () => {
  it('lets runs wait, shows their places, and runs them in the order of arrival', async () => {
    const [a, b, c] = [await start('a'), await start('b'), await start('c')];
    await runs('a');
    await waitFor(async () => (await place(c)) === 2);

    expect(await view(b)).toMatchObject({ status: 'queued', turn: { key: 'roll', state: 'waiting', place: 1 } });
    expect((await view(c)).turn?.behind).toMatchObject([
      { runId: a, state: 'running', job: 'roll', actor: 'user of a' },
      { runId: b, state: 'waiting' },
    ]);
    const listed = (await system.services.listRuns({ limit: 10 })).items;
    expect(listed.map((run) => run.turn?.place)).toEqual([2, 1, undefined]);

    letGo('c');
    letGo('a');
    await runs('b');
    expect(started('c')).toBe(false);
    expect(await status(a)).toBe('succeeded');
    expect(await place(c)).toBe(1);
    letGo('b');
    await system.engine.idle();

    expect(await Promise.all([a, b, c].map(status))).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(readTrace(file).map((one) => one.operation)).toEqual(['a', 'a', 'b', 'b', 'c', 'c']);
    expect(mostAtOnce(readTrace(file))).toBe(1);
    expect((await view(c)).startedAt! >= (await view(b)).endedAt!).toBe(true);
  });

  it('keeps runs apart by key, and lets as many go on as the limit says', async () => {
    const key = { key: 'deploy ${{ params.env }}', limit: 2 };
    const prod = [await start('a', key), await start('b', key), await start('c', key)];
    const test = await start('d', key, { env: 'test' });
    await runs('a');
    await runs('b');
    await runs('d');
    expect(await place(prod[2]!)).toBe(1);
    expect((await view(prod[2]!)).turn?.key).toBe('deploy prod');
    for (const id of ['d', 'b', 'c', 'a']) letGo(id);
    await system.engine.idle();
    expect(await Promise.all([...prod, test].map(status))).toEqual(Array(4).fill('succeeded'));
  });

  it('gives the next its turn however the one before ends: failed, aborted, and when it was aborted in line', async () => {
    const job = { ...jobOf('fails', {}) };
    const failing = {
      ...job,
      spec: { ...job.spec, groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'x', run: 'exit 3' }] }] }] },
    };
    const blocker = await start('a');
    await runs('a');
    const { runId: fails } = await system.services.submitRun({
      request: { job: failing, params: {}, only: {} },
      actor: 'x',
    });
    const [b, c, d] = [await start('b'), await start('c'), await start('d')];
    await waitFor(async () => (await place(d)) === 4);

    await system.services.abortRun(c, { reason: 'not needed' }, 'bob');
    await ended(c);
    expect(await view(c)).toMatchObject({ status: 'aborted', reason: 'Aborted by bob: not needed' });
    expect((await view(c)).turn).toBeUndefined();
    expect(await place(d)).toBe(3);
    letGo('a');
    await ended(fails);
    await runs('b');
    await system.services.abortRun(b, {}, 'bob');
    letGo('b');
    letGo('d');
    await system.engine.idle();

    expect(await Promise.all([blocker, fails, b, d].map(status))).toEqual([
      'succeeded',
      'failed',
      'aborted',
      'succeeded',
    ]);
    expect(started('c')).toBe(false);
  });

  it('lets others go ahead of a paused run in line, which takes its place again after the resume', async () => {
    const [a, b, c] = [await start('a'), await start('b'), await start('c')];
    await runs('a');
    await waitFor(async () => (await place(b)) === 1);
    await system.services.pauseRun(b, {}, 'ann');
    await waitFor(async () => (await status(b)) === 'paused');

    letGo('a');
    await runs('c');
    await system.services.resumeRun(b, {}, 'ann');
    await waitFor(async () => (await status(b)) === 'queued');
    expect(started('b')).toBe(false);
    letGo('b');
    letGo('c');
    await system.engine.idle();

    expect(await Promise.all([a, b, c].map(status))).toEqual(Array(3).fill('succeeded'));
  });

  it('keeps the turn of a paused run', async () => {
    const [a, b] = [await start('a'), await start('b')];
    await runs('a');
    await system.services.pauseRun(a, {}, 'ann');
    letGo('a');
    await waitFor(async () => (await status(a)) === 'paused');
    expect(await place(b)).toBe(1);
    await system.services.resumeRun(a, {}, 'ann');
    letGo('b');
    await system.engine.idle();
    expect(started('b') && (await view(b)).startedAt! >= (await view(a)).endedAt!).toBe(true);
    expect(await Promise.all([a, b].map(status))).toEqual(['succeeded', 'succeeded']);
  });

  it('makes a continued attempt take its turn too', async () => {
    const first = await start('a');
    await runs('a');
    await system.services.abortRun(first, {}, 'ann');
    letGo('a');
    await ended(first);
    const second = await start('b');
    await runs('b');

    await system.services.continueRun(first, { mode: 'continue', only: {} }, 'ann');

    await waitFor(async () => (await place(first)) === 1);
    expect(await view(first)).toMatchObject({ status: 'queued', attempt: 2, turn: { behind: [{ runId: second }] } });
    letGo('b');
    await system.engine.idle();
    expect(await status(first)).toBe('succeeded');
  });
});

describe('policy reject', () => {
  it('refuses to start or continue, names who goes on, and leaves no trace', async () => {
    const a = await start('a', { policy: 'reject' });
    await runs('a');

    await expect(start('b', { policy: 'reject' })).rejects.toMatchObject({
      code: 'lock.held',
      kind: { http: 409, exit: 6 },
      message: expect.stringContaining(`run ${a} of job 'roll' (by user of a)`),
    });

    expect((await system.services.listRuns({ limit: 10 })).items).toHaveLength(1);
    letGo('a');
    await ended(a);
    const c = await start('c', { policy: 'reject' });
    await runs('c');
    await expect(system.services.continueRun(a, { mode: 'force', only: {} }, 'ann')).rejects.toMatchObject({
      code: 'lock.held',
    });
    expect((await view(a)).attempt).toBe(1);
    letGo('c');
    await system.engine.idle();
    expect(await status(c)).toBe('succeeded');
  });
});

describe('policy skip', () => {
  it('records the run as rejected, with the reason, and runs nothing', async () => {
    const a = await start('a', { policy: 'skip' });
    await runs('a');
    const b = await start('b', { policy: 'skip' });

    expect(await view(b)).toMatchObject({
      status: 'rejected',
      reason: `Rejected: run ${a} of job 'roll' (by user of a) goes on under the key 'roll'`,
      attempts: [{ status: 'rejected' }],
    });
    expect((await view(b)).endedAt).toBeDefined();
    letGo('a');
    letGo('b');
    await system.engine.idle();
    expect(started('b')).toBe(false);
    await system.services.continueRun(b, { mode: 'continue', only: {} }, 'ann');
    await system.engine.idle();
    expect(await status(b)).toBe('succeeded');
  });
});

describe('policy replace', () => {
  it('aborts the run that goes on and those that wait, and runs when they have ended', async () => {
    const policy = { policy: 'replace' };
    const a = await start('a', policy);
    await runs('a');
    const b = await start('b', policy);
    await waitFor(async () => (await view(b)).turn?.state === 'waiting');
    const c = await start('c', policy);
    expect(existsSync(`${file}.a`)).toBe(false);
    for (const id of ['a', 'b', 'c']) letGo(id);
    await system.engine.idle();

    expect(await Promise.all([a, b, c].map(status))).toEqual(['aborted', 'aborted', 'succeeded']);
    expect((await view(a)).reason).toContain(`replaced by run ${b}`);
    expect((await view(b)).reason).toContain(`replaced by run ${c}`);
    expect(started('b')).toBe(false);
    const [first, last] = [await view(a), await view(c)];
    expect(last.startedAt! >= first.endedAt!).toBe(true);
  });
});

describe('a turn that is taken away', () => {
  it('by hand goes to the next; the run that had it sends nothing more, gets in line again and goes on where it was', async () => {
    const two = (id: string) => {
      const job = jobOf(id, {});
      const operations = [gated(id), traced(`${id}2`, file, { body: 'true' })];
      return { ...job, spec: { ...job.spec, groups: [{ name: 'g', phases: [{ name: 'p', operations }] }] } };
    };
    const request = (id: string) => ({ request: { job: two(id), params: {}, only: {} }, actor: id });
    const { runId: a } = await system.services.submitRun(request('a'));
    await runs('a');
    const { runId: b } = await system.services.submitRun(request('b'));
    await waitFor(async () => (await place(b)) === 1);

    expect(await system.services.breakLock({ name: 'turn/roll', reason: 'urgent' }, 'bob')).toEqual({
      items: [{ runId: a, attempt: 1 }],
    });
    await runs('b');
    letGo('a');
    await waitFor(async () => (await place(a)) === 1);
    expect(started('a2')).toBe(false);
    const [lock] = (await system.services.listLocks()).items;
    expect(lock).toMatchObject({
      kind: 'turn',
      name: 'turn/roll',
      holders: [{ runId: b }],
      waiters: [{ runId: a }],
      breaks: [{ by: 'bob', reason: 'urgent', runId: a }],
    });
    letGo('b');
    await system.engine.idle();

    expect(await Promise.all([a, b].map(status))).toEqual(['succeeded', 'succeeded']);
    const times = Map.groupBy(readTrace(file), (one) => `${one.node} ${one.operation}`);
    expect([...times.values()].every((all) => all.length === 1)).toBe(true);
    expect(times.size).toBe(8);
    await expect(system.services.breakLock({ name: 'turn/roll' }, 'bob')).rejects.toMatchObject({
      code: 'lock.not-found',
    });
    expect((await system.services.listLocks()).items).toEqual([]);
  });
});
