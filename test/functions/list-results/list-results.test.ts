import { describe, expect, it } from 'vitest';
import type { ResultsQuery } from '#shared/contract/requests.ts';
import { bytesInJson, maxPageBytes } from '#shared/contract/sizes.ts';
import type { RunId } from '#shared/model/ids.ts';
import { awaitAndLook, driveAttempt, driveBatch, driveSlice, invoke, openFirst } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';

const newRig = useRigs();

const p = { name: 'p', operations: [op('a'), op('b')] };
const list = (rig: Rig, runId: RunId, query: Partial<ResultsQuery> = {}) =>
  rig.services.listResults(runId, { limit: 100, ...query });
const allOf = async (rig: Rig, runId: RunId, query: Partial<ResultsQuery> = {}) =>
  (await list(rig, runId, query)).items.map((one) => [one.operation, one.nodeId, one.status, one.attempt].join(' '));

describe('the results of a run', () => {
  it('are those of each operation on each node, with what was printed and whose sending it was', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 3, stdout: 'out\n', stderr: 'err\n', outputs: { v: '1' } });
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    await driveAttempt(rig, runId);

    const { items, cursor } = await list(rig, runId);

    const invocationId = `${runId}.a1-g0-s0-p0-x0-b0.o0.t0`;
    expect(items).toMatchObject([
      {
        ...{ nodeId: 'i-001', name: 'h-1', group: 'g', phase: 'p', round: 0, operation: 'a', attempt: 1 },
        ...{ status: 'failed', exitCode: 3, stdout: 'out\n', stderr: 'err\n', outputs: { v: '1' }, durationMs: 2250 },
        ...{ invocationId, agentInvocationId: `cmd-${invocationId}` },
      },
    ]);
    expect(items[0]).not.toHaveProperty('textBlob');
    expect(cursor).toBeUndefined();
  });

  it('come batch by batch, operation by operation, of all attempts', async () => {
    const rig = newRig(hosts(2));
    rig.script.answer = ({ instanceId, operation }) => ({ exit: instanceId === 'i-002' && operation === 'b' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    await driveAttempt(rig, runId);
    rig.script.answer = () => ({ exit: 0 });
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    await driveAttempt(rig, runId, 2);

    expect(await allOf(rig, runId)).toEqual([
      'a i-001 succeeded 1',
      'a i-002 succeeded 1',
      'b i-001 succeeded 1',
      'b i-002 failed 1',
      'b i-002 succeeded 2',
    ]);
  });

  it('have no sending where a condition was false', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a', { when: 'false' })] }] }]);
    await driveAttempt(rig, runId);

    const { items } = await list(rig, runId);

    expect(items).toMatchObject([{ status: 'skipped', reason: 'its condition is false' }]);
    expect(items[0]).not.toHaveProperty('invocationId');
  });

  it('can be filtered by status, phase, operation and node', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => ({ exit: instanceId === 'i-003' ? 1 : 0 });
    const runId = await rig.submit([{ name: 'g', maxFailures: 3, phases: [p, { name: 'q', operations: [op('c')] }] }]);
    await driveAttempt(rig, runId);

    expect(await allOf(rig, runId, { status: ['failed'] })).toEqual(['a i-003 failed 1', 'c i-003 failed 1']);
    expect(await allOf(rig, runId, { operation: 'b' })).toHaveLength(2);
    expect(await allOf(rig, runId, { node: 'h-1', phase: 'p' })).toEqual([
      'a i-001 succeeded 1',
      'b i-001 succeeded 1',
    ]);
    expect(await allOf(rig, runId, { node: 'nobody' })).toEqual([]);
  });

  it('are paged: each comes once while new ones are written between the pages', async () => {
    const rig = newRig(hosts(4));
    const runId = await rig.submit([{ name: 'g', strategy: 'grayScale', roundCount: 2, phases: [p] }]);
    const { batches, sliceId } = await openFirst(rig, runId);
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { state: 'running' } : { exit: 0 });
    const sent = await invoke(rig, runId, batches[0]!);
    await awaitAndLook(rig, { ...sent, look: 1 });
    const first = await list(rig, runId, { limit: 1 });
    expect(first.items.map((one) => one.nodeId)).toEqual(['i-002']);
    expect(first.cursor).toBeUndefined();
    rig.script.answer = () => ({ exit: 0 });
    await driveBatch(rig, runId, batches[0]!);
    const cursors = await list(rig, runId, { limit: 2 });
    await driveSlice(rig, runId, sliceId);
    await driveAttempt(rig, runId);

    const seen = [...cursors.items];
    let { cursor } = cursors;
    while (cursor !== undefined) {
      const next = await list(rig, runId, { limit: 2, cursor });
      seen.push(...next.items);
      cursor = next.cursor;
    }

    expect(seen.map((one) => `${one.operation} ${one.nodeId}`)).toEqual(
      ['i-001 i-002', 'i-003 i-004'].flatMap((nodes) =>
        ['a', 'b'].flatMap((operation) => nodes.split(' ').map((node) => `${operation} ${node}`)),
      ),
    );
  });

  it('do not come twice when an earlier node of the same operation answers between two pages', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId }) => (instanceId === 'i-001' ? { state: 'running' } : { exit: 0 });
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);
    const { batches } = await openFirst(rig, runId);
    const sent = await invoke(rig, runId, batches[0]!);
    await rig.tasks.collectResults(sent);
    const first = await list(rig, runId, { limit: 1 });
    rig.script.answer = () => ({ exit: 0 });
    await rig.tasks.collectResults(sent);

    const second = await list(rig, runId, {
      limit: 5,
      ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
    });

    expect([first, second].flatMap((page) => page.items.map((one) => one.nodeId))).toEqual(['i-002', 'i-003']);
  });

  it('come in pages that an answer can hold, whatever was printed, and none is lost or twice', async () => {
    const rig = newRig(hosts(90));
    // As JSON within JSON each of these takes seven bytes.
    rig.script.answer = () => ({ exit: 0, stdout: '\u0001'.repeat(8_000), stderr: '\u0002'.repeat(8_000) });
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    await driveAttempt(rig, runId);

    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(rig, runId, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.items.map(({ nodeId }) => nodeId));
      sizes.push(bytesInJson(JSON.stringify(page)));
      cursor = page.cursor;
    } while (cursor !== undefined);

    expect(seen).toEqual(hosts(90).map(({ id }) => id));
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThan(maxPageBytes + 1000);
    expect(sizes[0]).toBeGreaterThan(maxPageBytes * 0.9);
  });

  it('are refused for a run that is not there, and under a cursor that is not theirs', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit([{ name: 'g', phases: [p] }]);

    await expect(list(rig, newRunId())).rejects.toMatchObject({ code: 'run.not-found' });
    await expect(list(rig, runId, { cursor: 'next' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
