import { describe, expect, it } from 'vitest';
import { closePhase } from '#functions/close-phase/close-phase.ts';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import type { BatchId, RunId } from '#shared/model/ids.ts';
import { awaitAndLook, driveAttempt, driveBatch, invoke, openFirst } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groupOf = (more: Readonly<Record<string, unknown>> = {}) => ({
  name: 'g',
  maxConcurrency: 1,
  phases: [{ name: 'p', operations: [op('a'), op('b')] }],
  ...more,
});
const opened = async (rig: Rig, group: unknown = groupOf()) => {
  const runId = await rig.submit([group]);
  return { runId, ...(await openFirst(rig, runId)) };
};
const outcomes = async (rig: Rig, runId: RunId, batches: readonly BatchId[]) =>
  (await Promise.all(batches.map((id) => rig.store.listResults(runId, id))))
    .flat()
    .map(({ operationId, nodeId, outcome }) => `${operationId} ${nodeId} ${outcome.status}`);

describe('closePhase', () => {
  it('counts the nodes of all batches, and gives the same answer and records when it is delivered again', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-003' ? 1 : 0 });
    const { runId, sliceId, batches } = await opened(rig);
    for (const batchId of batches) await driveBatch(rig, runId, batchId);

    expect(await rig.tasks.closePhase({ runId, sliceId })).toEqual({ status: 'failed' });
    const before = await rig.records(runId);
    rig.clock.advance(60);
    expect(await rig.tasks.closePhase({ runId, sliceId })).toEqual({ status: 'failed' });

    expect(await rig.records(runId)).toEqual(before);
    expect(await rig.store.getSlice(runId, sliceId)).toMatchObject({ counts: { succeeded: 2, failed: 1 } });
  });

  it('leaves nodes pending that a pause or the budget kept from starting', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = () => ({ exit: 1 });
    const { runId, sliceId, batches } = await opened(rig);
    for (const batchId of batches) await driveBatch(rig, runId, batchId);

    await rig.tasks.closePhase({ runId, sliceId });

    expect((await rig.store.getSlice(runId, sliceId))?.counts).toEqual({ failed: 1, pending: 2 });
    expect(rig.events).not.toContain('batch.broken');
  });

  it('calls lost what was sent by a batch that broke, undeliverable what was never sent, and spends the budget', async () => {
    const rig = newRig(hosts(3));
    const { runId, sliceId, batches } = await opened(rig, groupOf({ maxFailures: 1 }));
    await driveBatch(rig, runId, batches[0]!);
    await awaitAndLook(rig, { ...(await invoke(rig, runId, batches[1]!)), look: 1 });
    await invoke(rig, runId, batches[1]!);

    expect(await rig.tasks.closePhase({ runId, sliceId })).toEqual({ status: 'failed' });

    expect(await outcomes(rig, runId, batches.slice(1))).toEqual([
      'a i-002 succeeded',
      'b i-002 lost',
      'a i-003 undeliverable',
    ]);
    expect((await rig.store.getSlice(runId, sliceId))?.counts).toEqual({ succeeded: 1, lost: 1, undeliverable: 1 });
    expect((await rig.store.getGroup(runId, 1, 0))?.stopped).toBe(true);
    expect(rig.events.filter((one) => one === 'batch.broken')).toHaveLength(2);
  });

  it('can be broken off and delivered again', async () => {
    const rig = newRig(hosts(2));
    const { runId, sliceId, batches } = await opened(rig);
    const deps = {
      store: rig.store,
      json: createJsonBlobs(rig.blobs),
      engine: rig.engine,
      clock: rig.clock,
      log: silent,
    };
    const closeSlice = () => Promise.reject(new Error('died here'));
    await expect(closePhase({ ...deps, store: { ...rig.store, closeSlice } })({ runId, sliceId })).rejects.toThrow();

    expect(await rig.tasks.closePhase({ runId, sliceId })).toEqual({ status: 'failed' });

    expect(await outcomes(rig, runId, batches)).toEqual(['a i-001 undeliverable', 'a i-002 undeliverable']);
    expect((await rig.store.getSlice(runId, sliceId))?.counts).toEqual({ undeliverable: 2 });
  });

  it('gives way to an answer that a late look wrote meanwhile', async () => {
    const rig = newRig(hosts(1));
    const { runId, sliceId, batches } = await opened(rig, groupOf({ phases: [{ name: 'p', operations: [op('a')] }] }));
    const batch = await invoke(rig, runId, batches[0]!);
    const store = {
      ...rig.store,
      putResultIfAbsent: async (result: Parameters<typeof rig.store.putResultIfAbsent>[0]) => {
        await rig.tasks.collectResults(batch);
        return rig.store.putResultIfAbsent(result);
      },
    };
    const deps = { store, json: createJsonBlobs(rig.blobs), engine: rig.engine, clock: rig.clock, log: silent };

    expect(await closePhase(deps)({ runId, sliceId })).toEqual({ status: 'succeeded' });

    expect((await rig.store.getSlice(runId, sliceId))?.counts).toEqual({ succeeded: 1 });
    expect((await rig.store.getGroup(runId, 1, 0))?.tallies).toEqual({});
  });

  it('accounts for a broken batch whose nodes stand at different operations: none is left without a word in the end', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = ({ instanceId, operation }) => ({ exit: instanceId === 'i-002' && operation === 'b' ? 1 : 0 });
    const runId = await rig.submit([groupOf({ maxConcurrency: 2, maxFailures: '100%' })]);
    const first = await openFirst(rig, runId);
    await driveBatch(rig, runId, first.batches[0]!);
    await rig.tasks.closePhase({ runId, sliceId: first.sliceId });
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: '', Cause: '' } });
    await rig.services.continueRun(runId, { mode: 'force', only: {} }, 'ann');
    const { sliceId } = await openFirst(rig, runId, { attempt: 2 });
    await rig.tasks.closePhase({ runId, sliceId });

    rig.script.answer = () => ({ exit: 0 });
    expect(await driveAttempt(rig, runId, 2)).toBe('failed');

    const view = await rig.services.viewRun(runId);
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ undeliverable: 2 });
  });

  it('closes an empty slice as skipped', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([groupOf()]);
    rig.inventory.nodes = [];
    const { sliceId } = await openFirst(rig, runId);

    expect(await rig.tasks.closePhase({ runId, sliceId })).toEqual({ status: 'skipped' });
  });

  it('changes nothing for an attempt that another one followed', async () => {
    const rig = newRig(hosts(2));
    const { runId, sliceId, batches } = await opened(rig);
    await rig.tasks.invokeOperation({ runId, batchId: batches[0]! });
    await rig.tasks.finishRun({ runId, attempt: 1, error: { Error: 'internal.bug', Cause: '' } });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    expect(await driveAttempt(rig, runId, 2)).toBe('succeeded');
    const before = await rig.services.viewRun(runId);

    await rig.tasks.closePhase({ runId, sliceId });

    expect(await rig.services.viewRun(runId)).toEqual(before);
  });

  it('refuses a slice that the ledger does not have', async () => {
    const rig = newRig(hosts(1));
    const { runId, sliceId } = await opened(rig);

    await expect(
      rig.tasks.closePhase({ runId, sliceId: sliceId.replace('-x0', '-x5') as typeof sliceId }),
    ).rejects.toMatchObject({ code: 'record.missing' });
  });
});

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
