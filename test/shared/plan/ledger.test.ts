import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { batchIdSchema } from '#shared/model/ids.ts';
import { isTerminalNodeStatus, outcomeStatuses } from '#shared/model/status.ts';
import { carriedOver, doneBehind } from '#shared/plan/carry-over.ts';
import { type LedgerBatch, ledgerOf, whatIsLeft } from '#shared/plan/ledger.ts';
import { markTry } from '#shared/plan/node-marks.ts';
import { nextOperationOfBatch, type ResultStep } from '#shared/plan/node-progress.ts';
import { candidateOf, nodeOf, operationsOf, resultOf, targetsOfSize } from './plan-fixtures.ts';

const batchOf = (
  attempt: number,
  nodes: readonly (readonly [id: string, startAt: number, tolerated: boolean])[],
  results: readonly ResultStep[],
): LedgerBatch => ({
  batch: {
    batchId: batchIdSchema.parse(`a${attempt}-g0-s0-p0-x0-b0`),
    nodes: nodes.map(([id, startAt, tolerated]) => ({ ...candidateOf(nodeOf(id)), startAt, tolerated })),
  },
  results,
});
const targets = targetsOfSize(4);
const [h1, h2, h3, h4] = ['h01', 'h02', 'h03', 'h04'] as const;
const operations = operationsOf(true, false, false);
const firstAttempt = batchOf(
  1,
  [
    [h1, 0, false],
    [h2, 0, false],
    [h3, 0, false],
  ],
  [
    resultOf(h1, 0, 'failed'),
    resultOf(h1, 1, 'failed'),
    resultOf(h2, 0, 'succeeded'),
    resultOf(h2, 1, 'succeeded'),
    resultOf(h2, 2, 'succeeded'),
    resultOf(h3, 0, 'succeeded'),
    resultOf(h3, 1, 'lost'),
  ],
);
const left = (batches: readonly LedgerBatch[], mode: 'all' | 'continue' | 'force', attempt: number) =>
  whatIsLeft(targets, ledgerOf(operations, batches), { mode, attempt }).map(({ node, startAt, tolerated }) => [
    node.id,
    startAt,
    tolerated,
  ]);

describe('ledgerOf', () => {
  test('says of each node how it stands and where it goes on', () => {
    expect([...ledgerOf(operations, [firstAttempt])]).toEqual([
      [h1, { status: 'failed', nextOperation: 1, tolerated: true, attempt: 1, goesOn: true, finished: false }],
      [h2, { status: 'succeeded', nextOperation: 3, tolerated: false, attempt: 1, goesOn: false, finished: true }],
      [h3, { status: 'lost', nextOperation: 1, tolerated: false, attempt: 1, goesOn: true, finished: false }],
    ]);
  });

  test('lets the last batch that holds a node decide', () => {
    const second = batchOf(2, [[h1, 1, true]], [resultOf(h1, 1, 'succeeded'), resultOf(h1, 2, 'succeeded')]);
    const ledger = ledgerOf(operations, [firstAttempt, second]);
    expect(ledger.get(targets[0]!.node.id)).toEqual({
      status: 'ignored',
      nextOperation: 3,
      tolerated: true,
      attempt: 2,
      goesOn: false,
      finished: true,
    });
    expect(ledger.get(targets[2]!.node.id)?.attempt).toBe(1);
  });
});

describe('what operators said by hand', () => {
  const marked = (id: string, kind: 'ignored' | 'reset', order: number): ResultStep => ({
    ...resultOf(id, 0, 'skipped'),
    tryNumber: markTry(order),
    mark: { kind, order, was: 'failed' },
  });
  const withMarks = (...marks: ResultStep[]) => [{ ...firstAttempt, results: [...firstAttempt.results, ...marks] }];

  test('an ignored node is at its end, is not run by a continue, and would go on where it stood', () => {
    const batches = withMarks(marked(h3, 'ignored', 1));
    expect(ledgerOf(operations, batches).get(targets[2]!.node.id)).toEqual({
      ...{ status: 'ignored', nextOperation: 1, tolerated: false, attempt: 1, goesOn: true, finished: true },
    });
    expect(left(batches, 'continue', 2)).toEqual([
      [h1, 1, true],
      [h4, 0, false],
    ]);
    expect(left(batches, 'force', 2)).toHaveLength(4);
  });

  test('a reset node is as if nothing had run', () => {
    const batches = withMarks(marked(h2, 'reset', 1));
    expect(ledgerOf(operations, batches).get(targets[1]!.node.id)).toEqual({
      ...{ status: 'pending', nextOperation: 0, tolerated: false, attempt: 1, goesOn: true, finished: false },
    });
    expect(left(batches, 'continue', 2)).toContainEqual([h2, 0, false]);
  });

  test('the last word counts, whatever the order in which they are read', () => {
    const status = (...marks: ResultStep[]) =>
      ledgerOf(operations, withMarks(...marks)).get(targets[0]!.node.id)?.status;
    expect(status(marked(h1, 'ignored', 1), marked(h1, 'reset', 2))).toBe('pending');
    expect(status(marked(h1, 'ignored', 3), marked(h1, 'reset', 2))).toBe('ignored');
  });
});

