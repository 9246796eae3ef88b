import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';
import { type Execution, mostAtOnce, readTrace, traced } from '#test/kit/trace.ts';

let system: TestSystem;
let file: string;
beforeEach(async () => {
  file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
  system = await startTestSystem([
    ...someNodes('aws', 'h', 6),
    ...someNodes('aws', 'free', 2),
    ...someNodes('aws', 'runner', 1, { tags: { drover: 'runner' } }),
  ]);
});
afterEach(async () => {
  for (const id of ['a', 'b', 'c']) letGo(id);
  await system.close();
});

const gated = (id: string) => traced(id, file, { body: `while [ ! -e '${file}.${id}' ]; do sleep 0.05; done` });
const letGo = (id: string) => writeFileSync(`${file}.${id}`, '');
const quick = (id: string) => traced(id, file, { body: 'sleep 0.3' });

interface Wish {
  readonly exclusive?: unknown;
  readonly where?: string;
  readonly group?: Readonly<Record<string, unknown>>;
  readonly phases?: readonly unknown[];
}

const start = async (name: string, operations: readonly unknown[], wish: Wish = {}): Promise<RunId> => {
  const { exclusive, where = 'node.tags.role == "h"', group = {}, phases = [{ name: 'p', operations }] } = wish;
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      targets: { where },
      ...(exclusive === undefined ? {} : { exclusive }),
      groups: [{ name: 'g', ...group, phases }],
    },
  };
  return (await system.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'ann' })).runId;
};

const view = (runId: RunId) => system.services.viewRun(runId);
const status = async (runId: RunId) => (await view(runId)).status;
const waitFor = (check: () => Promise<boolean> | boolean) => vi.waitUntil(check, { timeout: 30_000, interval: 50 });
const of = (operation: string) => readTrace(file).filter((one) => one.operation === operation);
const runs = (operation: string, nodes = 1) => waitFor(() => of(operation).length >= nodes);
const waits = (runId: RunId) => waitFor(async () => ((await view(runId)).waits ?? []).length > 0);

/** True when no node was worked on by two operations at the same moment. */
const areApart = (executions: readonly Execution[]): boolean =>
  [...Map.groupBy(executions, (one) => one.node).values()].every((all) => mostAtOnce(all) === 1);

