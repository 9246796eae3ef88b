import { describe, expect, test } from 'vitest';
import type { OutcomeStatus } from '#shared/model/status.ts';
import { withoutReach } from '#shared/plan/targets.ts';
import { nodeOf, oneGroup, phaseOf, targetsOfSize } from './plan-fixtures.ts';
import { simulate } from './plan-simulator.ts';

const runner = { node: withoutReach(nodeOf('runner')), online: true };
const frozen = (n: number) => ({
  nodes: targetsOfSize(n),
  runners: { '0': runner, '1': runner, '2': runner, '3': runner },
});
const operation = (id: string, failIgnore = false) => ({ id, run: 'true', failIgnore });
const failing =
  (...where: readonly string[]) =>
  (nodeId: string, operationId: string): OutcomeStatus | undefined =>
    where.includes(`${nodeId}.${operationId}`) ? 'failed' : undefined;
const grayFlow = (roundCount: number) =>
  oneGroup({
    strategy: 'grayScale',
    roundCount,
    phases: [
      phaseOf('lf', { on: 'runner', round: 'first' }),
      phaseOf('pa'),
      phaseOf('pb'),
      phaseOf('ll', { on: 'runner', round: 'last' }),
    ],
  });

describe('the acceptance scenarios of the older system, by the rules of the plan', () => {
  test('1: a oneShot group with roundCount 2 runs 4 of 8 nodes at once', () => {
    const told = simulate({ ...oneGroup({ roundCount: 2 }), targets: frozen(8) });
    expect(told.most).toEqual({ p: 4 });
    expect(told.counts).toEqual({ p: { succeeded: 8 } });
    expect(told.statuses).toEqual({ p: 'succeeded' });
  });

  test('2: roundCount 0 is strictly serial, in the order of the nodes', () => {
    const told = simulate({ ...oneGroup({ roundCount: 0 }), targets: frozen(3) });
    expect(told.most).toEqual({ p: 1 });
    expect(told.ran).toEqual(['p#h01.pOp', 'p#h02.pOp', 'p#h03.pOp']);
  });

  test('3: the first failure stops a serial phase before another node starts', () => {
    const told = simulate({ ...oneGroup({ roundCount: 6 }), targets: frozen(6), outcome: failing('h01.pOp') });
    expect(told.ran).toEqual(['p#h01.pOp']);
    expect(told.counts).toEqual({ p: { failed: 1, pending: 5 } });
    expect(told.statuses).toEqual({ p: 'failed' });
    expect(told.stopped).toBe(true);
  });

  test('4: a tolerated failure ends as ignored, is not run again by continue, and is by force', () => {
    const phases = [phaseOf('p', { operations: [operation('a', true), operation('b')] })];
    const given = { ...oneGroup({ phases }), targets: frozen(2), outcome: failing('h01.a') };
    const first = simulate(given);
    expect(first.ran).toEqual(['p#h01.a', 'p#h02.a', 'p#h01.b', 'p#h02.b']);
    expect(first.counts).toEqual({ p: { ignored: 1, succeeded: 1 } });
    expect(first.statuses).toEqual({ p: 'completed' });
    const again = { ...given, attempt: 2, history: first.history };
    expect(simulate({ ...again, mode: 'continue' }).ran).toEqual([]);
    expect(simulate({ ...again, mode: 'force' }).ran).toEqual(first.ran);
  });

  test('5: continue takes a failed node up at the operation that failed', () => {
    const phases = [phaseOf('p', { operations: [operation('a'), operation('b'), operation('c')] })];
    const given = { ...oneGroup({ phases }), targets: frozen(2) };
    const first = simulate({ ...given, outcome: failing('h01.b') });
    expect(first.ran).toEqual(['p#h01.a', 'p#h02.a', 'p#h01.b', 'p#h02.b', 'p#h02.c']);
    const second = simulate({ ...given, attempt: 2, mode: 'continue', history: first.history });
    expect(second.ran).toEqual(['p#h01.b', 'p#h01.c']);
    expect(second.statuses).toEqual({ p: 'succeeded' });
    expect(simulate({ ...given, attempt: 3, mode: 'continue', history: second.history }).ran).toEqual([]);
  });

  test('6: a grayScale group has a barrier after every phase of every round, the last one included', () => {
    const told = simulate({ ...grayFlow(2), targets: frozen(5) });
    expect(told.ran).toEqual([
      'lf#runner.lfOp',
      ...['h01', 'h02', 'h03'].map((id) => `pa#${id}.paOp`),
      ...['h01', 'h02', 'h03'].map((id) => `pb#${id}.pbOp`),
      ...['h04', 'h05'].map((id) => `pa#${id}.paOp`),
      ...['h04', 'h05'].map((id) => `pb#${id}.pbOp`),
      'll#runner.llOp',
    ]);
  });

  test('7: a failure in a round lets its phase finish and starts nothing after it', () => {
    const told = simulate({ ...grayFlow(3), targets: frozen(6), outcome: failing('h03.paOp') });
    expect(told.ran).toEqual([
      'lf#runner.lfOp',
      'pa#h01.paOp',
      'pa#h02.paOp',
      'pb#h01.pbOp',
      'pb#h02.pbOp',
      'pa#h03.paOp',
      'pa#h04.paOp',
    ]);
    expect(told.statuses).toEqual({ lf: 'succeeded', pa: 'failed', pb: 'paused', ll: 'paused' });
    expect(told.counts['pb']).toEqual({ succeeded: 2 });
  });

  test('7: continue after that failure runs every node that is left once, phase by phase', () => {
    const first = simulate({ ...grayFlow(3), targets: frozen(6), outcome: failing('h03.paOp') });
    const second = simulate({
      ...grayFlow(3),
      targets: frozen(6),
      attempt: 2,
      mode: 'continue',
      history: first.history,
    });
    expect(second.ran).toEqual([
      'pa#h03.paOp',
      'pb#h03.pbOp',
      'pb#h04.pbOp',
      'pa#h05.paOp',
      'pa#h06.paOp',
      'pb#h05.pbOp',
      'pb#h06.pbOp',
      'll#runner.llOp',
    ]);
  });

  test.each([
    [10, 4, [3, 3, 2, 2], 2],
    [3, 10, [1, 1, 1], 2],
    [3, 0, [1, 1, 1], 2],
  ])(
    '8: %i nodes with roundCount %i make rounds of %j, the middle runner phase runs once in round %i',
    (n, roundCount, sizes, middle) => {
      const phases = [phaseOf('p'), phaseOf('m', { on: 'runner', round: 'middle' })];
      const told = simulate({
        ...oneGroup({ strategy: 'grayScale', roundCount, phases }),
        targets: frozen(n),
      });
      const before = told.ran.indexOf('m#runner.mOp');
      expect(told.ran.lastIndexOf('m#runner.mOp')).toBe(before);
      expect(before).toBe(sizes.slice(0, middle).reduce((a, b) => a + b, 0));
      expect(told.counts).toEqual({ p: { succeeded: n }, m: { succeeded: 1 } });
    },
  );
});
