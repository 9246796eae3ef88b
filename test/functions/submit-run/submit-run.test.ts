import { describe, expect, it } from 'vitest';
import { submitRun } from '#functions/submit-run/submit-run.ts';
import { runRequestSchema } from '#shared/contract/requests.ts';
import { nodeSchema } from '#shared/model/node.ts';
import { host, hosts, jobOf, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';

const newRig = useRigs();

const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }];
const request = (more: Readonly<Record<string, unknown>> = {}) =>
  runRequestSchema.parse({ job: jobOf(groups, { params: { who: { default: 'all' } } }), ...more });
const depsOf = (rig: Rig, more: object) => ({
  ...{
    store: rig.store,
    blobs: rig.blobs,
    libraryBlobs: rig.libraryBlobs,
    engine: rig.engine,
    inventory: rig.inventory,
    clock: rig.clock,
    secrets: rig.secrets,
  },
  ...{ agents: { aws: rig.aws, aliyun: rig.aliyun }, ids: { runId: newRunId }, log: silent, ...more },
  ...{ store: rig.store, blobs: rig.blobs, engine: rig.engine, inventory: rig.inventory, clock: rig.clock },
  ...{
    agents: { aws: rig.aws, aliyun: rig.aliyun },
    abort: rig.services.abortRun,
    ids: { runId: newRunId },
    log: silent,
    ...more,
  },
});
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('submitRun', () => {
  it('writes a queued run with its parameters, and starts its first attempt', async () => {
    const rig = newRig();
    const only = { nodes: [host('i-002').id] };

    const { runId, created } = await rig.services.submitRun({
      request: request({ params: { who: 'x$(id)' }, context: { ticket: 7 }, only }),
      actor: 'ann',
    });

    expect(created).toBe(true);
    expect(rig.engine.started).toEqual([`${runId}-1`]);
    expect(await rig.store.get(runId)).toMatchObject({
      ...{ status: 'queued', control: 'go', jobName: 'roll', params: { who: 'x$(id)' }, context: { ticket: 7 } },
      attempts: [{ attempt: 1, selection: { mode: 'all', ...only }, status: 'queued', actor: 'ann' }],
    });
  });

  it('stores the same job once, and the caller’s own nodes with their run', async () => {
    const rig = newRig();
    const nodes = [nodeSchema.parse({ ...plain('svc-1'), instanceId: 'i-001' })];

    const first = await rig.services.submitRun({ request: request(), actor: 'ann' });
    const second = await rig.services.submitRun({ request: request({ nodes, job: jobOf(groups) }), actor: 'ann' });
    await rig.services.submitRun({ request: request(), actor: 'ann' });

    const keys = rig.blobs.keys();
    expect(keys.filter((key) => key.startsWith('jobs/'))).toHaveLength(2);
    expect(keys.filter((key) => key.startsWith(`runs/${second.runId}/nodes/`))).toHaveLength(1);
    expect(keys.some((key) => key.startsWith(`runs/${first.runId}/nodes`))).toBe(false);
  });

  it.each([
    ['a job with a mistake', { job: { ...jobOf(groups), kind: 'Jog' } }, 'job.invalid'],
    ['a parameter that the job does not have', { params: { whom: 'x' } }, 'params.invalid'],
    ['a phase that the job does not have', { only: { phases: ['q'] } }, 'request.invalid'],
    ['targets that nothing fulfils', { job: jobOf(groups, { targets: { where: 'false' } }) }, 'plan.no-targets'],
  ])('refuses %s before anything is written', async (_, more, code) => {
    const rig = newRig();

    await expect(rig.services.submitRun({ request: request(more), actor: 'ann' })).rejects.toMatchObject({ code });

    expect(rig.blobs.keys()).toEqual([]);
    expect(rig.engine.started).toEqual([]);
  });

  it('starts one run under a key, and tells a repeated request of the run there is', async () => {
    const rig = newRig();
    const submission = { request: request(), actor: 'ann', idempotencyKey: 'one run' };

    const first = await rig.services.submitRun(submission);
    await rig.tasks.startRun({ runId: first.runId, attempt: 1 });
    rig.inventory.nodes = [];
    const second = await rig.services.submitRun(submission);

    expect(second).toEqual({ runId: first.runId, created: false });
    expect(rig.engine.started).toHaveLength(1);
  });

  it('keeps the keys of two callers apart, and refuses a key for another request', async () => {
    const rig = newRig();
    const submission = { request: request(), actor: 'ann', idempotencyKey: 'apart' };
    const first = await rig.services.submitRun(submission);

    const other = await rig.services.submitRun({ ...submission, actor: 'bob' });

    expect(other.created).toBe(true);
    await expect(
      rig.services.submitRun({ ...submission, request: request({ params: { who: 'me' } }) }),
    ).rejects.toMatchObject({ code: 'idempotency.mismatch', hint: expect.stringContaining(first.runId) });
  });

  it('starts a run that an earlier request wrote and could not start', async () => {
    const rig = newRig();
    const submission = { request: request(), actor: 'ann', idempotencyKey: 'died' };
    const dead = { start: () => Promise.reject(new Error('no network')) };
    await expect(submitRun(depsOf(rig, { engine: dead }))(submission)).rejects.toThrow('no network');

    const { runId, created } = await rig.services.submitRun(submission);

    expect(created).toBe(false);
    expect(rig.engine.started).toEqual([`${runId}-1`]);
  });

  it('starts the plan that was seen, by its digest or the beginning of it, and nothing else', async () => {
    const rig = newRig(hosts(2));
    const { digest } = await rig.services.planPreview(request());
    const seen = (planDigest: string) => rig.services.submitRun({ request: request({ planDigest }), actor: 'ann' });

    const { runId } = await seen(digest);
    expect((await rig.store.get(runId))?.planDigest).toBe(digest);
    expect(await seen(digest.slice(0, 12))).toMatchObject({ created: true });
    const other = await rig.services.planPreview(request({ params: { who: 'me' } }));
    await expect(seen(other.digest)).rejects.toMatchObject({ code: 'plan.changed', kind: { http: 409, exit: 6 } });
    expect(rig.engine.started).toHaveLength(2);
  });

  it('does not use up the key of a request that is wrong in itself', async () => {
    const rig = newRig();
    const wrong = { request: request({ params: { whom: 'x' } }), actor: 'ann', idempotencyKey: 'corrected' };
    await expect(rig.services.submitRun(wrong)).rejects.toMatchObject({ code: 'params.invalid' });

    expect(await rig.services.submitRun({ ...wrong, request: request() })).toMatchObject({ created: true });
  });

  it('writes the run once when the same request comes from two places at once', async () => {
    const rig = newRig(hosts(2));
    const submission = { request: request(), actor: 'ann', idempotencyKey: 'at once' };

    const both = await Promise.all([rig.services.submitRun(submission), rig.services.submitRun(submission)]);

    expect(both[0]?.runId).toBe(both[1]?.runId);
    expect(both.filter((one) => one.created)).toHaveLength(1);
    expect(new Set(rig.engine.started)).toEqual(new Set([`${both[0]?.runId}-1`]));
  });
});

const plain = (id: string) => {
  const { online: _online, ...node } = host(id);
  return node;
};
