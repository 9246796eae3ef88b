import { describe, expect, test } from 'vitest';
import { nodeIdSchema } from '#shared/model/ids.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { makePlan, otherRunId, runId } from '#test/functions/api/hand-made-services.ts';
import { cli, jobYaml, startOfTime } from '../test-host.ts';

const many = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `line ${i + 1}`);

const argv = ['plan', '-', '--param', 'version=1'];

const rolling = (): RunPlan => {
  const plan = makePlan();
  const [group] = plan.groups;
  const [round] = group!.rounds;
  const nodes = (count: number, from: number) =>
    Array.from({ length: count }, (_, i) => ({ ...round!.nodes[0]!, name: `web-${from + i}` }));
  const [slice] = round!.slices;
  return {
    ...plan,
    groups: [
      {
        ...group!,
        strategy: 'grayScale',
        nodeCount: 50,
        failuresAllowed: 2,
        soakSeconds: 30,
        phases: [
          { ...group!.phases[0]!, name: 'announce', on: 'runner', runner: { ...round!.nodes[0]!, name: 'ops-1' } },
          {
            ...group!.phases[0]!,
            operations: [
              { ...group!.phases[0]!.operations[0]!, id: 'stop', failIgnore: true, timeoutSeconds: 120 },
              { ...group!.phases[0]!.operations[0]!, when: 'int(outputs.df.free) > 1000' },
            ],
          },
        ],
        rounds: [
          {
            round: 1,
            nodes: nodes(1, 1),
            slices: [
              { ...slice!, phase: 'announce', kind: 'runner', nodeCount: 1, width: 1 },
              { ...slice!, nodeCount: 1, width: 1 },
            ],
          },
          {
            round: 2,
            nodes: nodes(49, 2),
            slices: [
              {
                ...slice!,
                nodeCount: 49,
                width: 25,
                batches: [
                  slice!.batches[0]!,
                  { agent: 'aliyun', account: '12', region: 'cn-hangzhou', online: false, batchCount: 3, nodeCount: 9 },
                ],
              },
            ],
          },
        ],
      },
    ],
    totals: { nodes: 50, nodeOperations: 101, agentCalls: { sends: 9, looks: 9 } },
  };
};

