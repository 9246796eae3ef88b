import { describe, expect, it } from 'vitest';
import { table } from '#shared/persistence/table.ts';
import {
  aBatch,
  aGroup,
  anInvocation,
  aProgress,
  aResult,
  aRun,
  aSlice,
  batchId,
  nodeId,
  sampleTime,
  sliceId,
} from '#test/kit/store-samples.ts';
import { putsOf, wireSuite } from './wire-suite.ts';

const wire = wireSuite();
const _many = (count: number) => Array.from({ length: count }, (_, index) => index);
const start = Date.parse(sampleTime);

describe('retention', () => {
  const keep = 3600;

  it('gives every item that belongs to a run an expiry, in epoch seconds', async () => {
    const store = wire.storeOf({ retentionSeconds: keep });
    const run = aRun();
    const { runId } = run;
    await store.create(run);
    await store.createGroup(aGroup(runId));
    await store.openSlice(aSlice(runId), [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }]);
    const { invocationId } = (await store.createInvocation(anInvocation(runId))).invocation;
    const times = { sentAt: sampleTime, deliverBy: sampleTime, deadlineAt: sampleTime };
    await store.recordSent({ runId, invocationId, agent: 'aws', agentInvocationId: 'command', ...times });
    await store.putResults([aResult(runId)]);
    await store.putOutputs([{ runId, nodeId: nodeId('n1'), operationId: 'df', values: {} }]);
    const items = wire.calls().flatMap(({ operation, body }) => {
      if (operation === 'PutItem') return [body.Item];
      if (operation === 'BatchWriteItem') return putsOf({ operation, body }).map((put) => Object(put).PutRequest.Item);
      return [];
    });
    expect(items).toHaveLength(9);
    for (const item of items) expect(item[table.ttlAttribute]).toEqual({ N: String(start / 1000 + keep) });
  });

  it('treats what has expired as gone, though the table still has it', async () => {
    const store = wire.storeOf({ retentionSeconds: keep });
    const run = aRun();
    const { runId } = run;
    await store.create(run);
    await store.createGroup(aGroup(runId));
    await store.openSlice(aSlice(runId), [{ batch: aBatch(runId, batchId()), progress: aProgress(runId, batchId()) }]);
    await store.createInvocation(anInvocation(runId));
    await store.putResults([aResult(runId)]);
    const look = async () => [
      await store.get(runId),
      (await store.list({})).items.find((one) => one.runId === runId),
      ...(await store.listGroups(runId)),
      await store.getSlice(runId, sliceId()),
      ...(await store.listSlices(runId)),
      await store.getBatch(runId, batchId()),
      await store.getProgress(runId, batchId()),
      ...(await store.listProgress(runId, sliceId())),
      ...(await store.listInvocations(runId, batchId())),
      ...(await store.listResults(runId, batchId())),
    ];
    wire.setNow(start + keep * 1000 - 1);
    expect((await look()).filter(Boolean)).toHaveLength(10);
    wire.setNow(start + keep * 1000);
    expect((await look()).filter(Boolean)).toEqual([]);
    expect(await store.putResultIfAbsent(aResult(runId))).toBe(true);
    expect(await store.create({ ...run, actor: 'bob' })).toBe(true);
  });
});
