import { describe, expect, it } from 'vitest';
import { retryRequestSchema } from '#shared/contract/requests.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { uploadAsNode } from '#test/kit/uploads.ts';

const newRig = useRigs();

const phases = [
  { name: 'p', operations: [op('a'), op('b')] },
  { name: 'q', operations: [op('c')] },
];
const groups = [{ name: 'g', strategy: 'grayScale', roundCount: 1, maxFailures: '100%', phases }];
const ask = (nodes: string, more: object = {}) => retryRequestSchema.parse({ nodes, ...more });

/** In p: i-002 ended b with 3, i-003 ended a with 3 and i-004 ended a with 4; the others did everything. Nobody but i-001 and i-005 went on to q. */
const mixed = async (rig: Rig): Promise<RunId> => {
  const ends: Readonly<Record<string, number>> = { 'i-002 b': 3, 'i-003 a': 3, 'i-004 a': 4 };
  rig.script.answer = ({ instanceId, operation }) => ({
    exit: ends[`${instanceId} ${operation}`] ?? 0,
    stdout: `${operation} on ${instanceId}`,
  });
  const runId = await rig.submit(groups);
  await driveAttempt(rig, runId);
  rig.script.answer = () => ({ exit: 0 });
  return runId;
};
const sentIn = (rig: Rig, attempt: number) =>
  rig.aws.sends
    .filter((one) => one.invocationId.includes(`.a${attempt}-`))
    .map(
      ({ invocationId, instanceIds }) =>
        `${/-p\d/.exec(invocationId)?.[0]}${/\.o\d/.exec(invocationId)?.[0]} ${instanceIds.join(' ')}`,
    );
const preview = async (rig: Rig, runId: RunId, nodes: string, more: object = {}) =>
  (await rig.services.previewRetry(runId, ask(nodes, more))).items.map(
    ({ phase, nodeId, operation, fromFirst }) => `${phase} ${nodeId} ${operation}${fromFirst ? ' first' : ''}`,
  );

describe('retryRun', () => {
  it('runs exactly the nodes that ended with that exit code, each from its own next operation, and nothing after', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    await rig.services.retryRun(runId, ask('exit=3'), 'bob');

    await driveAttempt(rig, runId, 2);

    expect(sentIn(rig, 2)).toEqual(['-p0.o0 i-003', '-p0.o1 i-002 i-003']);
    const rows = (await rig.services.listNodeRows(runId, { limit: 100 })).items;
    expect(Object.fromEntries(rows.flatMap((row) => (row.phase === 'p' ? [[row.nodeId, row.status]] : [])))).toEqual({
      ...{ 'i-001': 'succeeded', 'i-002': 'succeeded', 'i-003': 'succeeded', 'i-004': 'failed', 'i-005': 'succeeded' },
    });
  });

  it('ends as the run stands then: what is left, continue runs', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    await rig.services.retryRun(runId, ask('exit=3'), 'bob');
    expect(await driveAttempt(rig, runId, 2)).toBe('failed');
    await rig.services.continueRun(runId, { mode: 'continue', only: {} }, 'bob');

    expect(await driveAttempt(rig, runId, 3)).toBe('succeeded');

    expect(sentIn(rig, 3)).toEqual(['-p0.o0 i-004', '-p0.o1 i-004', '-p1.o0 i-002 i-003 i-004']);
  });

  it('begins at the first operation with force, and where everything had succeeded', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    await rig.services.retryRun(runId, ask('exit=3', { force: true, only: { nodes: ['i-002'] } }), 'bob');
    await driveAttempt(rig, runId, 2);
    await rig.services.retryRun(runId, ask('succeeded', { only: { phases: ['p'], nodes: ['i-001'] } }), 'bob');
    await driveAttempt(rig, runId, 3);

    expect(sentIn(rig, 2)).toEqual(['-p0.o0 i-002', '-p0.o1 i-002']);
    expect(sentIn(rig, 3)).toEqual(['-p0.o0 i-001', '-p0.o1 i-001']);
  });

  it('keeps what was chosen, whatever comes of the nodes meanwhile, and says so', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    rig.script.answer = ({ operation }) => ({ exit: operation === 'b' ? 3 : 0 });
    await rig.services.retryRun(runId, ask('i-004, h-5'), 'bob');
    await driveAttempt(rig, runId, 2);

    const { attempts } = await rig.services.viewRun(runId);

    expect(attempts[1]).toMatchObject({
      actor: 'bob',
      selection: { mode: 'retry', picks: { placeCount: 3, by: 'i-004, h-5', force: false } },
    });
    expect(attempts[1]?.selection.picks).not.toHaveProperty('blob');
    expect(sentIn(rig, 2)).toEqual(['-p0.o0 i-004 i-005', '-p0.o1 i-004 i-005']);
  });

  it('is taken up again after a pause where it was, and goes to nobody else', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    await rig.services.retryRun(runId, ask('exit=3,exit=4', { force: true }), 'bob');
    rig.script.answer = ({ operation }) => {
      if (operation === 'a') void rig.services.pauseRun(runId, {}, 'ann');
      return { exit: 0 };
    };
    expect(await driveAttempt(rig, runId, 2)).toBe('held');
    rig.script.answer = () => ({ exit: 0 });
    await rig.services.resumeRun(runId, {}, 'ann');

    await driveAttempt(rig, runId, 2);

    expect(sentIn(rig, 2)).toEqual(['-p0.o0 i-002 i-003 i-004', '-p0.o1 i-002 i-003 i-004']);
  });

  it('is refused while the run is under way, without anything chosen, and for nodes that the run does not have', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    const queued = await rig.submit(groups);
    const retry = (id: RunId, nodes: string) => rig.services.retryRun(id, ask(nodes), 'bob');

    await expect(retry(queued, 'failed')).rejects.toMatchObject({ code: 'run.conflict' });
    await expect(retry(runId, 'lost')).rejects.toMatchObject({ code: 'run.nothing-selected' });
    await expect(retry(runId, 'i-0022,i-002')).rejects.toMatchObject({
      code: 'request.invalid',
      hint: "Did you mean 'i-002'?",
    });
    await expect(retry(runId, 'faild')).rejects.toMatchObject({ hint: "Did you mean 'failed'?" });
    expect((await rig.store.get(runId))?.attempts).toHaveLength(1);
  });

  it('adds one attempt when two ask at once', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);
    const both = await Promise.allSettled([
      rig.services.retryRun(runId, ask('failed'), 'ann'),
      rig.services.retryRun(runId, ask('exit=4'), 'bob'),
    ]);

    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await rig.store.get(runId))?.attempts).toHaveLength(2);
  });
});

