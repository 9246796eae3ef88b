import type { RateRecord } from '#shared/model/rate.ts';
import { dueAtMs, isInTime, rateKeyText, rateTimes } from '#shared/rate/rate.ts';
import type { CallName } from './call-name.ts';
import { createRateLane, type RateLane } from './rate-lane.ts';
import { type LaneDeps, tooLate } from './rate-queue.ts';
import type { Ticket } from './rate-spare.ts';
import { createRateViews } from './rate-views.ts';

/** Leave to make one call now. */
export interface Pass {
  readonly call: CallName;
  /** Of the limit that it was given under; absent when there was none. */
  readonly epoch?: number;
  /** Whether it had to wait for its turn: then more calls are wanted than the limit lets through. */
  readonly waited?: boolean;
}

/** Lets calls of the clouds through at a rate that all processes share. Before the cloud has refused a call there is no limit. */
export interface RateGate {
  /**
   * Waits for the turn of a call.
   * @throws AppError `agent.throttled` with `retryAfterMs`, at once, when it would come later than `patienceMs` from now
   */
  enter(call: CallName, patienceMs: number): Promise<Pass>;
  /** Hears of each call that the cloud took. */
  taken(pass: Pass): Promise<void>;
  /** Hears of each call that the cloud refused. Returns when the others can know. */
  refused(pass: Pass, retryAfterMs: number | undefined): Promise<void>;
}

/** A process that makes calls looks so often whether another one came upon a limit. */
const lookEveryMs = 5_000;

/** The gate of a process. The table is asked on the side: when it does not answer, calls go on, and back off by themselves. */
export const createRateGate = (deps: Omit<LaneDeps, 'views'>): RateGate => {
  const { clock, sleep } = deps;
  const views = createRateViews(deps);
  const lanes = new Map<string, RateLane>();
  const laneOf = (call: CallName): RateLane => {
    const key = rateKeyText(call);
    const lane = lanes.get(key) ?? createRateLane({ ...deps, views }, call);
    lanes.set(key, lane);
    return lane;
  };

  /** Waits until a ticket is due; the limit as it is then: undefined when it is over, of another epoch when the ticket is void. */
  const turnOf = async (call: CallName, ticket: Ticket, untilMs: number): Promise<RateRecord | undefined> => {
    const limit = views.known(call);
    if (limit === undefined || limit.epoch !== ticket.epoch) return limit;
    const nowMs = clock.now();
    const waitMs = dueAtMs(limit, ticket.number) - nowMs;
    if (waitMs <= 0) return limit;
    if (!isInTime(limit, waitMs, untilMs - nowMs + rateTimes.lookMs)) throw tooLate(call, limit, waitMs);
    await sleep(Math.min(waitMs, rateTimes.lookMs));
    if (waitMs > rateTimes.lookMs) await views.look(call, rateTimes.lookMs);
    return turnOf(call, ticket, untilMs);
  };

  const wait = async (call: CallName, limit: RateRecord, untilMs: number): Promise<Pass> => {
    const ticket = await laneOf(call).reserve(limit, untilMs);
    const takenAtMs = clock.now();
    const now = ticket && (await turnOf(call, ticket, untilMs));
    if (now === undefined) return { call };
    if (now.epoch !== ticket?.epoch) return wait(call, now, untilMs);
    return { call, epoch: now.epoch, waited: clock.now() - takenAtMs >= 1000 / (2 * now.perSecond) };
  };

  return {
    enter: async (call, patienceMs) => {
      const untilMs = clock.now() + patienceMs;
      const limit = await views.look(call, lookEveryMs);
      return limit === undefined ? { call } : wait(call, limit, untilMs);
    },
    taken: ({ call, epoch, waited = false }) => laneOf(call).taken(waited ? epoch : undefined),
    refused: ({ call, epoch }, retryAfterMs) => laneOf(call).refused(epoch, retryAfterMs),
  };
};
