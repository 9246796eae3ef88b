import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { RateRecord } from '#shared/model/rate.ts';
import { isOpen, type Taken, takeTickets } from '#shared/rate/rate.ts';
import { type CallName, callText } from './call-name.ts';
import { createSpare, type Ticket } from './rate-spare.ts';
import type { RateViews, ViewDeps } from './rate-views.ts';

/** What sharing a limit needs. */
export interface LaneDeps extends ViewDeps {
  readonly views: RateViews;
  /** Waits so many milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random: () => number;
}

interface Waiter {
  readonly untilMs: number;
  readonly resolve: (ticket: Ticket | undefined) => void;
  readonly reject: (error: AppError) => void;
}

/** After losing to another writer: a moment of chance, in a window that doubles up to the most. */
const firstConflictMs = 10;
const mostConflictMs = 320;

/** How long to wait after so many writes in a row for which another writer came first. */
export const conflictMs = (conflicts: number, random: () => number): number =>
  random() * Math.min(mostConflictMs, firstConflictMs * 2 ** conflicts);

/** The error of a call whose turn comes too late. */
export const tooLate = (call: CallName, { perSecond }: RateRecord, waitMs: number): AppError => {
  const seconds = Math.ceil(waitMs / 1000);
  const shared = `all such calls share ${Number(perSecond.toFixed(1))} a second since the cloud refused some.`;
  return new AppError('agent.throttled', `${callText(call)} would wait ${seconds} seconds for its turn: ${shared}`, {
    hint: 'Run fewer jobs at once, or ask the cloud for a higher rate limit.',
    retryAfterMs: Math.ceil(waitMs),
  });
};

const settle = (call: CallName, asked: readonly Waiter[], { record, tickets, waitMs }: Taken): void => {
  for (const [index, { resolve, reject }] of asked.entries()) {
    const number = tickets[index];
    if (number === undefined) reject(tooLate(call, record, waitMs));
    else resolve({ number, epoch: record.epoch });
  }
};

/** How a process gets tickets of a limit: undefined when there is none any more. Throws as `RateLane.reserve` does. */
export type Reserve = (limit: RateRecord, untilMs: number) => Promise<Ticket | undefined>;

/** Gets tickets for those of this process who want one: for all of them with one write, while another one is under way. */
export const createQueue = (deps: LaneDeps, call: CallName): Reserve => {
  const { store, views, clock } = deps;
  const spare = createSpare();
  let waiting: readonly Waiter[] = [];
  let isServing = false;

  const release = (): void => {
    for (const { resolve } of waiting) resolve(undefined);
    waiting = [];
  };

  const serve = async (): Promise<boolean> => {
    const limit = await store().getRate(call);
    const nowMs = clock.now();
    if (limit === undefined || !isOpen(limit, nowMs)) {
      release();
      return true;
    }
    views.note(limit);
    const asked = waiting;
    const patiencesMs = asked.map(({ untilMs }) => untilMs - nowMs);
    const taken = takeTickets(limit, { nowMs, patiencesMs, ahead: spare.wanted(limit.perSecond) });
    if (taken.record !== limit && !(await store().putRate(taken.record))) return false;
    // Those who came meanwhile are served next.
    waiting = waiting.slice(asked.length);
    views.note(taken.record);
    spare.keep(taken.ahead.map((number) => ({ number, epoch: taken.record.epoch })));
    settle(call, asked, taken);
    return true;
  };

  const serveAll = async (): Promise<void> => {
    isServing = true;
    try {
      for (let conflicts = 0; waiting.length > 0; ) {
        conflicts = (await serve()) ? 0 : conflicts + 1;
        if (conflicts > 0) await deps.sleep(conflictMs(conflicts, deps.random));
      }
    } catch (error) {
      // Without the table nobody can share; callers back off by themselves, as they do without a limit.
      deps.log.warn('rate.unknown', { call: callText(call), reason: messageOf(error) });
      release();
    } finally {
      isServing = false;
    }
  };

  return async (limit, untilMs) => {
    const ticket = spare.next({ limit, nowMs: clock.now(), untilMs });
    if (ticket !== undefined) return ticket;
    const { promise, resolve, reject } = Promise.withResolvers<Ticket | undefined>();
    waiting = [...waiting, { untilMs, resolve, reject }];
    if (!isServing) void serveAll();
    return promise;
  };
};