describe('drover plan', () => {
  test('shows groups, phases, rounds with their nodes and batches, what is odd, and the totals', async () => {
    const { stdout, exitCode } = await cli(argv, { stdin: jobYaml, services: { planPreview: async () => rolling() } });
    expect(exitCode).toBe(0);
    expect(
      stdout,
    ).toBe(`roll  grayScale, 50 nodes, 2 rounds, stops when more than 2 nodes failed, waits 30.0s between rounds
  PHASE     ON            OPERATIONS
  announce  runner ops-1  start (sh, 1h00m)
  restart   target        stop (sh, 2m00s, failure ignored), start (sh, 1h00m, when int(outputs.df.free) > 1000)

  ROUND  PHASE     NODES  AT ONCE  BATCHES                                               WHO
      1  announce      1        1  1 × aws/eu-west-1                                     web-1
         restart       1        1  1 × aws/eu-west-1
      2  restart      49       25  1 × aws/eu-west-1, 3 × aliyun/12/cn-hangzhou offline  web-[2-50]
  left out: i-9 (excluded)

SECRET  KEPT IN          USED BY
token   ssm:/shop/token  start

warning roll: Offline now: i-2.
warning It is odd.
roll-shop: 50 nodes, 101 operations on nodes, 9 sends and at least 9 looks  plan bbbbbbbbbbbb
`);
  });

  test('shows the key of the run and who has it now, budgets that narrow it, and what other runs have', async () => {
    const plan = makePlan();
    const [group] = plan.groups;
    const [round] = group!.rounds;
    const budgets = [{ name: 'shop', max: '20%' as const, total: 50, limit: 10, nodes: 2 }];
    const narrowed = { ...round!, slices: round!.slices.map((slice) => ({ ...slice, budgets })) };
    const held: RunPlan = {
      ...plan,
      groups: [{ ...group!, rounds: [narrowed] }],
      concurrency: { key: 'deploy', policy: 'queue', limit: 1 },
      heldNow: {
        turn: { running: [{ runId, job: 'roll-shop', actor: 'bob', since: '' }], waiting: 2 },
        leases: [{ runId: otherRunId, job: 'other', nodeIds: [round!.nodes[0]!.id] }],
        budgets: [
          { name: 'shop', used: 4, waiting: 0 },
          { name: 'idle', used: 0, waiting: 0 },
        ],
      },
    };
    const { stdout } = await cli(argv, { stdin: jobYaml, services: { planPreview: async () => held } });
    expect(stdout).toContain(
      '  PHASE    NODES  AT ONCE  BUDGETS               BATCHES            WHO\n  restart      2        2  shop: 10 of 50 (20%)  1 × aws/eu-west-1  web-[1-2]\n',
    );
    expect(stdout).toContain(
      `key deploy (queue, 1 at once): has a turn now: run ${runId} of roll-shop (by bob), and 2 runs in line\n`,
    );
    expect(stdout).toContain(`warning 1 node leased now by run ${otherRunId} of other: i-1\n`);
    expect(stdout).toContain('warning budget shop has 4 nodes in use now\n');
    expect(stdout).not.toContain('idle');
    const free: RunPlan = { ...held, heldNow: { turn: { running: [], waiting: 0 }, leases: [], budgets: [] } };
    const quiet = await cli(argv, { stdin: jobYaml, services: { planPreview: async () => free } });
    expect(quiet.stdout).toContain('key deploy (queue, 1 at once): nobody has a turn now\n');
  });

  test('a oneShot group has no rounds', async () => {
    const { stdout } = await cli(argv, { stdin: jobYaml });
    expect(stdout).toContain('roll  oneShot, 2 nodes, stops at the first failed node\n');
    expect(stdout).toContain(
      '  PHASE    NODES  AT ONCE  BATCHES            WHO\n  restart      2        2  1 × aws/eu-west-1  web-[1-2]\n',
    );
  });

  test('with --detailed-exitcode it ends with 2 for work, 0 for nothing to do, and 1 for an error', async () => {
    const detailed = [...argv, '--detailed-exitcode'];
    const empty = (): RunPlan => ({ ...makePlan(), totals: { ...makePlan().totals, nodes: 0, nodeOperations: 0 } });
    const work = await cli(detailed, { stdin: jobYaml });
    const nothing = await cli(detailed, { stdin: jobYaml, services: { planPreview: async () => empty() } });
    const wrong = await cli(detailed, { stdin: 'kind: Job' });
    expect([work.exitCode, nothing.exitCode, wrong.exitCode]).toEqual([2, 0, 1]);
    expect(nothing.stdout).toContain('nothing to do');
    expect((await cli(argv, { stdin: 'kind: Job' })).exitCode).toBe(2);
  });

  test('5,000 nodes are a screen of text, and every line with --show nodes', async () => {
    const plan = makePlan();
    const [group] = plan.groups;
    const [round] = group!.rounds;
    const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
    const large: RunPlan = {
      ...plan,
      groups: [
        {
          ...group!,
          rounds: [{ ...round!, nodes: many(5_000, (i) => ({ ...round!.nodes[0]!, name: `web-${i}` })) }],
          leftOut: many(2_000, (i) => ({
            nodeId: nodeIdSchema.parse(`i-${i}`),
            reason: i % 2 ? 'fulfils exclude: x' : 'is a Windows node',
          })),
        },
      ],
    };
    const services = { planPreview: async () => large };
    const short = await cli(argv, { stdin: jobYaml, services });
    expect(short.stdout.split('\n').length).toBeLessThan(20);
    expect(short.stdout).toContain('left out: 1000 nodes (fulfils exclude: x): ');
    const { stdout } = await cli([...argv, '--show', 'nodes'], { stdin: jobYaml, services });
    expect(stdout.split('\n').length).toBeGreaterThan(7_000);
    expect(stdout).toMatch(/^i-1 +roll +left out: fulfils exclude: x$/m);
  });

  test('shows scripts with the values of each group of nodes', async () => {
    const variant = {
      state: 'runs' as const,
      nodeCount: 40,
      nodes: ['web-1', 'web-2'],
      env: { V: '1' },
      args: ['a b'],
    };
    const script = many(9).join('\n');
    const planned: RunPlan = {
      ...makePlan(),
      scripts: [
        {
          ...{
            group: 'roll',
            phase: 'restart',
            operation: 'start',
            interpreter: 'bash',
            script,
            scriptBytes: script.length,
          },
          variantCount: 2,
          variants: [
            variant,
            { ...variant, state: 'fails', reason: 'no pwsh', nodeCount: 1, nodes: ['win-1'], args: [] },
          ],
        },
      ],
    };
    const services = { planPreview: async () => planned };
    const { stdout } = await cli(argv, { stdin: jobYaml, services });
    expect(stdout).toContain(`roll/restart/start bash, ${script.length} bytes
  │ line 1
`);
    expect(stdout).toContain(`  │ line 6
  │ …
    40 nodes (web-1, web-2, …): with V="1" arguments ["a b"]
    win-1: fails V="1" (no pwsh)
`);
    expect((await cli([...argv, '--show', 'scripts'], { stdin: jobYaml, services })).stdout).toContain('│ line 9\n');
  });

  test('JSON is the plan of the API; nothing is started', async () => {
    const { stdout, asked } = await cli([...argv, '-o', 'json'], { stdin: jobYaml });
    expect(JSON.parse(stdout)).toEqual(makePlan());
    expect(asked.map(([name]) => name)).toEqual(['planPreview']);
    expect(asked[0]?.[1]).toMatchObject({ params: { version: '1', count: 1 } });
  });

  test('names the versions of commands and libraries', async () => {
    const plan = makePlan();
    const [operation] = plan.groups[0]!.phases[0]!.operations;
    operation!.command = {
      ...{ name: 'ops/restart', version: 'a'.repeat(64) },
      libraries: [{ name: 'lib/log', version: 'b'.repeat(64) }],
    };
    const { stdout } = await cli(argv, { stdin: jobYaml, services: { planPreview: async () => plan } });
    expect(stdout).toContain('start (ops/restart@aaaaaaaaaaaa, lib/log@bbbbbbbbbbbb, sh, 1h00m)');
  });
});

