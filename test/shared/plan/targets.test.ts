import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { operationSchema } from '#shared/model/operation.ts';
import { frozenTargetsSchema } from '#shared/model/run.ts';
import { selectTargets, type TargetQuery, targetsOf } from '#shared/plan/targets.ts';
import { anyFleet, nodeOf, oneGroup, phaseOf } from './plan-fixtures.ts';

const select = (more: Partial<TargetQuery>, group: object = {}, spec: object = {}) =>
  selectTargets({
    ...oneGroup(group, spec),
    candidates: [],
    explicit: false,
    matchesWhere: () => {
      throw new Error('where was asked');
    },
    matchesExclude: () => {
      throw new Error('exclude was asked');
    },
    ...more,
  });
const idsOf = ({ nodes }: ReturnType<typeof select>): readonly string[] => nodes.map(({ node }) => node.id);
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing was thrown';
};
const abc = [
  nodeOf('c'),
  nodeOf('a', { tags: { app: 'shop' } }),
  nodeOf('b', { tags: { app: 'shop' }, online: false }),
];
const isShop: TargetQuery['matchesWhere'] = (node) => node.tags['app'] === 'shop';

describe('targetsOf', () => {
  test('replaces the targets of the job by those of the group as a whole', () => {
    const spec = { targets: { where: 'x', exclude: 'y' } };
    const own = oneGroup({ targets: { where: 'z' } }, spec);
    expect(targetsOf(own.job, own.group)).toEqual({ where: 'z' });
    const inherited = oneGroup({}, spec);
    expect(targetsOf(inherited.job, inherited.group)).toEqual({ where: 'x', exclude: 'y' });
  });
});

