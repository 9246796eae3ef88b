import { isSharedRead } from './call-sites.ts';
import { callFaults, deliveryFaults, eventFaults, type Fault, type FaultKind, isFaultKind } from './fault.ts';
import type { SeenCall } from './fault-script.ts';
import { troubleOf } from './troubles.ts';

/** A fault that can be put into a job, with the kind of place that it is. */
export interface Placed {
  readonly fault: Fault;
  /**
   * What its place is, without saying which of several: `kill-after collectResults > store.putResults > table.BatchWriteItem`. A sample takes
   * from as many of these as it can.
   */
  readonly stratum: string;
}

const kindsOf = (table: object): readonly FaultKind[] => Object.keys(table).filter(isFaultKind);

/** Faults that a request can meet: its caller asks again, but sends nothing by itself. */
const requestFaults: readonly FaultKind[] = ['kill-before', 'kill-after', 'twice', 'again'];

const kindsAt = (call: SeenCall): readonly FaultKind[] => {
  if (!call.isRoot) {
    const failing = troubleOf(call.name) === undefined ? ['refuse', 'lose'] : [];
    // Only what is delivered can be delivered again.
    const hanging = call.origin === undefined ? ['late', 'crash-before', 'crash-after'] : [];
    const shared = isSharedRead(call) ? ['late', 'crash-before', 'crash-after'] : [];
    return kindsOf(callFaults).filter((kind) => ![...failing, ...hanging, ...shared].includes(kind));
  }
  if (call.origin === 'request') return requestFaults;
  return call.origin === 'event' ? [...kindsOf(deliveryFaults), ...kindsOf(eventFaults)] : kindsOf(deliveryFaults);
};

/** `collectResults a1-g0-s0-p0-x0-b0.o0.t0 #2 > store.putResults#1 > …` without what tells one from another. */
const withoutNumbers = (site: string): string =>
  site
    .split(' > ')
    .map((step) => step.replace(/[ #].*$/, ''))
    .join(' > ');

/** Every fault that can be put where a clean run went: at each innermost call, before and after, and at what began it. */
export const faultPlaces = (calls: readonly SeenCall[]): readonly Placed[] =>
  calls
    .filter((call) => call.isRoot || !call.isOuter)
    .flatMap((call) =>
      kindsAt(call).map((kind) => ({
        fault: { kind, site: call.site },
        stratum: `${kind} ${withoutNumbers(call.site)}`,
      })),
    );
