import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lockTimes } from '#shared/lock/times.ts';
import {
  askTurn,
  breakTurn,
  extendTurn,
  freshTurn,
  leaveTurn,
  maxWaiters,
  nextInLine,
  standingOf,
  stepAside,
  type TurnAnswer,
  type TurnAsk,
  type TurnSeeker,
} from '#shared/lock/turn.ts';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import { type TurnRecord, turnRecordSchema } from '#shared/model/lock.ts';

const start = Date.parse('2026-11-21T07:00:00.000Z');
const minute = 60_000;
const run = (n: number): RunId => runIdSchema.parse(String(n).padStart(26, '0'));
const who = (n: number, attempt = 1): TurnSeeker => ({ runId: run(n), attempt, jobName: 'roll', actor: 'ann' });

interface Line {
  turn: TurnRecord;
  nowMs: number;
}

const line = (): Line => ({ turn: freshTurn('k'), nowMs: start });

const ask = (
  on: Line,
  n: number,
  more: Partial<TurnAsk> & { readonly limit?: number; readonly attempt?: number } = {},
) => {
  const { limit = 1, attempt = 1, ...rest } = more;
  const decision = askTurn(on.turn, {
    ...{
      who: who(n, attempt),
      settings: { limit },
      whenFull: 'wait',
      nowMs: on.nowMs,
      holdMs: 20 * minute,
      waitMs: 7 * minute,
    },
    ...rest,
  });
  on.turn = decision.turn;
  return decision;
};

const leave = (on: Line, n: number, attempt = 1) => {
  on.turn = leaveTurn(on.turn, who(n, attempt));
};

const places = (answer: TurnAnswer) => (answer.kind === 'waiting' ? answer.place : answer.kind);