describe('exclusive use of nodes', () => {
  it('makes the batch of another run wait, says for what, and lets it go on when the nodes are free', async () => {
    const a = await start('first', [gated('a')], { exclusive: true });
    await runs('a', 6);
    const b = await start('second', [quick('b')], { exclusive: true });
    await waits(b);

    expect((await view(b)).waits).toMatchObject([
      {
        ...{ group: 'g', phase: 'p', kind: 'node', name: 'i-h-0001', nodes: 6 },
        message: `i-h-0001 is leased by run ${a} (first), and 5 more nodes are not free`,
      },
    ]);
    expect((await system.services.listLocks()).items).toMatchObject([
      { kind: 'nodes', runId: a, state: 'held', job: 'first', nodeIds: { length: 6 } },
      { kind: 'nodes', runId: b, state: 'waiting', message: expect.stringContaining('is leased by') },
    ]);
    letGo('a');
    await system.engine.idle();

    expect(await Promise.all([a, b].map(status))).toEqual(['succeeded', 'succeeded']);
    expect(areApart(readTrace(file))).toBe(true);
    expect(of('b')).toHaveLength(6);
    expect((await view(b)).waits).toBeUndefined();
    expect((await system.services.listLocks()).items).toEqual([]);
  });

  it('ends with the phase: between phases another run may come in, and operations of one phase stay together', async () => {
    const twoGroups = (id: string) => [quick(`${id}1`), quick(`${id}2`)];
    const both = await Promise.all([
      start('first', twoGroups('a'), { exclusive: true, group: { roundCount: 0 } }),
      start('second', twoGroups('b'), { exclusive: true, group: { maxConcurrency: 4 } }),
    ]);
    await system.engine.idle();

    expect(await Promise.all(both.map(status))).toEqual(['succeeded', 'succeeded']);
    const trace = readTrace(file);
    expect(areApart(trace)).toBe(true);
    expect(trace).toHaveLength(24);
    // On each node, what one run does in its phase is not mixed with what the other does.
    for (const all of Map.groupBy(trace, (one) => one.node).values())
      expect(['a1 a2 b1 b2', 'b1 b2 a1 a2']).toContain(all.map((one) => one.operation).join(' '));
  });

  it('skips nodes that another run has, or fails them, with a reason that names it, and works on the others', async () => {
    const a = await start('first', [gated('a')], {
      exclusive: true,
      where: 'node.tags.role == "h" && node.name != "h-6"',
    });
    await runs('a', 5);
    const all = 'node.tags.role in ["h", "free"]';
    const skipping = await start('skips', [quick('b'), quick('b2')], { exclusive: { onLeased: 'skip' }, where: all });
    const failing = await start('fails', [quick('c')], {
      exclusive: { onLeased: 'fail', timeout: '1s' },
      group: { maxFailures: '100%' },
    });
    await waitFor(
      async () => (await view(skipping)).endedAt !== undefined && (await view(failing)).endedAt !== undefined,
    );

    expect((await view(skipping)).groups[0]?.phases[0]?.counts).toEqual({ succeeded: 3, skipped: 5 });
    const rows = (await system.services.listNodeRows(skipping, { limit: 100, status: ['skipped'] })).items;
    expect(rows.map((row) => row.nodeId)).toEqual([1, 2, 3, 4, 5].map((n) => `i-h-000${n}`));
    const { items } = await system.services.listResults(skipping, { limit: 100, node: 'h-1' });
    expect(items.map((one) => [one.operation, one.status, one.reason])).toEqual([
      ['b', 'skipped', `Not worked on: i-h-0001 is leased by run ${a} (first).`],
      ['b2', 'skipped', `Not worked on: i-h-0001 is leased by run ${a} (first).`],
    ]);
    expect((await view(failing)).groups[0]?.phases[0]?.counts).toEqual({ succeeded: 1, undeliverable: 5 });
    const failed = (await system.services.listNodeRows(failing, { limit: 1, status: ['undeliverable'] })).items[0];
    expect(failed?.reason).toMatch(new RegExp(`^Not free: i-h-0001 is leased by run ${a} \\(first\\), still after `));
    expect(
      of('b')
        .map((one) => one.node)
        .sort(),
    ).toEqual(['free-1', 'free-2', 'h-6']);
    letGo('a');
    await system.engine.idle();
    expect(await status(a)).toBe('succeeded');
  });

  it('does not keep the phases of one run from each other, nor runs that do not ask for it', async () => {
    const phases = ['x', 'y', 'z'].map((id) => ({ name: id, operations: [quick(id)] }));
    const a = await start('together', [], { exclusive: true, phases });
    await system.engine.idle();
    expect(await status(a)).toBe('succeeded');
    expect(mostAtOnce(readTrace(file).filter((one) => one.node === 'h-1'))).toBeGreaterThan(1);

    const b = await start('holds', [gated('a')], { exclusive: true });
    await runs('a', 6);
    const c = await start('shares', [quick('c')]);
    await waitFor(async () => (await view(c)).endedAt !== undefined);
    expect(await status(c)).toBe('succeeded');
    letGo('a');
    await system.engine.idle();
    expect(await status(b)).toBe('succeeded');
  });

  it('sees pause and abort while it waits, and leaves its place', async () => {
    const a = await start('first', [gated('a')], { exclusive: true });
    await runs('a', 6);
    const b = await start('second', [quick('b')], { exclusive: true });
    const c = await start('third', [quick('c')], { exclusive: true });
    await waits(b);
    await waits(c);
    await system.services.pauseRun(b, {}, 'ann');
    await waitFor(async () => (await status(b)) === 'paused');
    await system.services.abortRun(c, {}, 'ann');
    await waitFor(async () => (await status(c)) === 'aborted');
    expect((await system.ports.store.getLeases(['i-h-0001' as never]))[0]?.waiters).toEqual([]);

    letGo('a');
    await waitFor(async () => (await status(a)) === 'succeeded');
    await system.services.resumeRun(b, {}, 'ann');
    await system.engine.idle();
    expect(await status(b)).toBe('succeeded');
    expect(of('c')).toEqual([]);
  });

  it('taken away by hand, is asked for again before the next operation', async () => {
    const a = await start('first', [gated('a'), quick('a2')], { exclusive: true });
    await runs('a', 6);
    const b = await start('second', [gated('b')], { exclusive: true });
    await waits(b);

    const broken = await system.services.breakLock({ name: 'node/i-h-0003', reason: 'stuck' }, 'bob');
    expect(broken.items).toMatchObject([{ runId: a }]);
    await runs('b', 6);
    letGo('a');
    await waits(a);
    expect(of('a2')).toEqual([]);
    letGo('b');
    await system.engine.idle();

    expect(await Promise.all([a, b].map(status))).toEqual(['succeeded', 'succeeded']);
    expect(of('a2')).toHaveLength(6);
  });
});

