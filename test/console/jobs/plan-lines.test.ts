import { describe, expect, it } from 'vitest';
import { foldedNodes, leftOutByReason, planWarnings, roundLines } from '#console/jobs/plan/plan-lines.ts';
import { planNodeLines } from '#shared/format/plan-words.ts';
import { nodeIdSchema, runIdSchema } from '#shared/model/ids.ts';
import type { PlanGroup, PlanSlice } from '#shared/plan/run-plan.ts';

const id = (text: string) => nodeIdSchema.parse(text);
const node = (name: string, online = true) => ({ id: id(`i-${name}`), name, online });
const slice = (phase: string): PlanSlice => ({
  ...{ stageIndex: 0, phase, kind: 'nodes', nodeCount: 1, width: 1, batchesAtOnce: 1, batches: [] },
});
const group: PlanGroup = {
  ...{
    name: 'roll',
    strategy: 'grayScale',
    nodeCount: 3,
    stageCount: 2,
    maxFailures: 0,
    failuresAllowed: 0,
    phases: [],
  },
  rounds: [
    { round: 1, nodes: [node('web-1')], slices: [slice('a'), slice('b')] },
    { round: 2, nodes: [node('web-2'), node('web-3', false)], slices: [] },
  ],
  leftOut: [
    { nodeId: id('i-4'), reason: 'excluded' },
    { nodeId: id('i-6'), reason: 'no agent' },
    { nodeId: id('i-5'), reason: 'no agent' },
  ],
};
const runId = runIdSchema.parse('01M7ZWQ9P0V3JB41CRKPFGF2W3');

describe('lines of a plan', () => {
  it('are one for each slice of a round, and one for a round without any', () => {
    expect(roundLines(group).map(({ round, slice: one, isFirst }) => [round.round, one?.phase, isFirst])).toEqual([
      [1, 'a', true],
      [1, 'b', false],
      [2, undefined, true],
    ]);
    const nodes = group.rounds[1]!.nodes;
    expect(foldedNodes(nodes)).toBe('web-[2-3]');
    expect(foldedNodes(nodes)).toBe('web-[2-3]');
  });

  it('say who is left out by reason, and of every node what becomes of it', () => {
    expect(leftOutByReason(group)).toEqual([
      { reason: 'no agent', count: 2, nodes: 'i-[5-6]' },
      { reason: 'excluded', count: 1, nodes: 'i-4' },
    ]);
    const heldNow = { leases: [{ runId, job: 'other', nodeIds: [id('i-web-1')] }], budgets: [] };
    const lines = planNodeLines({ groups: [group], heldNow });
    expect(lines.map(({ node: name, round, state }) => `${name} ${round} ${state}`)).toEqual([
      `web-1 1 leased now by run ${runId}`,
      'web-2 2 runs',
      'web-3 2 offline: undeliverable unless it comes back',
      'i-4  left out: excluded',
      'i-6  left out: no agent',
      'i-5  left out: no agent',
    ]);
    expect(lines.filter(({ takesPart }) => takesPart)).toHaveLength(3);
    expect(
      planWarnings({
        warnings: [
          { kind: 'offline', group: 'roll', message: 'one is offline', nodeIds: [] },
          { kind: 'leftOut', group: 'roll', message: 'stands with the group', nodeIds: [] },
        ],
        secrets: [{ param: 'token', reference: 'ssm:/t', operations: [], warnings: ['is odd'] }],
        heldNow,
      }),
    ).toEqual(['roll: one is offline', 'is odd', `1 node leased now by run ${runId} of other: i-web-1`]);
  });
});
