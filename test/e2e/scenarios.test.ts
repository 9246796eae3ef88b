import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { happenedBefore, mostAtOnce, nodesOf, readTrace, traced } from '#test/kit/trace.ts';

/*
 * The acceptance scenarios of the older automation runner, on real local nodes; docs/import.md says which test shows what. 9 and 10 are in
 * imported.test.ts, 13 in secrets.test.ts.
 */

let fleet: OpenFleet | undefined;
let file: string;

beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
});
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const jobOf = (spec: Readonly<Record<string, unknown>>) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'scenario' },
  spec: { targets: { where: 'node.tags.role == "h"' }, ...spec },
});

const phaseOf = (view: RunView, name: string) =>
  view.groups.flatMap((group) => group.phases).find((phase) => phase.name === name);

const operationsOf = async (runId: RunId, node: string): Promise<readonly string[]> =>
  (await fleet!.services.listResults(runId, { node, limit: 1000 })).items.map(
    (one) => `${one.operation}:${one.status}`,
  );

/** Starts a job on `count` nodes h-1, h-2 … and a runner, and waits for its end. */
const run = async (
  count: number,
  spec: Readonly<Record<string, unknown>>,
): Promise<{ readonly runId: RunId; readonly view: RunView }> => {
  fleet = await openFleet(hostsFleet(count));
  const { runId } = await fleet.services.submitRun({
    request: { job: jobOf(spec), params: {}, only: {} },
    actor: 'test',
  });
  return { runId, view: await fleet.ended(runId) };
};