describe('previewRetry', () => {
  it('says which nodes, and runs nothing', async () => {
    const rig = newRig(hosts(5));
    const runId = await mixed(rig);

    expect(await preview(rig, runId, 'failed')).toEqual(['p i-002 b', 'p i-003 a', 'p i-004 a']);
    expect(await preview(rig, runId, 'failed', { force: true })).toEqual([
      ...['p i-002 a first', 'p i-003 a first', 'p i-004 a first'],
    ]);
    expect(await preview(rig, runId, 'succeeded', { only: { phases: ['q'] } })).toEqual([
      ...['q i-001 c first', 'q i-005 c first'],
    ]);
    expect((await rig.store.get(runId))?.attempts).toHaveLength(1);
  });

  it('looks at what was printed, line by line, also where the node uploaded it', async () => {
    const rig = newRig(hosts(2));
    const runId = await rig.submit([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }]);
    const text = `${'x'.repeat(99)}\n`.repeat(2000);
    const recorded = await uploadAsNode(
      rig.blobs,
      { runId, operation: 'a', instanceId: 'i-001' },
      { bytes: Buffer.from(`${text}No Space left\n${text}`) },
    );
    rig.script.answer = ({ instanceId }) =>
      instanceId === 'i-001' ? recorded : { exit: 0, stdout: 'fine\nall of it\n' };
    await driveAttempt(rig, runId);

    expect(await preview(rig, runId, 'output~/^No Space/')).toEqual(['p i-001 a first']);
    expect(await preview(rig, runId, 'output~/^no space/i')).toEqual(['p i-001 a first']);
    expect(await preview(rig, runId, 'output~/^all of it$/')).toEqual(['p i-002 a first']);
    await expect(preview(rig, runId, 'output~/^no space/')).rejects.toMatchObject({ code: 'run.nothing-selected' });
    await expect(preview(rig, runId, 'output~/^(x+x+)+y$/')).rejects.toMatchObject({ code: 'search.too-slow' });
  });
});