describe('a retry', () => {
  const retry = (picked: Readonly<Record<string, boolean>>, batches: readonly LedgerBatch[], attempt = 2) =>
    whatIsLeft(targets, ledgerOf(operations, batches), {
      mode: 'retry',
      attempt,
      picks: { has: (id) => Object.hasOwn(picked, id), fromFirst: (id) => picked[id] === true },
    }).map(({ node, startAt }) => [node.id, startAt]);

  test('runs what was chosen and nothing else: from the own next operation, or from the first', () => {
    expect(retry({ [h1]: false, [h2]: true }, [firstAttempt])).toEqual([
      [h1, 1],
      [h2, 0],
    ]);
    expect(retry({}, [firstAttempt])).toEqual([]);
  });

  test('after a pause is only what it has not done itself', () => {
    const begun = batchOf(
      2,
      [
        [h1, 1, true],
        [h2, 0, false],
      ],
      [resultOf(h1, 1, 'failed'), resultOf(h2, 0, 'succeeded')],
    );
    expect(retry({ [h1]: false, [h2]: true }, [firstAttempt, begun])).toEqual([[h2, 1]]);
  });
});

describe('a job that was changed between attempts', () => {
  const ids = (...names: string[]) => names.map((id) => ({ id, failIgnore: false }));
  const before = ids('a', 'b', 'c');
  const batch = {
    ...batchOf(
      1,
      [
        [h1, 0, false],
        [h2, 0, false],
      ],
      [
        resultOf(h1, 0, 'succeeded'),
        resultOf(h1, 1, 'failed'),
        resultOf(h2, 0, 'succeeded'),
        resultOf(h2, 1, 'succeeded'),
        resultOf(h2, 2, 'succeeded'),
      ],
    ),
    operations: before,
  };
  const goesOn = (...names: string[]) =>
    whatIsLeft(targets.slice(0, 2), ledgerOf(ids(...names), [batch]), { mode: 'continue', attempt: 2 }).map(
      ({ node, startAt }) => [node.id, names[startAt]],
    );

  test('leaves done what is done by its id, and a node that had done everything goes on with what is new', () => {
    expect(goesOn('a', 'b', 'c')).toEqual([[h1, 'b']]);
    expect(goesOn('a', 'b', 'c', 'd')).toEqual([
      [h1, 'b'],
      [h2, 'd'],
    ]);
    expect(goesOn('b', 'c')).toEqual([[h1, 'b']]);
    expect(goesOn('a', 'c')).toEqual([[h1, 'c']]);
  });

  test('finds what is done and would stand behind what is not', () => {
    const list = { before: ['a', 'b', 'c'], now: ['x', 'a', 'b', 'c'] };
    expect(doneBehind(list, 0)).toBeUndefined();
    expect(doneBehind({ ...list, now: ['a', 'fix', 'b', 'c'] }, 3)).toBe('b');
    expect(doneBehind(list, 1)).toBe('a');
    expect(doneBehind({ ...list, now: ['a', 'b', 'x', 'c'] }, 2)).toBeUndefined();
    expect(doneBehind({ ...list, now: ['b', 'a', 'c'] }, 1)).toBe('a');
    expect(doneBehind({ ...list, now: ['b', 'a', 'c'] }, 2)).toBeUndefined();
    expect(carriedOver({ ...list, now: [] }, 2)).toBe(0);
  });
});

