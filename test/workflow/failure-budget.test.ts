import { afterEach, describe, expect, it } from 'vitest';
import type { RunView } from '#shared/contract/run-views.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';

let system: TestSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

/** Nodes web-1 … web-6 in zone a, then b: three each. */
const nodes = () =>
  someNodes('aws', 'web', 6).map((node, index) => ({ ...node, tags: { role: 'web', zone: index < 3 ? 'a' : 'b' } }));

const failing = (...names: readonly string[]) => ({
  id: 'work',
  run: 'case " $BAD " in *" $NAME "*) exit 1; esac',
  env: { BAD: names.join(' '), NAME: '${{ node.name }}' },
});

const run = async (spec: Readonly<Record<string, unknown>>): Promise<RunView> => {
  system = await startTestSystem(nodes());
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'budget' },
    spec: { targets: { where: 'node.tags.role == "web"' }, ...spec },
  };
  const { runId } = await system.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'test' });
  await system.engine.idle();
  return system.services.viewRun(runId);
};

const countsOf = (view: RunView) => view.groups.flatMap((group) => group.phases.map(({ counts }) => counts));
const stopReason = async (view: RunView, group = 0) =>
  (await system!.ports.store.getGroup(view.runId, 1, group))?.stopReason;

const oneByOne = { maxConcurrency: 1 };

describe('a failure budget', () => {
  it('per zone stops when one zone has too many, though the group as a whole has not', async () => {
    const budget = (max: number) => ({
      groups: [
        {
          name: 'g',
          ...oneByOne,
          maxFailures: { max, per: 'node.tags.zone' },
          phases: [{ name: 'p', operations: [failing('web-1', 'web-2', 'web-4')] }],
        },
      ],
    });
    const view = await run(budget(1));
    expect(countsOf(view)).toEqual([{ failed: 2, pending: 4 }]);
    expect(await stopReason(view)).toBe("The failure budget of group 'g' for a is spent: 2 nodes failed, 1 may.");
    await system?.close();

    expect(countsOf(await run(budget(2)))).toEqual([{ failed: 3, succeeded: 3 }]);
  });

  it('per round forgets the failures of earlier rounds', async () => {
    const spec = (per: object) => ({
      groups: [
        {
          name: 'g',
          strategy: 'grayScale',
          rounds: [2, 4, '100%'],
          maxFailures: { max: '50%', ...per },
          phases: [{ name: 'p', operations: [failing('web-1', 'web-3', 'web-5', 'web-6')] }],
        },
      ],
    });
    const view = await run(spec({ per: 'round' }));
    expect(countsOf(view)).toEqual([{ failed: 4, succeeded: 2 }]);
    expect(await stopReason(view)).toBe(
      "The failure budget of group 'g' for round 3 of 'g' is spent: 2 nodes failed, 1 may.",
    );
  });

  it('waits for its sample, and counts only the ends that it names', async () => {
    const sampled = await run({
      groups: [
        {
          name: 'g',
          ...oneByOne,
          maxFailures: { max: '30%', minSample: 4 },
          phases: [{ name: 'p', operations: [failing('web-1', 'web-2')] }],
        },
      ],
    });
    expect(countsOf(sampled)).toEqual([{ failed: 2, succeeded: 2, pending: 2 }]);
    await system?.close();

    const lostOnly = await run({
      groups: [
        {
          name: 'g',
          maxFailures: { max: 0, of: ['lost', 'timedOut'] },
          phases: [{ name: 'p', operations: [failing('web-1', 'web-2')] }],
        },
      ],
    });
    expect(countsOf(lostOnly)).toEqual([{ failed: 2, succeeded: 4 }]);
  });

  it('of a phase stops its group, and of the run counts over groups', async () => {
    const ofPhase = await run({
      groups: [
        {
          name: 'g',
          strategy: 'grayScale',
          roundCount: 1,
          maxFailures: '100%',
          phases: [
            { name: 'p', maxFailures: 0, operations: [failing('web-1')] },
            { name: 'q', operations: [{ id: 'never', run: 'true' }] },
          ],
        },
      ],
    });
    expect(countsOf(ofPhase)).toEqual([{ failed: 1, succeeded: 5 }, {}]);
    await system?.close();

    const group = (name: string, ...bad: readonly string[]) => ({
      name,
      maxFailures: '100%',
      phases: [{ name: `${name}-p`, operations: [{ ...failing(...bad), id: `work_${name}` }] }],
    });
    const ofRun = await run({
      maxFailures: 2,
      groups: [group('one', 'web-1', 'web-2'), group('two', 'web-3'), group('three')],
    });
    expect(countsOf(ofRun)).toEqual([{ failed: 2, succeeded: 4 }, { failed: 1, succeeded: 5 }, {}]);
    expect(await stopReason(ofRun, 1)).toBe('The failure budget of the run is spent: 3 nodes failed, 2 may.');
  });
});