describe('the order and overlap of executions', () => {
  it('1: roundCount 2 over 8 nodes runs at most 4 at once, rolling', async () => {
    const { view } = await run(8, {
      groups: [{ name: 'g', roundCount: 2, phases: [{ name: 'p1', operations: [traced('a', file)] }] }],
    });

    const executions = readTrace(file);
    expect(view.status).toBe('succeeded');
    expect(phaseOf(view, 'p1')?.counts).toEqual({ succeeded: 8 });
    expect(executions).toHaveLength(8);
    expect(mostAtOnce(executions)).toBeLessThanOrEqual(4);
    expect(mostAtOnce(executions)).toBeGreaterThan(1);
  });

  it('2: roundCount 0 runs nodes one by one, in order', async () => {
    await run(3, { groups: [{ name: 'g', roundCount: 0, phases: [{ name: 'p', operations: [traced('a', file)] }] }] });

    const executions = readTrace(file);
    expect(executions.map((one) => one.node)).toEqual(['h-1', 'h-2', 'h-3']);
    expect(mostAtOnce(executions)).toBe(1);
  });

  it('3: after the first failure not one more node starts, and no later group', async () => {
    const { runId, view } = await run(6, {
      groups: [
        {
          name: 'g',
          roundCount: 6,
          phases: [{ name: 'p', operations: [traced('a', file, { body: '[ "$NODE" != h-1 ]' })] }],
        },
        { name: 'later', phases: [{ name: 'q', operations: [traced('z', file)] }] },
      ],
    });

    expect(view.status).toBe('failed');
    expect(phaseOf(view, 'p')).toMatchObject({ status: 'failed', counts: { failed: 1, pending: 5 } });
    expect(phaseOf(view, 'q')?.status).toBe('pending');
    expect(readTrace(file).map((one) => one.node)).toEqual(['h-1']);
    const rows = await fleet!.services.listNodeRows(runId, { limit: 100, phase: 'p' });
    expect(rows.items.map((row) => row.status)).toEqual([
      'failed',
      'pending',
      'pending',
      'pending',
      'pending',
      'pending',
    ]);
  });

  it('4: a tolerated failure lets the node go on and ends it as ignored; a re-run executes nothing, force everything', async () => {
    const spec = {
      groups: [
        {
          name: 'g',
          phases: [
            {
              name: 'p',
              operations: [traced('a', file, { failIgnore: true, body: '[ "$NODE" != h-1 ]' }), traced('b', file)],
            },
          ],
        },
      ],
    };
    const { runId, view } = await run(2, spec);

    expect(view.status).toBe('completed');
    expect(phaseOf(view, 'p')).toMatchObject({ status: 'completed', counts: { succeeded: 1, ignored: 1 } });
    expect(await operationsOf(runId, 'h-1')).toEqual(['a:failed', 'b:succeeded']);
    expect(readTrace(file)).toHaveLength(4);
    await expect(fleet!.services.continueRun(runId, { mode: 'continue', only: {} }, 'test')).rejects.toMatchObject({
      code: 'run.conflict',
    });
    await fleet!.services.continueRun(runId, { mode: 'force', only: {} }, 'test');
    expect((await fleet!.ended(runId)).status).toBe('completed');
    expect(readTrace(file)).toHaveLength(8);
  });

  it('5: continue runs only what is left, each node from its own next operation, and finds the outputs of before', async () => {
    const marker = `${file}.fixed`;
    const { runId, view } = await run(2, {
      groups: [
        {
          name: 'g',
          maxFailures: '100%',
          phases: [
            {
              name: 'p',
              operations: [
                traced('a', file, { body: 'echo "v=from $NODE" >> "$DROVER_OUTPUT"', outputs: { v: {} } }),
                traced('b', file, { body: `[ "$NODE" = h-2 ] || [ -e '${marker}' ]` }),
                {
                  ...traced('c', file, { body: 'echo "$V"' }),
                  env: { NODE: '${{ node.name }}', TRACE: file, V: '${{ outputs.a.v }}' },
                },
              ],
            },
          ],
        },
      ],
    });
    expect(view.status).toBe('failed');
    expect(await operationsOf(runId, 'h-1')).toEqual(['a:succeeded', 'b:failed']);
    expect(await operationsOf(runId, 'h-2')).toEqual(['a:succeeded', 'b:succeeded', 'c:succeeded']);
    const before = readTrace(file).length;

    writeFileSync(marker, '');
    await fleet!.services.continueRun(runId, { mode: 'continue', only: {} }, 'test');
    const after = await fleet!.ended(runId);

    expect(after.status).toBe('succeeded');
    expect(after.attempt).toBe(2);
    expect(phaseOf(after, 'p')?.counts).toEqual({ succeeded: 2 });
    expect(
      readTrace(file)
        .slice(before)
        .map((one) => `${one.node} ${one.operation}`),
    ).toEqual(['h-1 b', 'h-1 c']);
    const { items } = await fleet!.services.listResults(runId, { node: 'h-1', operation: 'c', limit: 10 });
    expect(items.map((one) => one.stdout)).toEqual(['from h-1\n']);
  });

  const rounds = {
    name: 'g',
    strategy: 'grayScale',
    phases: (fileName: string, failing = '') => [
      { name: 'lf', on: 'runner', round: 'first', operations: [traced('lf1', fileName)] },
      { name: 'pa', operations: [traced('pa1', fileName, { body: `sleep 0.15; [ "$NODE" != '${failing}' ]` })] },
      { name: 'pb', operations: [traced('pb1', fileName)] },
      { name: 'll', on: 'runner', round: 'last', operations: [traced('ll1', fileName)] },
    ],
  };

  it('6: a gray-scale group goes round by round with a barrier between phases, in every round', async () => {
    const { view } = await run(5, { groups: [{ ...rounds, roundCount: 2, phases: rounds.phases(file) }] });

    const all = readTrace(file);
    const of = (operation: string, nodes: readonly string[]) =>
      all.filter((one) => one.operation === operation && nodes.includes(one.node));
    const [first, second] = [
      ['h-1', 'h-2', 'h-3'],
      ['h-4', 'h-5'],
    ] as const;
    expect(view.status).toBe('succeeded');
    const steps = [
      of('lf1', ['runner']),
      of('pa1', first),
      of('pb1', first),
      of('pa1', second),
      of('pb1', second),
      of('ll1', ['runner']),
    ];
    expect(steps.map((step) => step.length)).toEqual([1, 3, 3, 2, 2, 1]);
    for (const [index, step] of steps.slice(1).entries()) expect(happenedBefore(steps[index]!, step)).toBe(true);
    expect(all).toHaveLength(12);
  });

  it('7: a failure in a round lets its phase end and starts nothing after it', async () => {
    const { view } = await run(6, { groups: [{ ...rounds, roundCount: 3, phases: rounds.phases(file, 'h-3') }] });

    const all = readTrace(file);
    expect(view.status).toBe('failed');
    expect([...nodesOf(all, 'pa1')].sort()).toEqual(['h-1', 'h-2', 'h-3', 'h-4']);
    expect([...nodesOf(all, 'pb1')].sort()).toEqual(['h-1', 'h-2']);
    expect(nodesOf(all, 'll1')).toEqual([]);
    expect(phaseOf(view, 'pa')).toMatchObject({ status: 'failed', counts: { succeeded: 3, failed: 1 } });
    expect(phaseOf(view, 'pb')).toMatchObject({ status: 'paused', counts: { succeeded: 2 } });
    expect(phaseOf(view, 'll')?.status).toBe('paused');
  });

  it('8: a middle runner phase runs exactly once, in the first round that is at least the middle', async () => {
    await run(10, {
      groups: [
        {
          name: 'g',
          strategy: 'grayScale',
          roundCount: 4,
          phases: [
            { name: 'p', operations: [traced('a', file, { body: 'true' })] },
            { name: 'm', on: 'runner', round: 'middle', operations: [traced('mid', file, { body: 'true' })] },
          ],
        },
      ],
    });

    const all = readTrace(file);
    const middle = all.findIndex((one) => one.operation === 'mid');
    expect(nodesOf(all, 'mid')).toHaveLength(1);
    expect(all.slice(0, middle).filter((one) => one.operation === 'a')).toHaveLength(6);
    expect(all).toHaveLength(11);
  });
});

