import { messageOf } from '#shared/errors/app-error.ts';
import { isOpen, lowerRate, openRate } from '#shared/rate/rate.ts';
import { type CallName, callText } from './call-name.ts';
import { conflictMs, createQueue, type LaneDeps, type Reserve } from './rate-queue.ts';

/** The calls of one key, of this process. */
export interface RateLane {
  /**
   * The moment for a call; undefined when there is no limit any more.
   * @throws AppError `agent.throttled` with `retryAfterMs` when its turn would come later than `patienceMs` from now
   */
  readonly reserve: Reserve;
  /** Hears of each call that the cloud took. */
  taken(): void;
  /** Hears of each call that the cloud refused; `epoch` is that of its moment. Opens or lowers the limit. */
  refused(epoch: number | undefined, retryAfterMs: number | undefined): Promise<void>;
}

/** How often a limit is opened or lowered anew when others came first: each of them most likely did the same. */
const lowerTries = 8;
/** Over this time is counted what the cloud takes. */
const takenOverMs = 1000;

/** How many calls the cloud took of late. */
const createTaken = (now: () => number) => {
  let atMs: readonly number[] = [];
  const ofLate = (): readonly number[] => atMs.filter((one) => one > now() - takenOverMs);
  const add = (): void => {
    atMs = [...ofLate(), now()];
  };
  return { add, perSecond: () => (ofLate().length * 1000) / takenOverMs };
};

/** Shares the limit of one key. */
export const createRateLane = (deps: LaneDeps, call: CallName): RateLane => {
  const { store, views, clock, log } = deps;
  const taken = createTaken(clock.now);
  let lowering: Promise<void> = Promise.resolve();

  const change = async (epoch: number | undefined, retryAfterMs: number | undefined): Promise<boolean> => {
    const limit = await store().getRate(call);
    const refusal = { nowMs: clock.now(), retryAfterMs };
    const isNew = limit === undefined || !isOpen(limit, refusal.nowMs);
    const next = isNew
      ? openRate(call, { ...refusal, takenPerSecond: taken.perSecond() }, limit)
      : lowerRate(limit, { ...refusal, epoch });
    if (next !== limit && !(await store().putRate(next))) return false;
    views.note(next);
    const said = { call: callText(call), perSecond: next.perSecond };
    if (isNew) log.warn('rate.opened', said);
    else if (next !== limit) log.info('rate.lowered', said);
    return true;
  };

  const lower = async (epoch: number | undefined, retryAfterMs: number | undefined): Promise<void> => {
    const known = views.known(call);
    // Calls that were under way together are refused together: the first of them has said it.
    if (known !== undefined && known.epoch !== epoch) return;
    try {
      for (let tries = 0; tries < lowerTries; tries += 1) {
        if (await change(epoch, retryAfterMs)) return;
        await deps.sleep(conflictMs(tries, deps.random));
      }
    } catch (error) {
      log.warn('rate.unknown', { call: callText(call), reason: messageOf(error) });
    }
  };

  return {
    reserve: createQueue(deps, call),
    taken: taken.add,
    refused: (epoch, retryAfterMs) => {
      lowering = lowering.then(() => lower(epoch, retryAfterMs));
      return lowering;
    },
  };
};
