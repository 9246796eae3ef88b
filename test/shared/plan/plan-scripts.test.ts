import { describe, expect, test } from 'vitest';
import type { JobInput } from '#shared/model/job.ts';
import { planScripts } from '#shared/plan/plan-scripts.ts';
import { systemWarnings } from '#shared/plan/system-warnings.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import { jobOf, nodeOf, phaseOf } from './plan-fixtures.ts';

type Operation = NonNullable<JobInput['spec']['groups'][number]['phases'][number]['operations']>[number];

const nodes = (count: number, more: (index: number) => Record<string, unknown> = () => ({})) =>
  Array.from({ length: count }, (_, i) => ({ node: withoutReach(nodeOf(`h${i + 1}`, more(i))), online: true }));

const scriptsOf = (
  operations: readonly Operation[],
  {
    spec = {},
    params = {},
    on = nodes(3),
  }: { spec?: Partial<JobInput['spec']>; params?: Record<string, string>; on?: ReturnType<typeof nodes> } = {},
) =>
  planScripts({
    job: jobOf([{ name: 'g', phases: [phaseOf('p', { operations: [...operations] })] }], spec),
    params,
    targets: [{ nodes: on, runners: {} }],
  });

describe('planScripts', () => {
  test('shows the script once, and nodes with equal values together, most first', () => {
    const zone = (i: number) => ({ tags: { zone: i === 0 ? 'a' : 'b' } });
    const [script] = scriptsOf(
      [{ id: 'x', run: './roll.sh "$ZONE"', env: { ZONE: '${{ node.tags.zone }}' }, args: ['${{ params.v }}'] }],
      { on: nodes(7, zone), params: { v: '1.2' }, spec: { params: { v: {} }, env: { STAGE: 'prod' } } },
    );
    expect(script).toEqual({
      ...{ group: 'g', phase: 'p', operation: 'x', interpreter: 'sh', script: './roll.sh "$ZONE"', scriptBytes: 17 },
      variantCount: 2,
      variants: [
        {
          state: 'runs',
          nodeCount: 6,
          nodes: ['h2', 'h3', 'h4', 'h5', 'h6'],
          env: { STAGE: 'prod', ZONE: 'b' },
          args: ['1.2'],
        },
        { state: 'runs', nodeCount: 1, nodes: ['h1'], env: { STAGE: 'prod', ZONE: 'a' }, args: ['1.2'] },
      ],
    });
  });

  test('shows a secret as its reference only, also inside a text, and what only the run knows as it is written', () => {
    const [script] = scriptsOf(
      [
        {
          id: 'x',
          run: 'true',
          env: {
            LOGIN: 'bob:${{ params.token }}',
            RUN: '${{ run.id }}',
            FREE: '${{ outputs.df.free }}',
            BOTH: '${{ env.FREE_BEFORE }}!',
          },
        },
      ],
      {
        params: { token: 'ssm:/shop/token' },
        spec: { params: { token: { type: 'secret' } }, env: { FREE_BEFORE: '${{ run.id }}' } },
      },
    );
    expect(script?.variants[0]?.env).toEqual({
      FREE_BEFORE: '${{ run.id }}',
      LOGIN: 'bob:<ssm:/shop/token>',
      RUN: '${{ run.id }}',
      FREE: '${{ outputs.df.free }}',
      BOTH: '${{ env.FREE_BEFORE }}!',
    });
  });

  test('says where a condition keeps a script away, and where only the node can tell', () => {
    const scripts = scriptsOf(
      [
        { id: 'never', run: 'true', when: 'node.tags.zone == "c"' },
        { id: 'later', run: 'true', when: 'outputs.df.free == "1"' },
        { id: 'broken', run: 'true', env: { N: '${{ int(node.tags.zone) }}' } },
      ],
      { on: nodes(2, () => ({ tags: { zone: 'a' } })) },
    );
    expect(scripts.map(({ variants }) => variants.map(({ state, nodeCount }) => [state, nodeCount]))).toEqual([
      [['skipped', 2]],
      [['depends', 2]],
      [['fails', 2]],
    ]);
  });

  test('says on which systems an interpreter does not exist', () => {
    const on = nodes(3, (i) => (i === 2 ? { os: 'windows' } : {}));
    const operations: Operation[] = [
      { id: 'sh', run: 'true' },
      { id: 'py', run: 'pass', interpreter: 'python3' },
    ];
    const [sh, py] = scriptsOf(operations, { on });
    expect(sh?.variants.map(({ state, nodes: who }) => [state, who])).toEqual([
      ['runs', ['h1', 'h2']],
      ['fails', ['h3']],
    ]);
    expect(py?.variants).toHaveLength(1);
    const { groups } = jobOf([{ name: 'g', phases: [phaseOf('p', { operations })] }]).spec;
    const warnings = groups.flatMap((group) => systemWarnings(group, { nodes: on, runners: {} }, {}));
    expect(warnings).toMatchObject([{ kind: 'wrongSystem', group: 'g', nodeIds: ['h3'] }]);
    expect(warnings[0]?.message).toMatch(
      /^Operation 'sh' fails on 1 node: The interpreter sh does not exist on Windows/,
    );
  });

  test('stays small with many nodes, values and lines', () => {
    const [script] = scriptsOf([{ id: 'x', run: '#'.repeat(9_000), args: ['${{ node.name }}'] }], { on: nodes(500) });
    expect(script).toMatchObject({ scriptBytes: 9_000, variantCount: 500 });
    expect(script?.script).toHaveLength(4_000);
    expect(script?.variants).toHaveLength(20);
  });

  test('a runner has its own values; Drover’s own operations send nothing', () => {
    const runner = { node: withoutReach(nodeOf('ops-1')), online: true };
    const phases = [
      phaseOf('p', {
        on: 'runner',
        operations: [
          { id: 'x', run: 'true', args: ['${{ node.name }}'] },
          { id: 'w', wait: '1s' },
        ],
      }),
    ];
    const scripts = planScripts({
      job: jobOf([{ name: 'g', phases }]),
      params: {},
      targets: [{ nodes: [], runners: { '0': runner } }],
    });
    expect(scripts.map(({ operation, variants }) => [operation, variants[0]?.args])).toEqual([['x', ['ops-1']]]);
  });
});
