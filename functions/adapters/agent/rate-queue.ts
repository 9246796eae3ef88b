import { AppError, messageOf } from '#shared/errors/app-error.ts';
import type { RateRecord } from '#shared/model/rate.ts';
import { isOpen, type Taken, takeMoments } from '#shared/rate/rate.ts';
import { type CallName, callText } from './call-name.ts';
import { createSpare, type Moment } from './rate-spare.ts';
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
  readonly resolve: (moment: Moment | undefined) => void;
  readonly reject: (error: AppError) => void;
}

/** After losing to another writer: a moment of chance, in a window that doubles up to the most. */
const firstConflictMs = 10;
const mostConflictMs = 320;

/** How long to wait after so many writes in a row for which another writer came first. */
export const conflictMs = (conflicts: number, random: () => number): number =>
  random() * Math.min(mostConflictMs, firstConflictMs * 2 ** conflicts);

const tooLate = (call: CallName, { perSecond }: RateRecord, waitMs: number): AppError => {
  const seconds = Math.ceil(waitMs / 1000);
  return new AppError(
    'agent.throttled',
    `${callText(call)} would wait ${seconds} seconds for its turn: the cloud refuses calls, and all that Drover makes now share ${perSecond} a second.`,
    { hint: 'Run fewer jobs at once, or ask the cloud for a higher rate limit.', retryAfterMs: Math.ceil(waitMs) },
  );
};

const settle = (call: CallName, asked: readonly Waiter[], { record, momentsMs, waitMs }: Taken): void => {
  for (const [index, { resolve, reject }] of asked.entries()) {
    const atMs = momentsMs[index];
    if (atMs === undefined) reject(tooLate(call, record, waitMs));
    else resolve({ atMs, epoch: record.epoch });
  }
};

/** How a process gets moments of a limit: undefined when there is none any more. Throws as `RateLane.reserve` does. */
export type Reserve = (patienceMs: number) => Promise<Moment | undefined>;

/** Gets moments for those of this process who wait: for all of them with one write, while another one is under way. */
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
    const taken = takeMoments(limit, { nowMs, patiencesMs, ahead: spare.wanted(limit.perSecond) });
    if (taken.record !== limit && !(await store().putRate(taken.record))) return false;
    // Those who came meanwhile are served next.
    waiting = waiting.slice(asked.length);
    views.note(taken.record);
    spare.keep(taken.aheadMs.map((atMs) => ({ atMs, epoch: taken.record.epoch })));
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

  return async (patienceMs) => {
    const nowMs = clock.now();
    const untilMs = nowMs + patienceMs;
    const moment = spare.next({ epoch: views.known(call)?.epoch, nowMs, untilMs });
    if (moment !== undefined) return moment;
    const { promise, resolve, reject } = Promise.withResolvers<Moment | undefined>();
    waiting = [...waiting, { untilMs, resolve, reject }];
    if (!isServing) void serveAll();
    return promise;
  };
};