describe('the reading of the clouds behind a plan', () => {
  const nodeId = nodeIdSchema.parse('i-1');
  const planOf = (inventory: RunPlan['inventory']): RunPlan => {
    const plan = makePlan();
    const groups = plan.groups.map((group) => ({
      ...group,
      rounds: group.rounds.map((round) => ({
        ...round,
        nodes: round.nodes.map((node) => ({ ...node, online: false })),
      })),
    }));
    return { ...plan, groups, ...(inventory === undefined ? {} : { inventory }) };
  };
  const readAt = new Date(startOfTime - 12_000).toISOString();

  test('is told with its age, and made anew on demand', async () => {
    const asked: unknown[] = [];
    const services = {
      planPreview: async (_request: unknown, query: unknown) => {
        asked.push(query);
        return planOf({ readAt, silent: [] });
      },
    };
    const { stderr } = await cli(argv, { stdin: jobYaml, services });
    await cli([...argv, '--refresh'], { stdin: jobYaml, services });
    expect(stderr).toContain('nodes as of 12 s ago');
    expect(asked).toEqual([{}, { refresh: true }]);
  });

  test.each([
    [{ nodeId, state: 'silent', lastSeenAt: readAt } as const, `agent silent since ${readAt}: undeliverable unless`],
    [{ nodeId, state: 'silent', stopped: true } as const, 'stopped: undeliverable unless it is started'],
    [{ nodeId, state: 'missing' } as const, 'no agent: undeliverable'],
  ])('says of a node %j how its agent stands', async (silent, text) => {
    const plan = planOf({ readAt, silent: [silent] });
    const ids = plan.groups.flatMap(({ rounds }) => rounds.flatMap(({ nodes }) => nodes.map(({ id }) => id)));
    const services = {
      planPreview: async () => planOf({ readAt, silent: ids.map((id) => ({ ...silent, nodeId: id })) }),
    };
    const { stdout } = await cli([...argv, '--show', 'nodes'], { stdin: jobYaml, services });
    expect(stdout).toContain(text);
  });
});