describe('selectTargets', () => {
  test('takes the nodes that where finds, by id, and says nothing of the others', () => {
    const found = select({ candidates: abc, matchesWhere: isShop }, { targets: { where: 'app' } });
    expect(idsOf(found)).toEqual(['a', 'b']);
    expect(found.nodes.map(({ online }) => online)).toEqual([true, false]);
    expect(found.leftOut).toEqual([]);
  });

  test('leaves out what was found without an agent, and says so; what was named stays', () => {
    const bare = [
      nodeOf('a', { agentMissing: true, online: false }),
      nodeOf('b', { agentMissing: true, online: false, agent: 'aliyun' }),
      nodeOf('c', { online: false, lastSeenAt: '2030-01-01T00:00:00Z' }),
    ];
    const found = select({ candidates: bare, matchesWhere: () => true }, { targets: { where: 'all' } });
    expect(idsOf(found)).toEqual(['c']);
    expect(found.leftOut).toEqual([
      { nodeId: 'a', reason: 'has no agent that SSM knows' },
      { nodeId: 'b', reason: 'has no Cloud Assistant' },
    ]);
    expect(idsOf(select({ candidates: bare }, { targets: { nodes: ['b', 'a'] } }))).toEqual(['b', 'a']);
    expect(idsOf(select({ candidates: bare, explicit: true }))).toEqual(['a', 'b', 'c']);
  });

  test('gives nodes that can be frozen as they are', () => {
    const state = { agentVersion: '3.2', agentOutdated: true, stopped: true, agentMissing: true } as const;
    const candidates = [nodeOf('a', { ...state, lastSeenAt: '2030-01-01T00:00:00Z' })];
    const { nodes } = select({ candidates, explicit: true });
    expect(frozenTargetsSchema.safeParse({ nodes, runners: {} }).success).toBe(true);
  });

  test('leaves out what exclude names, with the reason', () => {
    const found = select(
      { candidates: abc, matchesWhere: () => true, matchesExclude: (node) => node.id === 'b' },
      { targets: { where: 'true', exclude: 'node.id == "b"' } },
    );
    expect(idsOf(found)).toEqual(['a', 'c']);
    expect(found.leftOut).toEqual([{ nodeId: 'b', reason: 'fulfils exclude: node.id == "b"' }]);
  });

  test('keeps the order of a list of ids, each once', () => {
    expect(idsOf(select({ candidates: abc }, { targets: { nodes: ['b', 'c', 'b'] } }))).toEqual(['b', 'c']);
  });

  test('refuses a listed id that nobody knows, by its name', () => {
    expect(codeOf(() => select({ candidates: abc }, { targets: { nodes: ['a', 'zz'] } }))).toBe(
      "plan.no-targets: Group 'g' lists the node 'zz', which is not in the inventory",
    );
  });

  test('narrows a list of ids by where, and reports those that fall out', () => {
    const targets = { nodes: ['c', 'a'], where: 'app' };
    const found = select({ candidates: abc, matchesWhere: isShop }, { targets });
    expect(idsOf(found)).toEqual(['a']);
    expect(found.leftOut).toEqual([{ nodeId: 'c', reason: 'does not fulfil where: app' }]);
  });

  test('takes all nodes that the caller named, in the order of the caller', () => {
    expect(idsOf(select({ candidates: abc, explicit: true }))).toEqual(['c', 'a', 'b']);
  });

  test('reports a named node for which where is false', () => {
    const found = select({ candidates: abc, explicit: true, matchesWhere: isShop }, { targets: { where: 'app' } });
    expect(idsOf(found)).toEqual(['a', 'b']);
    expect(found.leftOut).toEqual([{ nodeId: 'c', reason: 'does not fulfil where: app' }]);
  });

  test('refuses two named nodes with one id', () => {
    expect(codeOf(() => select({ candidates: [nodeOf('a'), nodeOf('a')], explicit: true }))).toContain(
      "request.invalid: Two of the named nodes have the id 'a'",
    );
  });

  test('refuses to guess when nothing says which nodes', () => {
    expect(codeOf(() => select({ candidates: abc }))).toContain('plan.no-targets: Nothing says on which nodes');
    expect(codeOf(() => select({ candidates: abc }, { targets: { exclude: 'x' } }))).toContain('plan.no-targets');
  });

  test('finds no node without an error', () => {
    const found = select({ candidates: abc, matchesWhere: () => false }, { targets: { where: 'false' } });
    expect(found).toEqual({ nodes: [], leftOut: [] });
  });

  test('leaves Windows nodes out while every script on the nodes needs a POSIX shell, and takes them when only a runner works for them', () => {
    const candidates = [nodeOf('win', { os: 'windows' }), nodeOf('lin')];
    const onNodes = select({ candidates, explicit: true });
    expect(idsOf(onNodes)).toEqual(['lin']);
    expect(onNodes.leftOut).toEqual([
      { nodeId: 'win', reason: 'is a Windows node, and no script of the group runs on Windows (sh)' },
    ]);
    const phases = [phaseOf('p', { on: 'runnerPerTarget' })];
    expect(idsOf(select({ candidates, explicit: true }, { phases }))).toEqual(['win', 'lin']);
  });

  test('leaves Linux nodes out of what is for Windows alone, and nobody out of what has something for both', () => {
    const candidates = [nodeOf('win', { os: 'windows' }), nodeOf('lin')];
    const script = (id: string, more: object = {}) => operationSchema.parse({ id, run: 'x', ...more });
    const over = (...operations: ReturnType<typeof script>[]) =>
      select({ candidates, explicit: true }, { phases: [{ ...phaseOf('p'), operations }] });
    const windows = over(script('a', { interpreter: 'bat' }), script('b', { interpreter: 'powershell' }));
    expect(idsOf(windows)).toEqual(['win']);
    expect(windows.leftOut).toEqual([
      { nodeId: 'lin', reason: 'is a Linux node, and the scripts of the group are for Windows (bat, powershell)' },
    ]);
    expect(idsOf(over(script('a'), script('b', { interpreter: 'python3' })))).toEqual(['win', 'lin']);
    expect(idsOf(over(script('a', { interpreter: 'python3', runAs: 'nobody' })))).toEqual(['lin']);
    const block = operationSchema.parse({
      id: 'i',
      if: 'true',
      operations: [script('a'), script('b', { interpreter: 'bat' })],
    });
    expect(idsOf(over(block))).toEqual(['win', 'lin']);
    expect(idsOf(over(operationSchema.parse({ id: 'u', use: 'tool' })))).toEqual(['win', 'lin']);
  });

  test('gives the same targets for any order of the inventory', () => {
    const shuffled = anyFleet(30).chain((fleet) =>
      fc.tuple(
        fc.constant(fleet),
        fc.shuffledSubarray([...fleet], { minLength: fleet.length, maxLength: fleet.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([fleet, other]) => {
        const query = {
          matchesWhere: (node: { region: string }) => node.region === 'eu-west-1',
          matchesExclude: (node: { agent: string }) => node.agent === 'aliyun',
        };
        const group = { targets: { where: 'w', exclude: 'e' } };
        const found = select({ ...query, candidates: fleet }, group);
        expect(select({ ...query, candidates: other }, group)).toEqual(found);
      }),
    );
  });

  test('never both takes a node and leaves it out, and loses none that was named', () => {
    fc.assert(
      fc.property(anyFleet(30), fc.integer({ min: 1, max: 5 }), (candidates, k) => {
        const found = select(
          {
            candidates,
            explicit: true,
            matchesWhere: ({ id }) => id.length % k === 0,
            matchesExclude: ({ id }) => id.endsWith('3'),
          },
          { targets: { where: 'w', exclude: 'e' } },
        );
        const all = [...idsOf(found), ...found.leftOut.map(({ nodeId }) => nodeId)];
        expect(all.toSorted()).toEqual(candidates.map(({ id }) => id).toSorted());
      }),
    );
  });
});
