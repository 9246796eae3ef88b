import { describe, expect, it } from 'vitest';
import { askLease, freshLease, leaveNode, nextOnNode } from '#shared/lock/lease.ts';
import { byArrival, lifeOf, type PermitAsk } from '#shared/lock/permit.ts';
import { type LeaseRecord, leaseRecordSchema, type PermitRecord } from '#shared/model/lock.ts';
import { batchId, newRunId, nodeId } from '#test/kit/store-samples.ts';

const nowMs = Date.parse('2026-11-21T07:09:00.000Z');
const iso = (ms: number) => new Date(ms).toISOString();
const runs = [newRunId(), newRunId(), newRunId()];
const ask = (n: number, more: Partial<PermitAsk> & { readonly after?: number } = {}): PermitAsk => {
  const { after = n, ...rest } = more;
  return {
    ...{ runId: runs[n]!, batchId: batchId(0), jobName: `job-${n}`, permit: 100 + n, nowMs, waitMs: 300_000 },
    askedAt: iso(nowMs - 60_000 + after * 1000),
    ...rest,
  };
};
const all = () => true;
const none = () => false;
const given = (lease: LeaseRecord, asked: PermitAsk, counts = all): LeaseRecord => {
  const answer = askLease(lease, asked, counts);
  expect(answer.kind).toBe('granted');
  expect(leaseRecordSchema.safeParse(answer.lease).success).toBe(true);
  return answer.lease;
};

describe('askLease', () => {
  it('gives a free node, with a number that grows with each grant', () => {
    const first = given(freshLease(nodeId('n1')), ask(0));
    expect(first.holders).toMatchObject([{ runId: runs[0], permit: 100, fencing: nowMs }]);
    const second = given(first, ask(1), none);
    expect(second.holders).toMatchObject([{ runId: runs[1], fencing: nowMs + 1 }]);
    // The clock of another machine is behind: the number grows all the same.
    expect(given(second, ask(2, { nowMs: nowMs - 5000 }), none).fencing).toBe(nowMs + 2);
  });

  it('refuses a node that another run has, names it, and keeps a place', () => {
    const taken = given(freshLease(nodeId('n1')), ask(0));
    const answer = askLease(taken, ask(1), all);
    expect(answer).toMatchObject({ kind: 'refused', by: { kind: 'holds', runId: runs[0], jobName: 'job-0' } });
    expect(answer.lease.waiters).toMatchObject([{ runId: runs[1], until: iso(nowMs + 300_000) }]);
    expect(askLease(answer.lease, ask(1), all).lease).toBe(answer.lease);
    expect(nextOnNode(answer.lease, ask(0), nowMs)?.runId).toBe(runs[1]);
    expect(leaveNode(answer.lease, ask(1)).waiters).toEqual([]);
    expect(leaveNode(taken, ask(1))).toBe(taken);
  });

  it('gives a node to the one that asked first, not to the one that looks first', () => {
    let lease = given(freshLease(nodeId('n1')), ask(0));
    lease = askLease(lease, ask(2), all).lease;
    lease = askLease(lease, ask(1), all).lease;
    expect(askLease(lease, ask(2), none)).toMatchObject({ kind: 'refused', by: { kind: 'waits', runId: runs[1] } });
    expect(given(lease, ask(1), none).waiters).toMatchObject([{ runId: runs[2] }]);
  });

  it('passes over a place that nobody came back to', () => {
    let lease = given(freshLease(nodeId('n1')), ask(0));
    lease = askLease(lease, ask(1), all).lease;
    expect(askLease(lease, ask(2, { nowMs: nowMs + 300_001 }), none).kind).toBe('granted');
  });

  it('does not keep the batches of one run from each other, nor lets others wait before them', () => {
    let lease = given(freshLease(nodeId('n1')), ask(0));
    lease = askLease(lease, ask(1), all).lease;
    const both = given(lease, ask(0, { batchId: batchId(1), after: 9 }));
    expect(both.holders.map((one) => one.batchId)).toEqual([batchId(0), batchId(1)]);
  });

  it('answers a second delivery of the same question with what the first one took', () => {
    let lease = given(freshLease(nodeId('n1')), ask(1));
    lease = askLease(lease, ask(0), all).lease;
    expect(askLease(lease, ask(1), all)).toEqual({ kind: 'granted', lease });
    // Under a new number it is a new question: the one that asked earlier comes first.
    expect(askLease(lease, ask(1, { permit: 999 }), all).kind).toBe('refused');
  });

  it('keeps a bounded number of places, those that asked first', () => {
    let lease = given(freshLease(nodeId('n1')), ask(0));
    const others = Array.from({ length: 250 }, (_, n) => ({ ...ask(1, { after: n }), runId: newRunId() }));
    for (const one of others.toReversed()) lease = askLease(lease, one, all).lease;
    expect(lease.waiters).toHaveLength(200);
    expect(lease.waiters[0]).toMatchObject({ runId: others[0]?.runId });
  });
});

describe('lifeOf', () => {
  const permit: PermitRecord = {
    ...{ runId: runs[0]!, batchId: batchId(0), jobName: 'j', version: 1, fencing: 7, state: 'held' },
    ...{ askedAt: iso(nowMs), until: iso(nowMs + 1), nodeCount: 1, exclusive: true, budgets: [] },
  };
  const pointer = { runId: runs[0]!, batchId: batchId(0), permit: 7 };

  it.each([
    ['a held permit counts', permit, 'counts'],
    ['one that is being taken counts', { ...permit, state: 'taking' }, 'counts'],
    ['one that waits does not', { ...permit, state: 'waiting' }, 'gone'],
    ['one that was ended does not', { ...permit, state: 'ended' }, 'gone'],
    ['one of another number does not', { ...permit, fencing: 8 }, 'gone'],
    ['one whose time is over is to be ended first', { ...permit, until: iso(nowMs) }, 'over'],
    ['none does not', undefined, 'gone'],
  ] as const)('%s', (_, one, life) => {
    expect(lifeOf(pointer, one as PermitRecord | undefined, nowMs)).toBe(life);
  });
});

describe('byArrival', () => {
  it('is one order over batches of all runs', () => {
    const [a, b, c] = [ask(0, { after: 5 }), ask(1, { after: 2 }), ask(2, { after: 5 })];
    expect([c, a, b].sort(byArrival)).toEqual([b, a, c]);
    expect(byArrival(a, a)).toBe(0);
  });
});
