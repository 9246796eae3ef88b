import { messageOf } from '#shared/errors/app-error.ts';
import type { RateRecord } from '#shared/model/rate.ts';
import { isOpen, lowerRate, openRate, raiseRate } from '#shared/rate/rate.ts';
import { type CallName, callText } from './call-name.ts';
import { conflictMs, createQueue, type LaneDeps, type Reserve } from './rate-queue.ts';

/** The calls of one key, of this process. */
export interface RateLane {
  /**
   * A ticket for a call; undefined when there is no limit any more.
   * @throws AppError `agent.throttled` with `retryAfterMs` when it would be due after `untilMs`
   */
  readonly reserve: Reserve;
  /** Hears of each call that the cloud took; `epoch` is that of its ticket, if it had to wait for its turn. May raise the limit. */
  taken(epoch: number | undefined): Promise<void>;
  /** Hears of each call that the cloud refused; `epoch` is that of its ticket. Opens or lowers the limit. */
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
  let changing: Promise<void> = Promise.resolve();
  let isRaising = false;

  /** One change of this process at a time. Limits are a help: one that cannot be changed fails no call. */
  const inTurn = (change: () => Promise<void>): Promise<void> => {
    changing = changing.then(change).catch((error: unknown) => {
      log.warn('rate.unknown', { call: callText(call), reason: messageOf(error) });
    });
    return changing;
  };

  const write = async (next: RateRecord, event: string, level: 'info' | 'warn'): Promise<boolean> => {
    if (!(await store().putRate(next))) return false;
    views.note(next);
    log[level](event, { call: callText(call), perSecond: next.perSecond });
    return true;
  };

  const openOrLower = async (epoch: number | undefined, retryAfterMs: number | undefined): Promise<boolean> => {
    const limit = await store().getRate(call);
    const refusal = { nowMs: clock.now(), retryAfterMs };
    if (limit === undefined || !isOpen(limit, refusal.nowMs)) {
      const opened = openRate(call, { ...refusal, takenPerSecond: taken.perSecond() }, limit);
      return write(opened, 'rate.opened', 'warn');
    }
    views.note(limit);
    const lowered = lowerRate(limit, { ...refusal, epoch });
    return lowered === limit || write(lowered, 'rate.lowered', 'info');
  };

  const lower = async (epoch: number | undefined, retryAfterMs: number | undefined): Promise<void> => {
    const known = views.known(call);
    // Calls that were under way together are refused together: the first of them has said it.
    if (known !== undefined && known.epoch !== epoch) return;
    for (let tries = 0; tries < lowerTries; tries += 1) {
      if (await openOrLower(epoch, retryAfterMs)) return;
      await deps.sleep(conflictMs(tries, deps.random));
    }
  };

  /** Once: when another writer comes first, the next call that is taken sees to it. */
  const raise = async (epoch: number): Promise<void> => {
    const limit = await store().getRate(call);
    if (limit === undefined || !isOpen(limit, clock.now())) return;
    views.note(limit);
    const raised = raiseRate(limit, { nowMs: clock.now(), epoch });
    if (raised !== limit) await write(raised, 'rate.raised', 'info');
  };

  return {
    reserve: createQueue(deps, call),
    taken: async (epoch) => {
      taken.add();
      const known = views.known(call);
      if (epoch === undefined || known === undefined || isRaising) return;
      if (raiseRate(known, { nowMs: clock.now(), epoch }) === known) return;
      isRaising = true;
      await inTurn(() => raise(epoch));
      isRaising = false;
    },
    refused: (epoch, retryAfterMs) => inTurn(() => lower(epoch, retryAfterMs)),
  };
};
