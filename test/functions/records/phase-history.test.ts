import { describe, expect, it } from 'vitest';
import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { readPhaseHistory } from '#functions/records/phase-history.ts';
import { phasePlace } from '#functions/records/phase-place.ts';
import { formatSliceId, type RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

const groups = [
  { name: 'g', maxConcurrency: 1, phases: [{ name: 'p', operations: [op('a'), op('b')] }] },
  { name: 'h', phases: [{ name: 'q', operations: [op('c')] }] },
];
const first = { attempt: 1, groupIndex: 0, stageIndex: 0, phaseIndex: 0, pass: 0 };
const historyOf = async (rig: Rig, runId: RunId, change: Partial<typeof first>) => {
  const key = { ...first, ...change };
  const run = (await rig.store.get(runId))!;
  const deps = { store: rig.store, json: createJsonBlobs(rig.blobs) };
  const place = await phasePlace(deps, run, { ...key, attempt: 1 });
  const ledger = await readPhaseHistory(deps, run, { sliceId: formatSliceId(key), round: 0 }, { ...place, key });
  return [...ledger].map(([id, entry]) => [id, entry.status, entry.nextOperation, entry.attempt]);
};

describe('the history of a phase', () => {
  it('is empty for the first pass of a first attempt, without a read', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);

    expect(await historyOf(rig, runId, {})).toEqual([]);
  });

  it('says of each node where the last batch that held it left it', async () => {
    const rig = newRig(hosts(3));
    rig.script.answer = ({ instanceId, operation }) => ({ exit: instanceId === 'i-002' && operation === 'b' ? 1 : 0 });
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    const second = await historyOf(rig, runId, { attempt: 2 });
    await driveAttempt(rig, runId, 2);

    expect(second).toEqual([
      ['i-001', 'succeeded', 2, 1],
      ['i-002', 'failed', 1, 1],
      ['i-003', 'pending', 0, 1],
    ]);
    expect(await historyOf(rig, runId, { attempt: 2 })).toEqual(second);
    expect(await historyOf(rig, runId, { attempt: 3 })).toEqual([
      ['i-001', 'succeeded', 2, 1],
      ['i-002', 'failed', 1, 2],
      ['i-003', 'pending', 0, 2],
    ]);
  });

  it('knows nothing of other phases', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);

    expect(await historyOf(rig, runId, { attempt: 2, groupIndex: 1 })).toEqual([['i-001', 'succeeded', 1, 1]]);
  });

  it('of a place that the job does not have is refused', async () => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit(groups);

    await expect(historyOf(rig, runId, { groupIndex: 5 })).rejects.toMatchObject({ code: 'record.missing' });
  });
});