describe('a disruption budget', () => {
  const where = 'node.tags.role == "h"';

  it('never lets more of its nodes be worked on at once, over all runs', async () => {
    await system.services.putBudget('shop', { where, max: '34%' }, 'ann');
    const [a, b] = [
      await start('first', [quick('a')]),
      await start('second', [quick('b')], { group: { roundCount: 1 } }),
    ];
    await waitFor(async () => (await Promise.all([a, b].map(status))).every((one) => one === 'succeeded'));

    const trace = readTrace(file);
    expect(trace).toHaveLength(12);
    expect(mostAtOnce(trace)).toBeLessThanOrEqual(2);
    expect((await system.services.listBudgets()).items).toMatchObject([{ name: 'shop', nodes: 6, limit: 2, used: 0 }]);
  });

  it('says for what a batch waits, and lets nodes through that are not under it', async () => {
    await system.services.putBudget('shop', { where, max: 2 }, 'ann');
    const a = await start('first', [gated('a')], { where: 'node.name in ["h-1", "h-2"]' });
    await runs('a', 2);
    const b = await start('second', [quick('b')], { where: 'node.name in ["h-3", "free-1", "free-2"]' });
    await runs('b', 2);
    await waits(b);

    expect((await view(b)).waits).toMatchObject([
      { kind: 'budget', name: 'shop', nodes: 1, message: "budget 'shop' has 2 of 2 nodes in use" },
    ]);
    expect((await system.services.listLocks()).items).toMatchObject([
      {
        kind: 'budget',
        name: 'budget/shop',
        used: 2,
        shares: [{ runId: a, nodes: 2 }],
        waiters: [{ runId: b, nodes: 1 }],
      },
    ]);
    expect(
      of('b')
        .map((one) => one.node)
        .sort(),
    ).toEqual(['free-1', 'free-2']);
    letGo('a');
    await system.engine.idle();
    expect(await Promise.all([a, b].map(status))).toEqual(['succeeded', 'succeeded']);
  });

  it('that is raised or taken away while a run waits lets it go on at once; one that is lowered makes smaller batches', async () => {
    await system.services.putBudget('shop', { where, max: 6 }, 'ann');
    const a = await start('first', [gated('a')]);
    await runs('a', 6);
    await system.services.putBudget('shop', { where, max: 0 }, 'ann');
    await expect(start('refused', [quick('x')])).rejects.toMatchObject({ code: 'plan.budget-closed' });
    await system.services.putBudget('shop', { where, max: 6 }, 'ann');
    const b = await start('second', [quick('b')]);
    await waits(b);
    await system.services.putBudget('shop', { where, max: 3 }, 'ann');
    letGo('a');
    await waitFor(async () => (await status(b)) === 'succeeded');
    expect(mostAtOnce(of('b'))).toBeLessThanOrEqual(3);

    const c = await start('third', [gated('c')], { where: 'node.name in ["h-1", "h-2", "h-3"]' });
    await runs('c', 3);
    const d = await start('fourth', [quick('d')], { where: 'node.name == "h-4"' });
    await waits(d);
    await system.services.removeBudget('shop', 'ann');
    await waitFor(async () => (await status(d)) === 'succeeded');
    letGo('c');
    await system.engine.idle();
    expect(await Promise.all([a, b, c].map(status))).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('works together with exclusive use, over many runs, without a deadlock', async () => {
    await system.services.putBudget('shop', { where, max: '50%' }, 'ann');
    await system.services.putBudget('all', { where: 'true', max: 5 }, 'ann');
    const ids = ['r1', 'r2', 'r3', 'r4', 'r5'];
    const runIds = await Promise.all(
      ids.map((id, n) =>
        start(id, [quick(id)], {
          exclusive: true,
          where: n % 2 === 0 ? 'node.tags.role in ["h", "free"]' : where,
          group: n === 1 ? { roundCount: 0 } : {},
        }),
      ),
    );
    await system.engine.idle();

    expect(await Promise.all(runIds.map(status))).toEqual(ids.map(() => 'succeeded'));
    const trace = readTrace(file);
    expect(trace).toHaveLength(3 * 8 + 2 * 6);
    expect(areApart(trace)).toBe(true);
    expect(mostAtOnce(trace)).toBeLessThanOrEqual(5);
    expect(mostAtOnce(trace.filter((one) => one.node.startsWith('h-')))).toBeLessThanOrEqual(3);
  });
});
