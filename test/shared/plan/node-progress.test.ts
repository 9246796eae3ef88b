import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { invocationIdSchema } from '#shared/model/ids.ts';
import { type Retries, retriesSchema } from '#shared/model/operation.ts';
import {
  countStatuses,
  isTerminalNodeStatus,
  type OutcomeStatus,
  outcomeStatuses,
  totalCount,
} from '#shared/model/status.ts';
import { batchStatuses, nextOperationOfBatch, nodeProgress, type ResultStep } from '#shared/plan/node-progress.ts';
import { candidateOf, nodeOf, operationsOf, resultOf } from './plan-fixtures.ts';

const fresh = { startAt: 0, tolerated: false };
const results = (...statuses: readonly OutcomeStatus[]) => statuses.map((status, i) => resultOf('h', i, status));
const anyStatus = fc.constantFrom(...outcomeStatuses);
const anyOperations = fc.array(fc.boolean(), { minLength: 1, maxLength: 6 }).map((flags) => operationsOf(...flags));
const anyResult = fc
  .tuple(fc.nat({ max: 6 }), anyStatus, fc.nat({ max: 2 }))
  .map(([index, status, tryNumber]) => resultOf('h', index, status, tryNumber));
const anyFrom = fc.record({ startAt: fc.nat({ max: 3 }), tolerated: fc.boolean() });

describe('nodeProgress', () => {
  test('is pending at its first operation before there is a result', () => {
    expect(nodeProgress(operationsOf(false, false), [], fresh)).toEqual({
      status: 'pending',
      nextOperation: 0,
      nextTry: 0,
      resumeAt: 0,
      tolerated: false,
    });
  });

  test('goes on after an operation that succeeded or was skipped', () => {
    const operations = operationsOf(false, false, false);
    expect(nodeProgress(operations, results('succeeded', 'skipped'), fresh).nextOperation).toBe(2);
  });

  test.each(['failed', 'timedOut'] as const)(
    'goes on after %s when the operation may fail, and ends as ignored',
    (status) => {
      const operations = operationsOf(true, false);
      expect(nodeProgress(operations, results(status), fresh)).toMatchObject({ nextOperation: 1, tolerated: true });
      expect(nodeProgress(operations, results(status, 'succeeded'), fresh)).toMatchObject({
        status: 'ignored',
        nextOperation: undefined,
      });
    },
  );

  test.each(['lost', 'undeliverable', 'aborted'] as const)(
    'ends with %s even when the operation may fail',
    (status) => {
      expect(nodeProgress(operationsOf(true, false), results(status), fresh)).toEqual({
        status,
        nextOperation: undefined,
        nextTry: 0,
        resumeAt: 0,
        tolerated: false,
      });
    },
  );

  test('ends as failed at an operation that must not fail, after a tolerated one too', () => {
    expect(nodeProgress(operationsOf(true, false, false), results('failed', 'failed'), fresh)).toEqual({
      status: 'failed',
      nextOperation: undefined,
      nextTry: 0,
      resumeAt: 1,
      tolerated: true,
    });
  });

  test.each<[OutcomeStatus[], string]>([
    [['succeeded', 'succeeded'], 'succeeded'],
    [['succeeded', 'skipped'], 'succeeded'],
    [['skipped', 'skipped'], 'skipped'],
  ])('ends after %j as %s', (statuses, status) => {
    expect(nodeProgress(operationsOf(false, false), results(...statuses), fresh).status).toBe(status);
  });

  test('picks up where the batch starts, and remembers what was tolerated before', () => {
    const from = { startAt: 1, tolerated: true };
    expect(nodeProgress(operationsOf(true, false), [], from)).toMatchObject({ status: 'pending', nextOperation: 1 });
    expect(nodeProgress(operationsOf(true, false), [resultOf('h', 1, 'succeeded')], from).status).toBe('ignored');
  });

  test('counts an operation that was skipped after a done one as success', () => {
    const from = { startAt: 1, tolerated: false };
    expect(nodeProgress(operationsOf(false, false), [resultOf('h', 1, 'skipped')], from).status).toBe('succeeded');
  });

  test('lets the last try of an operation count', () => {
    const tries = [resultOf('h', 0, 'undeliverable', 0), resultOf('h', 0, 'succeeded', 1)];
    expect(nodeProgress(operationsOf(false), tries, fresh).status).toBe('succeeded');
    expect(nodeProgress(operationsOf(false), tries.toReversed(), fresh).status).toBe('succeeded');
  });

  test('either is at its end or has an operation to run', () => {
    fc.assert(
      fc.property(anyOperations, fc.array(anyResult), anyFrom, (operations, given, from) => {
        const { status, nextOperation, resumeAt } = nodeProgress(operations, given, from);
        expect(isTerminalNodeStatus(status)).toBe(nextOperation === undefined);
        if (nextOperation !== undefined) expect(resumeAt).toBe(nextOperation);
      }),
    );
  });

  test('never asks again for an operation that has a result, nor for one before its start', () => {
    fc.assert(
      fc.property(anyOperations, fc.array(anyResult), anyFrom, (operations, given, from) => {
        const { nextOperation } = nodeProgress(operations, given, from);
        if (nextOperation === undefined) return;
        expect(nextOperation).toBeGreaterThanOrEqual(from.startAt);
        expect(given.map((one) => one.operationIndex)).not.toContain(nextOperation);
      }),
    );
  });

  test('never leaves a terminal status, whatever is repeated or comes late', () => {
    fc.assert(
      fc.property(anyOperations, fc.array(anyResult), fc.array(anyResult), anyFrom, (operations, given, late, from) => {
        const ended = nodeProgress(operations, given, from);
        if (ended.nextOperation !== undefined) return;
        const known = new Set(given.map((one) => one.operationIndex));
        const news: readonly ResultStep[] = late.filter((one) => !known.has(one.operationIndex));
        const repeats = given.map((one) => ({ ...one, outcome: { status: 'aborted' as const } }));
        expect(nodeProgress(operations, [...given, ...news, ...repeats], from)).toEqual(ended);
      }),
    );
  });

  test('comes to an end by running what it asks for', () => {
    fc.assert(
      fc.property(anyOperations, anyFrom, fc.infiniteStream(anyStatus), (operations, from, outcomes) => {
        const given: ResultStep[] = [];
        for (let step = 0; step <= operations.length; step += 1) {
          const { nextOperation } = nodeProgress(operations, given, from);
          if (nextOperation === undefined) return;
          given.push(resultOf('h', nextOperation, outcomes.next().value));
        }
        expect.fail('the node asked for more operations than there are');
      }),
    );
  });
});

