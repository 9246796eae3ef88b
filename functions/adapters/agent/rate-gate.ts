import { rateKeyText } from '#shared/rate/rate.ts';
import type { CallName } from './call-name.ts';
import { createRateLane, type RateLane } from './rate-lane.ts';
import type { LaneDeps } from './rate-queue.ts';
import { createRateViews } from './rate-views.ts';

/** Leave to make one call now. */
export interface Pass {
  readonly call: CallName;
  /** Of the limit that it was given under; absent when there was none. */
  readonly epoch?: number;
}

/** Lets calls of the clouds through at a rate that all processes share. Before the cloud has refused a call there is no limit. */
export interface RateGate {
  /**
   * Waits for the turn of a call.
   * @throws AppError `agent.throttled` with `retryAfterMs`, at once, when it would come later than `patienceMs` from now
   */
  enter(call: CallName, patienceMs: number): Promise<Pass>;
  /** Hears of each call that the cloud took. */
  taken(pass: Pass): void;
  /** Hears of each call that the cloud refused. Returns when the others can know. */
  refused(pass: Pass, retryAfterMs: number | undefined): Promise<void>;
}

/** A process that makes calls looks so often whether another one came upon a limit. */
const lookEveryMs = 5_000;
/** Whoever waited longer than this looks whether the limit was lowered meanwhile, which makes its moment void. */
const wakeFreshMs = 1_000;

/** The gate of a process. The table is asked on the side: when it does not answer, calls go on, and back off by themselves. */
export const createRateGate = (deps: Omit<LaneDeps, 'views'>): RateGate => {
  const views = createRateViews(deps);
  const lanes = new Map<string, RateLane>();
  const laneOf = (call: CallName): RateLane => {
    const key = rateKeyText(call);
    const lane = lanes.get(key) ?? createRateLane({ ...deps, views }, call);
    lanes.set(key, lane);
    return lane;
  };
  const enter = async (call: CallName, patienceMs: number): Promise<Pass> => {
    const cameAtMs = deps.clock.now();
    if ((await views.look(call, lookEveryMs)) === undefined) return { call };
    const moment = await laneOf(call).reserve(patienceMs - (deps.clock.now() - cameAtMs));
    if (moment === undefined) return { call };
    const waitMs = moment.atMs - deps.clock.now();
    // Our clock may have fallen back since: nobody waits longer than was agreed.
    if (waitMs > 0) await deps.sleep(Math.min(waitMs, patienceMs));
    const limit = waitMs > wakeFreshMs ? await views.look(call, wakeFreshMs) : views.known(call);
    if (limit === undefined) return { call };
    if (limit.epoch === moment.epoch) return { call, epoch: moment.epoch };
    return enter(call, patienceMs - (deps.clock.now() - cameAtMs));
  };
  return {
    enter,
    taken: ({ call }) => laneOf(call).taken(),
    refused: ({ call, epoch }, retryAfterMs) => laneOf(call).refused(epoch, retryAfterMs),
  };
};
