import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PlanTargets, planRun } from '#shared/plan/plan-run.ts';
import { runPlanSchema } from '#shared/plan/run-plan.ts';
import { selectTargets, withoutReach } from '#shared/plan/targets.ts';
import { anyFleet, jobOf, limitOf, nodeOf, phaseOf, targetsOfSize } from './plan-fixtures.ts';

const runner = { node: withoutReach(nodeOf('runner-1')), online: true };
const targetsOf = (nodes: PlanTargets['nodes'], more: Partial<PlanTargets> = {}): PlanTargets => ({
  nodes,
  runners: {},
  leftOut: [],
  ...more,
});
const job = jobOf([
  { name: 'check', phases: [phaseOf('disk')] },
  {
    name: 'roll',
    strategy: 'grayScale',
    rounds: [1, '50%', '100%'],
    soak: '30s',
    maxFailures: '25%',
    phases: [
      phaseOf('announce', { on: 'runner' }),
      phaseOf('restart', {
        operations: [
          { id: 'stop', run: './stop.sh', failIgnore: true, timeout: '2m' },
          { id: 'start', name: 'Start it', run: './start.sh', when: 'true' },
        ],
      }),
    ],
  },
]);
const request = {
  job,
  groups: [targetsOf(targetsOfSize(4)), targetsOf(targetsOfSize(4), { runners: { '0': runner } })],
  limitOf,
};

