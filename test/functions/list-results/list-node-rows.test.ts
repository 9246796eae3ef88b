import { describe, expect, it } from 'vitest';
import { listNodeRows } from '#functions/list-results/list-node-rows.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import type { NodeRowsQuery } from '#shared/contract/requests.ts';
import type { NodeRow } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { awaitAndLook, driveAttempt, driveBatch, driveGroup, driveSlice, invoke, openFirst } from '#test/kit/drive.ts';
import { host, hosts, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const p = { name: 'p', operations: [op('a'), op('b')] };
const page = (rig: Rig, runId: RunId, query: Partial<NodeRowsQuery> = {}) =>
  rig.services.listNodeRows(runId, { limit: 100, ...query });
const brief = (rows: readonly NodeRow[]) =>
  rows.map((row) => [row.phase, row.nodeId, row.status, row.operation ?? '-', row.attempt].join(' '));
const allOf = async (rig: Rig, runId: RunId, query: Partial<NodeRowsQuery> = {}) =>
  brief((await page(rig, runId, query)).items);

describe('the nodes of a run', () => {
  it('are not known before the first group has resolved them', async () => {
    const rig = newRig();
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);

    expect(await page(rig, runId)).toEqual({ items: [] });
  });

  it('are pending until their turn comes, then running, each at its operation, then what became of them', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 1, phases: [p] }]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
    const planned = await allOf(rig, runId);
    const { batches } = await openFirst(rig, runId);
    rig.script.answer = ({ operation }) => ({ exit: operation === 'b' ? 3 : 0 });
    await driveBatch(rig, runId, batches[0]!);
    rig.script.answer = () => ({ exit: 0 });

    expect(planned).toEqual(['p i-001 pending - 1', 'p i-002 pending - 1', 'p i-003 pending - 1']);
    expect(await allOf(rig, runId)).toEqual(['p i-001 failed b 1', 'p i-002 pending - 1', 'p i-003 pending - 1']);
    const [row] = (await page(rig, runId)).items;
    expect(row).toMatchObject({ exitCode: 3, reason: 'It exited with code 3.', rawStatus: 'Failed', durationMs: 4500 });
  });

  it('stand at the operation that is under way', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    const first = await invoke(rig, runId, batches[0]!);
    const atFirst = await allOf(rig, runId);
    await awaitAndLook(rig, { ...first, look: 1 });
    await invoke(rig, runId, batches[0]!);

    expect([...atFirst, ...(await allOf(rig, runId))]).toEqual(['p i-001 running a 1', 'p i-001 running b 1']);
  });

  it('say why a tolerated failure makes them ignored', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = ({ operation }) => ({ exit: operation === 'a' ? 7 : 0 });
    const runId = await rig.submit([
      { name: 'g', phases: [{ name: 'p', operations: [op('a', { failIgnore: true }), op('b')] }] },
    ]);
    await driveAttempt(rig, runId);

    expect((await page(rig, runId)).items).toMatchObject([{ status: 'ignored', exitCode: 7, operation: 'b' }]);
  });

  it('come in the order of the plan: group, round, phase', async () => {
    const rig = newRig([...hosts(2), runnerNode()]);
    const runId = await rig.submit([
      { name: 'r', phases: [{ name: 'say', on: 'runner', operations: [op('s')] }] },
      { name: 'g', strategy: 'grayScale', rounds: [1, '100%'], phases: [p, { name: 'q', operations: [op('c')] }] },
    ]);
    await driveAttempt(rig, runId);

    const rows = (await page(rig, runId)).items;
    expect(rows.map((row) => `${row.group} ${row.round} ${row.phase} ${row.nodeId}`)).toEqual([
      'r 0 say i-runner',
      'g 1 p i-001',
      'g 1 q i-001',
      'g 2 p i-002',
      'g 2 q i-002',
    ]);
  });

  it('are shown once, where the last attempt that touched them stands', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-002' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: 1, phases: [p] }]);
    await driveAttempt(rig, runId);
    rig.script.answer = () => ({ exit: 0 });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    const queued = await allOf(rig, runId);
    const { sliceId } = await openFirst(rig, runId, { attempt: 2 });
    const opened = await allOf(rig, runId);
    await driveSlice(rig, runId, sliceId);

    expect(queued[1]).toBe('p i-002 failed a 1');
    expect(opened).toEqual(['p i-001 succeeded b 1', 'p i-003 succeeded b 1', 'p i-002 pending - 2']);
    expect((await allOf(rig, runId)).at(-1)).toBe('p i-002 succeeded b 2');
  });

  it('are only the chosen ones, before and after a slice opens', async () => {
    const rig = newRig(hosts(3));
    const runId = await rig.submit([{ name: 'g', phases: [p] }], { only: { nodes: [host('i-002').id] } });
    await rig.tasks.startRun({ runId, attempt: 1 });
    await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
    const planned = await allOf(rig, runId);
    await driveGroup(rig, runId, 1, 0);

    expect(planned).toEqual(['p i-002 pending - 1']);
    expect(await allOf(rig, runId)).toEqual(['p i-002 succeeded b 1']);
  });
});