const hold = (): string => `while [ ! -e '${file}.go' ]; do sleep 0.05; done`;
const letGo = (): void => writeFileSync(`${file}.go`, '');

/** Starts a job on h-1, h-2 … (and c-1, c-2 … of the other cloud), and does not wait for it. */
const start = async (
  hosts: readonly [number, number?],
  groups: readonly unknown[],
  only: Readonly<Record<string, readonly string[]>> = {},
): Promise<RunId> => {
  fleet = await openFleet(hostsFleet(...hosts));
  const { runId } = await fleet.services.submitRun({
    request: { job: jobOf({ groups }), params: {}, only },
    actor: 'test',
  });
  return runId;
};
const ran = (): readonly string[] => readTrace(file).map((one) => `${one.node} ${one.operation}`);

describe('operators', () => {
  it('11: pause between operations and resume there; abort ends what runs, and a continue runs it again', async () => {
    const operations = [traced('a', file, { body: hold() }), traced('b', file, { body: 'true' })];
    const runId = await start([4], [{ name: 'g', roundCount: 0, phases: [{ name: 'p', operations }] }]);
    const statusOf = async () => (await fleet!.services.viewRun(runId)).status;
    await expect.poll(ran, { timeout: 10_000 }).toEqual(['h-1 a']);
    await fleet!.services.pauseRun(runId, {}, 'ann');
    letGo();
    await expect.poll(statusOf, { timeout: 20_000 }).toBe('paused');
    expect(ran()).toEqual(['h-1 a']);

    rmSync(`${file}.go`);
    await fleet!.services.resumeRun(runId, {}, 'ann');
    await expect.poll(ran, { timeout: 20_000 }).toEqual(['h-1 a', 'h-1 b', 'h-2 a']);
    await fleet!.services.abortRun(runId, {}, 'ann');
    const aborted = await fleet!.ended(runId);
    expect(aborted).toMatchObject({ status: 'aborted', stops: { confirmed: 1 } });
    expect(phaseOf(aborted, 'p')).toMatchObject({
      status: 'aborted',
      counts: { succeeded: 1, aborted: 1, pending: 2 },
    });

    letGo();
    await fleet!.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    expect((await fleet!.ended(runId)).status).toBe('succeeded');
    expect(ran().slice(3)).toEqual(['h-2 a', 'h-2 b', 'h-3 a', 'h-3 b', 'h-4 a', 'h-4 b']);
  });

  it('12: answer a question that a run waits for, and the answer is an output', async () => {
    const runId = await start(
      [1],
      [
        {
          name: 'ask',
          phases: [
            {
              name: 'q',
              on: 'runner',
              operations: [{ id: 'ask', waitInput: { message: 'Go on?', options: ['Yes', 'No'] } }],
            },
          ],
        },
        {
          name: 'use',
          phases: [{ name: 'p', operations: [{ id: 'a', run: 'echo "$A"', env: { A: '${{ outputs.ask.answer }}' } }] }],
        },
      ],
    );
    const gates = async () =>
      (await fleet!.services.viewRun(runId)).gates.map(({ kind, status }) => `${kind} ${status}`);
    await expect.poll(gates, { timeout: 20_000 }).toEqual(['input open']);
    await fleet!.services.decideGate(runId, { decision: 'answer', answer: ['Yes'] }, 'ann');
    expect((await fleet!.ended(runId)).status).toBe('succeeded');
    const { items } = await fleet!.services.listResults(runId, { limit: 10 });
    expect(items.map(({ stdout }) => stdout.trim())).toEqual(['answered by ann: Yes', 'Yes']);
  });
});