describe('planRun', () => {
  test('shows rounds with their nodes, and the slices of each in the order in which they run', () => {
    const { groups } = planRun(request);
    const shown = groups.map((group) =>
      group.rounds.map(({ round, nodes, slices }) => [
        round,
        nodes.map(({ id }) => id),
        slices.map(({ stageIndex, phase, kind }) => `${stageIndex} ${phase} ${kind}`),
      ]),
    );
    expect(shown).toEqual([
      [[0, ['h01', 'h02', 'h03', 'h04'], ['0 disk nodes']]],
      [
        [1, ['h01'], ['0 announce runner', '1 restart nodes']],
        [2, ['h02'], ['2 restart nodes']],
        [3, ['h03', 'h04'], ['3 restart nodes']],
      ],
    ]);
  });

  test('shows budget, soak, runner and operations, and no script', () => {
    const plan = planRun(request);
    expect(plan.groups[1]).toMatchObject({ stageCount: 4, failuresAllowed: 1, soakSeconds: 30, maxFailures: '25%' });
    expect(plan.groups[1]?.phases[0]?.runner).toEqual({ id: 'runner-1', name: 'runner-1', online: true });
    expect(plan.groups[1]?.phases[1]?.operations.map(({ digest, ...operation }) => operation)).toEqual([
      { id: 'stop', interpreter: 'sh', timeoutSeconds: 120, failIgnore: true },
      { id: 'start', name: 'Start it', interpreter: 'sh', timeoutSeconds: 3600, failIgnore: false, when: 'true' },
    ]);
    expect(JSON.stringify(plan)).not.toContain('stop.sh');
  });

  test('adds up results and agent calls', () => {
    expect(planRun(request).totals).toEqual({
      nodes: 4,
      nodeOperations: 4 + 1 + 4 * 2,
      agentCalls: { sends: 1 + 1 + 3 * 2, looks: 8 },
    });
  });

  test('adds batches up by where they go', () => {
    const nodes = Array.from({ length: 130 }, (_, i) => {
      const place = i < 120 ? {} : { agent: 'aliyun', region: 'cn-hangzhou', account: '5' };
      return { node: withoutReach(nodeOf(`n${i}`, place)), online: i !== 0 };
    });
    const plan = planRun({ ...request, groups: [targetsOf(nodes)], selection: { groups: ['check'] } });
    const slice = plan.groups[0]?.rounds[0]?.slices[0];
    const aws = { agent: 'aws', region: 'eu-west-1' };
    expect(slice?.batches).toEqual([
      { ...aws, online: true, batchCount: 3, nodeCount: 119 },
      { agent: 'aliyun', region: 'cn-hangzhou', account: '5', online: true, batchCount: 1, nodeCount: 10 },
      { ...aws, online: false, batchCount: 1, nodeCount: 1 },
    ]);
    expect(slice).toMatchObject({ nodeCount: 130, width: 130, batchesAtOnce: 5 });
  });

  test('warns of offline nodes by name, of those left out with the reason, and of groups without nodes', () => {
    const offline = targetsOfSize(7).map((target) => ({ ...target, online: false }));
    const leftOut = ['w1', 'w2'].map((id) => ({ nodeId: nodeOf(id).id, reason: 'is a Windows node' }));
    const groups = [targetsOf(offline, { leftOut }), targetsOf([], { runners: { '0': runner } })];
    expect(
      planRun({ ...request, groups }).warnings.map(({ kind, message, nodeIds }) => [kind, message, nodeIds.length]),
    ).toEqual([
      ['offline', 'Offline now, and undeliverable unless they come back: h01, h02, h03, h04, h05 and 2 more.', 7],
      ['leftOut', 'Left out (is a Windows node): w1, w2.', 2],
      ['noNodes', "Group 'roll' has no nodes: its phases on targets will be skipped.", 0],
    ]);
  });

  test('does not mind offline targets that only a runner works for', () => {
    const viaRunner = jobOf([{ name: 'g', phases: [phaseOf('p', { on: 'runnerPerTarget' })] }]);
    const offline = targetsOfSize(2).map((target) => ({ ...target, online: false }));
    const plan = planRun({ job: viaRunner, groups: [targetsOf(offline, { runners: { '0': runner } })], limitOf });
    expect(plan.warnings).toEqual([]);
    expect(plan.groups[0]?.rounds[0]?.slices[0]?.batches).toMatchObject([{ online: true, batchCount: 2 }]);
  });

  test('narrows to phases and leaves the numbers of the stages as they are', () => {
    const plan = planRun({ ...request, selection: { phases: ['restart'] } });
    expect(plan.groups.map(({ name, phases }) => [name, phases.map((phase) => phase.name)])).toEqual([
      ['roll', ['restart']],
    ]);
    expect(plan.groups[0]?.rounds.flatMap(({ slices }) => slices.map(({ stageIndex }) => stageIndex))).toEqual([
      1, 2, 3,
    ]);
  });

  test('refuses more stages than a run can hold', () => {
    const slow = jobOf([{ name: 'slow', strategy: 'grayScale', roundCount: 0, phases: [phaseOf('p')] }]);
    expect(() => planRun({ job: slow, groups: [targetsOf(targetsOfSize(601))], limitOf })).toThrow('limit is 600');
  });

  test('is one of the plans of the contract, and survives JSON', () => {
    const plan = planRun(request);
    expect(runPlanSchema.parse(plan)).toEqual(plan);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });

  test('has another digest when a script, a node or a round changes, and the same one otherwise', () => {
    const digests = [
      request,
      { ...request, groups: [targetsOf(targetsOfSize(3)), request.groups[1]!] },
      {
        ...request,
        job: {
          ...job,
          spec: { ...job.spec, groups: [{ ...job.spec.groups[0]!, maxConcurrency: 2 }, job.spec.groups[1]!] },
        },
      },
      {
        ...request,
        job: jobOf([{ name: 'check', phases: [phaseOf('disk', { operations: [{ id: 'diskOp', run: 'false' }] })] }]),
      },
      { ...request, job: jobOf([{ name: 'check', phases: [phaseOf('disk')] }]) },
    ].map((one) => planRun(one).digest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(planRun({ ...structuredClone({ job, groups: request.groups }), limitOf }).digest).toBe(digests[0]);
  });

  test('holds each node of a group in exactly one round, and does not depend on the order of the inventory', () => {
    const strategy = fc.constantFrom('oneShot' as const, 'grayScale' as const);
    fc.assert(
      fc.property(anyFleet(40), strategy, fc.integer({ min: 1, max: 9 }), (fleet, kind, roundCount) => {
        const one = jobOf([
          { name: 'g', strategy: kind, roundCount, targets: { where: 'true' }, phases: [phaseOf('a'), phaseOf('b')] },
        ]);
        const planOf = (candidates: typeof fleet) =>
          planRun({
            job: one,
            groups: [
              targetsOf([
                ...selectTargets({
                  job: one,
                  group: one.spec.groups[0]!,
                  candidates,
                  explicit: false,
                  matchesWhere: () => true,
                  matchesExclude: () => false,
                }).nodes,
              ]),
            ],
            limitOf,
          });
        const plan = planOf(fleet);
        expect(planOf(fleet.toReversed())).toEqual(plan);
        const shown = plan.groups[0]!.rounds.flatMap(({ nodes }) => nodes.map(({ id }) => id));
        expect(shown).toEqual(fleet.map(({ id }) => id).toSorted());
        for (const { nodes, slices } of plan.groups[0]!.rounds)
          for (const { nodeCount, batches } of slices) {
            expect(nodeCount).toBe(nodes.length);
            expect(batches.reduce((sum, scope) => sum + scope.nodeCount, 0)).toBe(nodeCount);
          }
      }),
    );
  });
});
