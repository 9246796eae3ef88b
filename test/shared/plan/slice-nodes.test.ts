import { describe, expect, test } from 'vitest';
import { sliceNodes, toCandidates } from '#shared/plan/slice-nodes.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import { nodeOf, oneGroup, phaseOf, targetsOfSize } from './plan-fixtures.ts';

const runner = { node: withoutReach(nodeOf('r')), online: false };
const targets = { nodes: targetsOfSize(4), runners: { '1': runner } };

describe('sliceNodes', () => {
  test('is the range of the frozen list', () => {
    const slice = { phaseIndex: 0, kind: 'nodes', from: 1, to: 3 } as const;
    expect(sliceNodes(slice, targets).map(({ node }) => node.id)).toEqual(['h02', 'h03']);
  });

  test('is the runner alone for a runner phase', () => {
    expect(sliceNodes({ phaseIndex: 1, kind: 'runner', from: 0, to: 0 }, targets)).toEqual([runner]);
  });

  test('refuses a runner phase without a runner', () => {
    expect(() => sliceNodes({ phaseIndex: 2, kind: 'runner', from: 0, to: 0 }, targets)).toThrow(
      'No runner was chosen for phase 2',
    );
  });
});

describe('toCandidates', () => {
  const left = targets.nodes.map((target) => ({ ...target, startAt: 2, tolerated: true }));
  const phases = oneGroup({ phases: [phaseOf('a'), phaseOf('b', { on: 'runnerPerTarget' })] }).group.phases;
  const viaOf = (phaseIndex: number) =>
    toCandidates({ phase: phases[phaseIndex]!, phaseIndex, left, targets }).map(({ via, online }) => [
      via.instanceId,
      online,
    ]);

  test('goes through the own instance of each node', () => {
    expect(viaOf(0)).toEqual(['h01', 'h02', 'h03', 'h04'].map((id) => [`i-${id}`, true]));
  });

  test('goes through the runner for runnerPerTarget, whose reach is then what counts', () => {
    expect(viaOf(1)).toEqual(targets.nodes.map(() => ['i-r', false]));
  });

  test('keeps where each node goes on', () => {
    const [first] = toCandidates({ phase: phases[0]!, phaseIndex: 0, left, targets });
    expect(first).toMatchObject({ startAt: 2, tolerated: true });
  });

  test('asks for no runner when nothing is left', () => {
    const none = { phase: phases[1]!, phaseIndex: 1, left: [], targets: { runners: {} } };
    expect(toCandidates(none)).toEqual([]);
  });
});