describe('several agents', () => {
  it('14: a phase starts nowhere until the one before it ended on the nodes of both clouds; runner phases run once', async () => {
    const runId = await start(
      [1, 3],
      [
        {
          name: 'g',
          strategy: 'grayScale',
          roundCount: 2,
          phases: [
            { name: 'lf', on: 'runner', round: 'first', operations: [traced('lf1', file, { body: 'true' })] },
            { name: 'pa', operations: [traced('pa1', file, { body: 'case $NODE in c-*)sleep 0.6;; esac' })] },
            { name: 'pb', operations: [traced('pb1', file, { body: 'true' })] },
          ],
        },
      ],
    );
    expect((await fleet!.ended(runId)).status).toBe('succeeded');
    const all = readTrace(file);
    const of = (operation: string) => all.filter((one) => one.operation === operation);
    expect([of('lf1').length, of('pa1').length, of('pb1').length]).toEqual([1, 4, 4]);
    const firstRound = of('pa1').slice(0, 2);
    expect(firstRound.map(({ node }) => node.slice(0, 1)).toSorted()).toEqual(['c', 'h']);
    expect(happenedBefore(firstRound, of('pb1'))).toBe(true);
    expect(happenedBefore(of('pb1').slice(0, 2), of('pa1').slice(2))).toBe(true);
    expect(happenedBefore(of('pa1'), of('pb1').slice(2))).toBe(true);
  });
});

describe('what the older engine got wrong', () => {
  const writer = (id: string) => ({ id, run: `echo "v=${id}" >> "$DROVER_OUTPUT"`, outputs: { v: {} } });

  it('phases at the same time keep the outputs of both, and a runner phase is heard in its own group', async () => {
    const both = {
      id: 'both',
      run: 'echo "$A $B $L"',
      env: { A: '${{ outputs.a.v }}', B: '${{ outputs.b.v }}', L: '${{ outputs.l.v }}' },
    };
    const runId = await start(
      [3],
      [
        {
          name: 'g',
          roundCount: 1,
          phases: [
            { name: 'p', operations: [writer('a')] },
            { name: 'q', operations: [writer('b')] },
          ],
        },
        {
          name: 'h',
          strategy: 'grayScale',
          roundCount: 2,
          phases: [
            { name: 'l', on: 'runner', round: 'first', operations: [writer('l')] },
            { name: 'use', operations: [both] },
          ],
        },
      ],
    );
    expect((await fleet!.ended(runId)).status).toBe('succeeded');
    const { items } = await fleet!.services.listResults(runId, { limit: 50 });
    expect(items.filter(({ operation }) => operation === 'both').map(({ stdout }) => stdout)).toEqual(
      Array(3).fill('a b l\n'),
    );
  });

  it('one chosen phase of a gray-scale group still goes round by round', async () => {
    const phases = [
      { name: 'p', operations: [traced('a', file, { body: 'true' })] },
      { name: 'q', operations: [traced('b', file)] },
    ];
    const group = { name: 'g', strategy: 'grayScale', roundCount: 2, phases };
    const runId = await start([4], [group], { phases: ['q'] });
    expect((await fleet!.ended(runId)).status).toBe('succeeded');
    const all = readTrace(file);
    expect(all.map(({ operation }) => operation)).toEqual(['b', 'b', 'b', 'b']);
    expect(happenedBefore(all.slice(0, 2), all.slice(2))).toBe(true);
  });
});