describe('a batch', () => {
  const nodes = ['h1', 'h2', 'h3'].map((id) => candidateOf(nodeOf(id)));
  const operations = operationsOf(true, false);
  const given = [
    resultOf('h1', 0, 'failed'),
    resultOf('h2', 0, 'lost'),
    resultOf('h1', 1, 'succeeded'),
    resultOf('stranger', 0, 'failed'),
  ];

  test('counts its nodes by status, and no others', () => {
    expect(countStatuses(batchStatuses(operations, nodes, given))).toEqual({ ignored: 1, lost: 1, pending: 1 });
  });

  test('needs the smallest operation that a node still needs, for those nodes', () => {
    const next = nextOperationOfBatch(operations, nodes, given);
    expect(next).toEqual({ operationIndex: 0, tryNumber: 0, nodes: [nodes[2]] });
    const later = [...given, resultOf('h3', 0, 'succeeded')];
    expect(nextOperationOfBatch(operations, nodes, later)).toEqual({
      operationIndex: 1,
      tryNumber: 0,
      nodes: [nodes[2]],
    });
  });

  test('lets nodes that start later wait for the others', () => {
    const mixed = [{ ...nodes[0]!, startAt: 1 }, nodes[1]!];
    expect(nextOperationOfBatch(operations, mixed, [])?.nodes).toEqual([nodes[1]]);
    expect(nextOperationOfBatch(operations, mixed, [resultOf('h2', 0, 'succeeded')])).toEqual({
      operationIndex: 1,
      tryNumber: 0,
      nodes: mixed,
    });
  });

  test('needs nothing once every node is at its end', () => {
    const ended = [...given, resultOf('h3', 0, 'aborted')];
    expect(nextOperationOfBatch(operations, nodes, ended)).toBeUndefined();
    expect(totalCount(countStatuses(batchStatuses(operations, nodes, ended)))).toBe(3);
  });
});

describe('an operation with retries', () => {
  const retrying = (more: Partial<Retries> = {}) => [
    { failIgnore: false, retries: retriesSchema.parse({ max: 2, ...more }) },
    { failIgnore: false },
  ];
  const sent = (status: OutcomeStatus, tryNumber: number) => ({
    ...resultOf('h', 0, status, tryNumber),
    invocationId: invocationIdSchema.parse(`01JD0000000000000000000000.a1-g0-s0-p0-x0-b0.o0.t${tryNumber}`),
  });

  test('is tried again until it succeeds', () => {
    const once = nodeProgress(retrying(), [sent('failed', 0)], fresh);
    expect(once).toMatchObject({ status: 'pending', nextOperation: 0, nextTry: 1 });
    const twice = nodeProgress(retrying(), [sent('failed', 0), sent('succeeded', 1)], fresh);
    expect(twice).toMatchObject({ status: 'pending', nextOperation: 1, nextTry: 0 });
  });

  test('ends the node when no try is left', () => {
    const all = [sent('failed', 0), sent('timedOut', 1), sent('failed', 2)];
    expect(nodeProgress(retrying(), all, fresh)).toMatchObject({ status: 'failed', nextOperation: undefined });
  });

  test('is not tried again after an end that it does not name', () => {
    expect(nodeProgress(retrying(), [sent('lost', 0)], fresh)).toMatchObject({ status: 'lost' });
    expect(nodeProgress(retrying({ on: ['lost'] }), [sent('lost', 0)], fresh)).toMatchObject({ nextTry: 1 });
    expect(nodeProgress(retrying({ on: ['lost'] }), [sent('failed', 0)], fresh)).toMatchObject({ status: 'failed' });
  });

  test('is not tried again where nothing was ever sent', () => {
    expect(nodeProgress(retrying(), [resultOf('h', 0, 'failed', 0)], fresh)).toMatchObject({ status: 'failed' });
  });
});