describe('whatIsLeft', () => {
  test('is everything when nothing ran yet', () => {
    expect(left([], 'all', 1)).toEqual([h1, h2, h3, h4].map((id) => [id, 0, false]));
  });

  test('goes on at the own next operation of each node, a lost one included, and forgets none that never started', () => {
    expect(left([firstAttempt], 'continue', 2)).toEqual([
      [h1, 1, true],
      [h3, 1, false],
      [h4, 0, false],
    ]);
  });

  test('is everything from the start with force', () => {
    expect(left([firstAttempt], 'force', 2)).toEqual([h1, h2, h3, h4].map((id) => [id, 0, false]));
  });

  test('after a pause in a forced attempt is only what that attempt has not done', () => {
    const forced = batchOf(
      2,
      [
        [h1, 0, false],
        [h2, 0, false],
      ],
      [0, 1, 2].map((index) => resultOf(h2, index, 'succeeded')),
    );
    expect(left([firstAttempt, forced], 'force', 2)).toEqual([
      [h1, 0, false],
      [h3, 0, false],
      [h4, 0, false],
    ]);
  });

  test('after a pause leaves a node alone that came to any end in the same attempt', () => {
    expect(left([firstAttempt], 'all', 1)).toEqual([[h4, 0, false]]);
  });

  test('keeps what else is known of a node', () => {
    const items = targets.map((target, i) => ({ ...target, online: i === 0 }));
    expect(whatIsLeft(items, new Map(), { mode: 'all', attempt: 1 }).map(({ online }) => online)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  const anyHistory = fc.record({
    flags: fc.array(fc.boolean(), { minLength: 1, maxLength: 4 }),
    outcomes: fc.infiniteStream(fc.constantFrom(...outcomeStatuses)),
    steps: fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 5 }),
  });

  /** Runs attempts one after another, each stopped after some operations, and gives every operation that was done on each node. */
  const play = ({ flags, outcomes, steps }: typeof anyHistory extends fc.Arbitrary<infer T> ? T : never) => {
    const ops = operationsOf(...flags);
    const batches: LedgerBatch[] = [];
    const done: string[] = [];
    for (const [index, stopAfter] of steps.entries()) {
      const attempt = index + 1;
      const todo = whatIsLeft(targets, ledgerOf(ops, batches), { mode: 'continue', attempt });
      const batch = batchOf(
        attempt,
        todo.map(({ node, startAt, tolerated }) => [node.id, startAt, tolerated] as const),
        [],
      );
      const results: ResultStep[] = [];
      for (let step = 0; step < stopAfter; step += 1) {
        const next = nextOperationOfBatch(ops, batch.batch.nodes, results);
        for (const { node } of next?.nodes ?? []) {
          const status = outcomes.next().value;
          results.push(resultOf(node.id, next!.operationIndex, status));
          if (status === 'succeeded') done.push(`${node.id}#${next!.operationIndex}`);
        }
      }
      batches.push({ ...batch, results });
    }
    return { ops, batches, done };
  };

  test('never runs a thing again that succeeded, over any number of attempts', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { done } = play(history);
        expect(new Set(done).size).toBe(done.length);
      }),
    );
  });

  test('has every node either done or left', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { ops, batches } = play(history);
        const ledger = ledgerOf(ops, batches);
        const todo = whatIsLeft(targets, ledger, { mode: 'continue', attempt: history.steps.length + 1 });
        for (const { node } of targets) {
          const status = ledger.get(node.id)?.status ?? 'pending';
          const isLeft = todo.some((one) => one.node.id === node.id);
          expect(isLeft).toBe(!['succeeded', 'ignored', 'skipped'].includes(status));
          if (!isLeft) expect(isTerminalNodeStatus(status)).toBe(true);
        }
      }),
    );
  });

  test('comes to its end when every attempt goes well', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const { ops, batches } = play(history);
        const attempt = history.steps.length + 1;
        const todo = whatIsLeft(targets, ledgerOf(ops, batches), { mode: 'continue', attempt });
        const last = batchOf(
          attempt,
          todo.map(({ node, startAt, tolerated }) => [node.id, startAt, tolerated] as const),
          todo.flatMap(({ node }) => ops.map((_, index) => resultOf(node.id, index, 'succeeded'))),
        );
        const ledger = ledgerOf(ops, [...batches, last]);
        expect(whatIsLeft(targets, ledger, { mode: 'continue', attempt: attempt + 1 })).toEqual([]);
      }),
    );
  });
});
