import { describe, expect, it } from 'vitest';
import { driveAttempt, driveBatch } from '#test/kit/drive.ts';
import { host, hosts, op, runnerNode, useRigs } from '#test/kit/rig.ts';
import { groupOf, opened, resultsOf, stateOf } from './opened-batch.ts';

const newRig = useRigs();

describe('the values of a node', () => {
  it('come from params, the node, the run, and the outputs of its own and of the runner’s operations', async () => {
    const rig = newRig([host('i-001'), runnerNode()]);
    rig.script.answer = ({ operation }) => ({
      exit: 0,
      outputs: operation === 'say' ? { word: 'from-the-runner' } : { size: 'forty-two' },
    });
    const env = {
      P: '${{ params.who }}',
      N: '${{ node.name }}',
      W: '${{ outputs.say.word }}',
      S: '${{ outputs.size.size }}',
      D: '${{ outputs.size.unit }}',
    };
    const groups = [
      { name: 'one', phases: [{ name: 'r', on: 'runner', operations: [op('say', { outputs: { word: {} } })] }] },
      groupOf([op('size', { outputs: { size: {}, unit: { default: 'litres' } } }), op('use', { env })]),
    ];
    const runId = await rig.submit(groups, {
      spec: { params: { who: {} } },
      params: { who: 'x$(id)y' },
    });

    expect(await driveAttempt(rig, runId)).toBe('succeeded');

    const script = rig.aws.sends.at(-1)?.script ?? '';
    for (const value of ['x$(id)y', 'h-1', 'from-the-runner', 'forty-two', 'litres', runId])
      expect(script).toContain(value);
  });

  it('make one sending also where they differ', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig, groupOf([op('a', { args: ['${{ node.name }}'] })]));

    await rig.tasks.invokeOperation({ runId, batchId });

    expect(rig.aws.sends.map((one) => one.instanceIds)).toEqual([['i-001', 'i-002', 'i-003']]);
    for (const name of ['h-1', 'h-2', 'h-3']) expect(rig.aws.sends[0]?.script).toContain(name);
  });

  it('that cannot be made fail that node only: the others are sent', async () => {
    const rig = newRig();
    rig.script.answer = ({ instanceId }) => ({ exit: 0, outputs: { n: instanceId === 'i-002' ? 'many' : '7' } });
    const { runId, batchId } = await opened(
      rig,
      groupOf([op('a', { outputs: { n: {} } }), op('b', { when: 'int(outputs.a.n) > 3' })], { maxFailures: 1 }),
    );

    await driveBatch(rig, runId, batchId);

    expect(rig.aws.sends.map((one) => one.instanceIds.length)).toEqual([3, 2]);
    const failed = (await rig.store.listResults(runId, batchId)).find((one) => one.outcome.status === 'failed');
    expect(failed).toMatchObject({
      nodeId: 'i-002',
      operationId: 'b',
      outcome: { reason: expect.stringContaining('Operation b was not sent: ') },
    });
    expect(failed?.invocationId).toBeUndefined();
    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { succeeded: 2, failed: 1 }]);
  });

  it('that cannot be made are a tolerated failure where the operation says failIgnore', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 0, outputs: { n: 'many' } });
    const { runId, batchId } = await opened(
      rig,
      groupOf([op('a', { outputs: { n: {} } }), op('b', { when: 'int(outputs.a.n) > 3', failIgnore: true }), op('c')]),
    );

    await driveBatch(rig, runId, batchId);

    expect(await resultsOf(rig, { runId, batchId })).toEqual([
      'a i-001 succeeded',
      'b i-001 failed',
      'c i-001 succeeded',
    ]);
    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { ignored: 1 }]);
  });
});

describe('the system of a node', () => {
  it('decides whether a script can run there: nodes where it cannot fail, with a reason that says what to do', async () => {
    const windows = { ...host('i-002'), os: 'windows' as const };
    const rig = newRig([host('i-001'), windows]);
    const operations = [
      op('sh'),
      op('ps', { interpreter: 'powershell' }),
      op('py', { interpreter: 'python3', runAs: 'nobody' }),
      op('bat', { interpreter: 'bat', args: ['100%'] }),
    ].map((one) => ({ ...one, failIgnore: true }));
    const runId = await rig.submit([groupOf(operations)]);

    await driveAttempt(rig, runId);

    // The two systems are batches of their own, which run side by side.
    expect(rig.aws.sends.map(({ instanceIds, shell }) => [...instanceIds, shell].join(' ')).sort()).toEqual([
      'i-001 sh',
      'i-001 sh',
      'i-002 powershell',
    ]);
    const results = (await rig.services.listResults(runId, { limit: 100 })).items;
    const reasons = results
      .filter((one) => one.status === 'failed')
      .map((one) => `${one.nodeId} ${one.operation}: ${one.reason}`);
    expect(reasons.toSorted()).toEqual([
      'i-001 bat: The interpreter bat does not exist on Linux, which this node runs; there are sh, bash, python3, perl, node, pwsh, viri.',
      'i-001 ps: The interpreter powershell does not exist on Linux, which this node runs; there are sh, bash, python3, perl, node, pwsh, viri.',
      'i-002 bat: Argument 1 holds a quote, a percent sign or a line end, which a batch file cannot be given as data: give it through env.',
      expect.stringMatching(/^i-002 py: On Windows a script runs as the user of the agent/),
      expect.stringMatching(/^i-002 sh: The interpreter sh does not exist on Windows/),
    ]);
  });
});

describe('a condition', () => {
  it('that is false on some nodes skips them, and they go on at the next operation', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig, groupOf([op('a', { when: 'node.name != "h-2"' }), op('b')]));

    await driveBatch(rig, runId, batchId);

    expect(rig.aws.sends.map((one) => one.instanceIds)).toEqual([
      ['i-001', 'i-003'],
      ['i-001', 'i-002', 'i-003'],
    ]);
    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { succeeded: 3 }]);
  });

  it('that is false on all nodes sends nothing for that operation, and the next one at once', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig, groupOf([op('a', { when: 'false' }), op('b')]));

    const { invocationId } = await rig.tasks.invokeOperation({ runId, batchId });

    expect(invocationId).toContain('.o1.');
    expect(rig.aws.sends).toHaveLength(1);
  });

  it('that is false for every operation ends the batch as skipped, the same when it is delivered again', async () => {
    const rig = newRig();
    const { runId, batchId } = await opened(rig, groupOf([op('a', { when: 'false' }), op('b', { when: 'false' })]));

    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });
    const before = await rig.records(runId);
    rig.clock.advance(60);
    expect(await rig.tasks.invokeOperation({ runId, batchId })).toMatchObject({ state: 'done' });

    expect(rig.aws.sends).toEqual([]);
    expect(await stateOf(rig, { runId, batchId })).toEqual(['done', { skipped: 3 }]);
    expect(await rig.records(runId)).toEqual(before);
  });
});