describe('askTurn', () => {
  it('gives turns in the order of arrival, and says the place', () => {
    const on = line();
    expect([1, 2, 3].map((n) => places(ask(on, n).answer))).toEqual(['held', 1, 2]);
    expect(ask(on, 3).answer).toMatchObject({
      kind: 'waiting',
      place: 2,
      ahead: [{ runId: run(1) }, { runId: run(2) }],
    });

    leave(on, 1);

    expect(places(ask(on, 3).answer)).toBe(2);
    expect(places(ask(on, 2).answer)).toBe('held');
    expect(nextInLine(on.turn, on.nowMs)).toEqual([]);
    leave(on, 2);
    expect(nextInLine(on.turn, on.nowMs).map(({ runId }) => runId)).toEqual([run(3)]);
  });

  it('writes nothing when the same is asked again soon, and renews in time', () => {
    const on = line();
    ask(on, 1);
    ask(on, 2);
    const before = on.turn;
    on.nowMs += 2 * minute;
    ask(on, 1);
    ask(on, 2);
    expect(on.turn).toBe(before);

    on.nowMs += 9 * minute;
    ask(on, 1);
    ask(on, 2);
    expect(on.turn.holders[0]?.until).toBe(new Date(on.nowMs + 20 * minute).toISOString());
    expect(on.turn.waiters[0]?.until).toBe(new Date(on.nowMs + 7 * minute).toISOString());
    expect(on.turn.waiters[0]?.ticket).toBe(1);
  });

  it('passes over one that was not heard of, which keeps its ticket for when it comes back', () => {
    const on = line();
    [1, 2, 3].forEach((n) => void ask(on, n));
    on.nowMs += 8 * minute;
    leave(on, 1);
    expect(places(ask(on, 3).answer)).toBe('held');

    expect(ask(on, 2).answer).toMatchObject({ kind: 'waiting', place: 1, ahead: [{ runId: run(3) }] });
    ask(on, 4);
    leave(on, 3);

    expect(places(ask(on, 4).answer)).toBe(2);
    expect(places(ask(on, 2).answer)).toBe('held');
  });

  it('takes the turn of one whose time is over, and gives it back to nobody', () => {
    const on = line();
    const first = ask(on, 1).answer;
    ask(on, 2);
    on.nowMs += 21 * minute;

    const second = ask(on, 2).answer;

    expect(second.kind).toBe('held');
    expect(second.kind === 'held' && first.kind === 'held' && second.fencing > first.fencing).toBe(true);
    expect(extendTurn(on.turn, who(1), { nowMs: on.nowMs, ms: minute })).toBeUndefined();
    expect(places(ask(on, 1).answer)).toBe(1);
  });

  it('keeps the turn of one whose time is over while nobody has taken it', () => {
    const on = line();
    ask(on, 1);
    on.nowMs += 60 * minute;
    expect(extendTurn(on.turn, who(1), { nowMs: on.nowMs, ms: minute })?.holders).toHaveLength(1);
    expect(places(ask(on, 1).answer)).toBe('held');
  });

  it('lets so many go on at once as the limit says', () => {
    const on = line();
    expect([1, 2, 3, 4].map((n) => places(ask(on, n, { limit: 2 }).answer))).toEqual(['held', 'held', 1, 2]);
    leave(on, 1);
    leave(on, 2);
    expect(nextInLine(on.turn, on.nowMs).map(({ runId }) => runId)).toEqual([run(3), run(4)]);
  });

  it('refuses without a trace, naming who goes on', () => {
    const on = line();
    ask(on, 1);
    const before = on.turn;
    const { answer } = ask(on, 2, { whenFull: 'leave' });
    expect(answer).toMatchObject({ kind: 'refused', ahead: [{ runId: run(1), jobName: 'roll', actor: 'ann' }] });
    expect(on.turn).toBe(before);
  });

  it('marks the one that goes on and all that wait, when the new one replaces them', () => {
    const on = line();
    ask(on, 1);
    ask(on, 2);

    const third = ask(on, 3, { whenFull: 'replace' });

    expect(third.replaced.map(({ runId }) => runId)).toEqual([run(1), run(2)]);
    expect(places(third.answer)).toBe(2);
    expect(ask(on, 2).answer).toEqual({ kind: 'replaced', by: run(3) });
    expect(ask(on, 1).answer).toEqual({ kind: 'replaced', by: run(3) });
    leave(on, 2);
    expect(places(ask(on, 3, { whenFull: 'replace' }).answer)).toBe(1);
    leave(on, 1);
    expect(places(ask(on, 3, { whenFull: 'replace' }).answer)).toBe('held');
  });

  it('replaces the oldest only, where several may go on at once', () => {
    const on = line();
    ask(on, 1, { limit: 2 });
    ask(on, 2, { limit: 2 });
    expect(ask(on, 3, { limit: 2, whenFull: 'replace' }).replaced.map(({ runId }) => runId)).toEqual([run(1)]);
    expect(ask(on, 4, { limit: 2, whenFull: 'replace' }).replaced.map(({ runId }) => runId)).toEqual([run(2)]);
  });

  it('lets a later attempt of a run take the place of an earlier one', () => {
    const on = line();
    ask(on, 1);
    expect(places(ask(on, 1, { attempt: 2, whenFull: 'leave' }).answer)).toBe('held');
    expect(on.turn.holders.map(({ attempt }) => attempt)).toEqual([2]);
    leave(on, 1, 1);
    expect(on.turn.holders).toHaveLength(1);
  });

  it('refuses more than the record can hold', () => {
    const on = line();
    for (let n = 1; n <= maxWaiters + 1; n += 1) ask(on, n);
    expect(on.turn.waiters).toHaveLength(maxWaiters);
    expect(ask(on, maxWaiters + 2).answer.kind).toBe('refused');
    expect(ask(on, 2).answer).toMatchObject({ kind: 'waiting', place: 1 });
    expect(JSON.stringify(on.turn).length).toBeLessThan(200_000);
  });

  it('forgets a place that nobody came back to for a day', () => {
    const on = line();
    [1, 2, 3].forEach((n) => void ask(on, n));
    on.nowMs += lockTimes.forgetPlaceMs + 8 * minute;
    ask(on, 4);
    expect(on.turn.waiters.map(({ runId }) => runId)).toEqual([]);
    expect(on.turn.holders.map(({ runId }) => runId)).toEqual([run(4)]);
  });

  it('lets others go ahead of one that steps aside', () => {
    const on = line();
    [1, 2, 3].forEach((n) => void ask(on, n));
    leave(on, 1);
    on.turn = stepAside(on.turn, who(2), on.nowMs);
    expect(nextInLine(on.turn, on.nowMs).map(({ runId }) => runId)).toEqual([run(3)]);
    expect(stepAside(on.turn, who(2), on.nowMs)).toBe(on.turn);
    expect(standingOf(on.turn, who(2), on.nowMs)).toMatchObject({ kind: 'waiting' });
  });

  it('notes who broke it and why, and takes one run or all that go on', () => {
    const on = line();
    [1, 2, 3, 4].forEach((n) => void ask(on, n, { limit: 2 }));
    const one = breakTurn(on.turn, { actor: 'bob', reason: 'stuck', runId: run(3) }, on.nowMs);
    expect(one.broken.map(({ runId }) => runId)).toEqual([run(3)]);
    expect(one.turn.breaks).toEqual([
      { at: new Date(on.nowMs).toISOString(), by: 'bob', reason: 'stuck', runId: run(3), attempt: 1 },
    ]);
    const all = breakTurn(one.turn, { actor: 'bob' }, on.nowMs);
    expect(all.broken.map(({ runId }) => runId)).toEqual([run(1), run(2)]);
    expect(all.turn.waiters.map(({ runId }) => runId)).toEqual([run(4)]);
    expect(breakTurn(all.turn, { actor: 'bob' }, on.nowMs).turn).toBe(all.turn);
  });
});