describe('filters', () => {
  it('take statuses, a phase, and a node by id or name', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-003' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: 3, phases: [p, { name: 'q', operations: [op('c')] }] }]);
    await driveAttempt(rig, runId);

    expect(await allOf(rig, runId, { status: ['failed'] })).toEqual(['p i-003 failed a 1', 'q i-003 failed c 1']);
    expect(await allOf(rig, runId, { status: ['failed', 'succeeded'], phase: 'q' })).toHaveLength(3);
    expect(await allOf(rig, runId, { node: 'i-001' })).toEqual(['p i-001 succeeded b 1', 'q i-001 succeeded c 1']);
    expect(await allOf(rig, runId, { node: 'h-2', phase: 'p' })).toEqual(['p i-002 succeeded b 1']);
    expect(await allOf(rig, runId, { phase: 'nope' })).toEqual([]);
  });
});

describe('pages', () => {
  const pages = async (rig: Rig, runId: RunId, query: Partial<NodeRowsQuery>, between?: () => Promise<unknown>) => {
    const seen: string[][] = [];
    let cursor: string | undefined;
    do {
      const next = await page(rig, runId, cursor === undefined ? query : { ...query, cursor });
      seen.push(next.items.map((row) => row.nodeId));
      cursor = next.cursor;
      await between?.();
    } while (cursor !== undefined && seen.length < 20);
    return seen;
  };

  it('cut the list anywhere, across batches too, and the last one has no cursor', async () => {
    const rig = newRig(hosts(5));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 2, phases: [p] }]);
    await driveAttempt(rig, runId);

    expect(await pages(rig, runId, { limit: 2 })).toEqual([['i-001', 'i-002'], ['i-003', 'i-004'], ['i-005']]);
    expect((await pages(rig, runId, { limit: 5 })).flat()).toHaveLength(5);
  });

  it('give every node once while slices open and nodes end between them', async () => {
    const rig = newRig(hosts(6));
    const runId = await rig.submit([{ name: 'g', strategy: 'grayScale', rounds: [2, 4, '100%'], phases: [p] }]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    const step = async () => {
      const { slices } = await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });
      for (const sliceId of slices) await driveSlice(rig, runId, sliceId);
    };
    await step();

    expect((await pages(rig, runId, { limit: 1 }, step)).flat()).toEqual(hosts(6).map((node) => node.id));
  });

  it('lose no node when a slice opens in the middle of them, whatever batches it makes', async () => {
    const aliyun = { agent: 'aliyun', region: 'cn-hangzhou' } as const;
    const rig = newRig(hosts(6).map((node, index) => (index % 2 === 0 ? { ...node, ...aliyun } : node)));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    await rig.tasks.startRun({ runId, attempt: 1 });
    await rig.tasks.nextStage({ runId, attempt: 1, group: 0 });

    const seen = (await pages(rig, runId, { limit: 2 }, () => openFirst(rig, runId))).flat();

    expect([...new Set(seen)].sort()).toEqual(hosts(6).map((node) => node.id));
  });

  it('lose no node when an attempt takes over nodes of pages that were given', async () => {
    const rig = newRig(hosts(4));
    rig.script.answer = ({ instanceId }) => ({ exit: ['i-001', 'i-002'].includes(instanceId) ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: '100%', phases: [p] }]);
    await driveAttempt(rig, runId);
    let opened = false;
    const open = async () => {
      if (opened) return;
      opened = true;
      await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
      await openFirst(rig, runId, { attempt: 2 });
    };

    const seen = (await pages(rig, runId, { limit: 2 }, open)).flat();

    expect([...new Set(seen)].sort()).toEqual(['i-001', 'i-002', 'i-003', 'i-004']);
  });

  it('lose no node whose status changes while a status is filtered', async () => {
    const rig = newRig(hosts(6));
    const runId = await rig.submit([{ name: 'g', maxConcurrency: 6, phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    const end = async () => {
      rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { exit: 1 } : { state: 'running' });
      const [invocation] = await rig.store.listInvocations(runId, batches[0]!);
      if (invocation) await rig.tasks.collectResults(invocation);
    };
    await invoke(rig, runId, batches[0]!);

    const seen = (await pages(rig, runId, { limit: 2, status: ['running'] }, end)).flat();

    expect(seen).toEqual(hosts(6).map((node) => node.id));
  });

  it('refuse a cursor that is not theirs', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);

    for (const cursor of ['x', '1.2', '0.0.0.1.0.0.-1', 'eyJhIjoxfQ=='])
      await expect(page(rig, runId, { cursor })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('are found by one name without reading what other batches did', async () => {
    const rig = newRig([...hosts(1), ...hosts(3, { region: 'us-east-1' }).slice(1)]);
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    await driveAttempt(rig, runId);
    const read: string[] = [];
    const store = {
      ...rig.store,
      listResults: (...given: Parameters<typeof rig.store.listResults>) => {
        read.push(given[1]);
        return rig.store.listResults(...given);
      },
    };
    const list = listNodeRows({ store, json: createJsonBlobs(rig.blobs) });

    expect(brief((await list(runId, { limit: 100, node: 'i-003' })).items)).toEqual(['p i-003 succeeded b 1']);
    expect(read).toHaveLength(1);
    expect((await list(runId, { limit: 100 })).items).toHaveLength(3);
    expect(new Set(read).size).toBe(2);
  });
});
