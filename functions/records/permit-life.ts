import { lifeOf, type PermitPointer, permitName } from '#shared/lock/permit.ts';
import type { PermitRecord } from '#shared/model/lock.ts';
import type { LockStore } from '#shared/ports/lock-store.ts';
import { type Clock, nowIso } from '#shared/ports/services.ts';

/** What looking at others' permits needs. */
export interface PermitLifeDeps {
  readonly store: Pick<LockStore, 'getPermits' | 'putPermit'>;
  readonly clock: Clock;
}

/** Permits by the names of their batches. */
export type PermitLife = (pointer: PermitPointer) => 'counts' | 'taking' | 'gone';

/**
 * Says of leases and shares whether they count, after ending the permits whose time is over: only once a permit is ended may something of it be
 * taken, so its holder either keeps it in time or learns that it is gone.
 */
export const readPermitLife = async (deps: PermitLifeDeps, pointers: readonly PermitPointer[]): Promise<PermitLife> => {
  const distinct = [...new Map(pointers.map((one) => [permitName(one), one])).values()];
  const nowMs = deps.clock.now();
  const permits = new Map<string, PermitRecord>();
  for (const permit of distinct.length === 0 ? [] : await deps.store.getPermits(distinct))
    permits.set(permitName(permit), permit);
  const ended = new Set<string>();
  for (const pointer of pointers) {
    const name = permitName(pointer);
    const permit = permits.get(name);
    if (permit !== undefined && lifeOf(pointer, permit, nowMs) === 'over' && (await endOver(deps, permit)))
      ended.add(name);
  }
  return (pointer) => {
    const permit = permits.get(permitName(pointer));
    if (permit === undefined || lifeOf(pointer, permit, nowMs) === 'gone' || ended.has(permitName(pointer)))
      return 'gone';
    return permit.state === 'taking' ? 'taking' : 'counts';
  };
};

/** Ends a permit whose time is over; false when its holder kept it at this moment. */
const endOver = (deps: PermitLifeDeps, permit: PermitRecord): Promise<boolean> =>
  deps.store.putPermit({
    ...permit,
    version: permit.version + 1,
    state: 'ended',
    ended: { at: nowIso(deps.clock), how: 'expired' },
  });