type Step =
  | { readonly kind: 'ask'; readonly n: number; readonly whenFull: TurnAsk['whenFull'] }
  | { readonly kind: 'leave'; readonly n: number }
  | { readonly kind: 'aside'; readonly n: number }
  | { readonly kind: 'wait'; readonly minutes: number };

const runs = fc.integer({ min: 1, max: 6 });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      n: runs,
      whenFull: fc.constantFrom('wait' as const, 'wait' as const, 'replace' as const, 'leave' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('leave' as const), n: runs }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('aside' as const), n: runs }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 0, max: 25 }) }) },
);

describe('a line, whatever happens', () => {
  it('never lets more go on than the limit, numbers every turn higher, and gives turns by ticket', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), fc.array(steps, { maxLength: 60 }), (limit, history) => {
        const on = line();
        let last = 0;
        for (const step of history) {
          const before = on.turn;
          const live = (entry: { until: string }) => Date.parse(entry.until) > on.nowMs;
          if (step.kind === 'wait') on.nowMs += step.minutes * minute;
          else if (step.kind === 'leave') leave(on, step.n);
          else if (step.kind === 'aside') on.turn = stepAside(on.turn, who(step.n), on.nowMs);
          else {
            const mine = before.waiters.find(({ runId }) => runId === run(step.n));
            const held = before.holders.some(({ runId }) => runId === run(step.n));
            const { answer } = ask(on, step.n, { limit, whenFull: step.whenFull });
            if (answer.kind === 'held' && !held) {
              expect(answer.fencing).toBeGreaterThan(last);
              last = answer.fencing;
              // Nobody who was heard of in time and came before was passed over, unless there was room for both.
              const before_ = before.waiters.filter((one) => live(one) && one.ticket < (mine?.ticket ?? Infinity));
              const going = before.holders.filter(live).length;
              expect(going + before_.length).toBeLessThan(limit);
            }
          }
          expect(on.turn.holders.filter(live).length).toBeLessThanOrEqual(limit);
          const names = [...on.turn.holders, ...on.turn.waiters].map(({ runId }) => runId);
          expect(new Set(names).size).toBe(names.length);
          expect(turnRecordSchema.safeParse(on.turn).success).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});
