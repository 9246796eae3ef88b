import { messageOf } from '#shared/errors/app-error.ts';
import type { RateRecord } from '#shared/model/rate.ts';
import type { RateStore } from '#shared/ports/rate-store.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import { isOpen } from '#shared/rate/rate.ts';
import { type CallName, callText } from './call-name.ts';

/** What knowing the shared limits needs. */
export interface ViewDeps {
  /** Opened when something is to be read. */
  readonly store: () => RateStore;
  /** The wall clock: moments are agreed on between processes. */
  readonly clock: Clock;
  readonly log: Log;
}

/** What this process knows of the limits that all processes share. */
export interface RateViews {
  /** The limit that holds for a call, read again when it was last read longer ago than `freshMs`. A table that does not answer changes nothing. */
  look(call: CallName, freshMs: number): Promise<RateRecord | undefined>;
  /** The limit that holds for a call, as far as is known. */
  known(call: CallName): RateRecord | undefined;
  /** Takes in what was just read or written. */
  note(record: RateRecord): void;
}

interface View {
  readAtMs: number;
  reading: Promise<void> | undefined;
  readonly limits: Map<string, RateRecord>;
}

/** One read tells of all limits of an account and region; calls that ask while it is under way share it. */
export const createRateViews = ({ store, clock, log }: ViewDeps): RateViews => {
  const views = new Map<string, View>();
  const viewOf = ({ agent, account, region }: Pick<CallName, 'agent' | 'account' | 'region'>): View => {
    const key = JSON.stringify([agent, account ?? null, region]);
    const view = views.get(key) ?? { readAtMs: Number.NEGATIVE_INFINITY, reading: undefined, limits: new Map() };
    views.set(key, view);
    return view;
  };
  // A reading may lag behind what this process wrote or read before, and then has a lower version.
  const note = (record: RateRecord): void => {
    const { limits } = viewOf(record);
    const before = limits.get(record.action);
    const isOld = before !== undefined && isOpen(before, clock.now()) && before.version > record.version;
    if (isOpen(record, clock.now()) && !isOld) limits.set(record.action, record);
  };
  const known = (call: CallName): RateRecord | undefined => {
    const { limits } = viewOf(call);
    const limit = limits.get(call.action);
    if (limit === undefined || isOpen(limit, clock.now())) return limit;
    limits.delete(call.action);
    log.info('rate.closed', { call: callText(call), perSecond: limit.perSecond });
    return undefined;
  };
  const read = async (view: View, { agent, account, region }: CallName): Promise<void> => {
    try {
      const scope = { agent, ...(account === undefined ? {} : { account }), region };
      for (const record of await store().listRates(scope)) note(record);
    } catch (error) {
      log.warn('rate.unknown', { region, reason: messageOf(error) });
    }
    view.readAtMs = clock.now();
    view.reading = undefined;
  };
  const look = async (call: CallName, freshMs: number): Promise<RateRecord | undefined> => {
    const view = viewOf(call);
    if (Math.abs(clock.now() - view.readAtMs) >= freshMs) {
      view.reading ??= read(view, call);
      await view.reading;
    }
    return known(call);
  };
  return { look, known, note };
};
