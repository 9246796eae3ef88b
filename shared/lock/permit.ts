import type { PermitKey, PermitRecord, WaitingPlace } from '../model/lock.ts';

/** A lease or a share, as far as it points at its permit. */
export interface PermitPointer extends PermitKey {
  /** Fencing number of the permit. */
  readonly permit: number;
}

/**
 * Whether what points at a permit counts. `over`: the permit's time is over, but nobody has ended it; who wants what it has ends it first, so
 * that its holder learns of it.
 */
export const lifeOf = (
  pointer: PermitPointer,
  permit: PermitRecord | undefined,
  nowMs: number,
): 'counts' | 'over' | 'gone' => {
  if (permit === undefined || permit.fencing !== pointer.permit) return 'gone';
  if (permit.state !== 'taking' && permit.state !== 'held') return 'gone';
  return Date.parse(permit.until) > nowMs ? 'counts' : 'over';
};

/** Names a batch of any run, as a string. */
export const permitName = ({ runId, batchId }: PermitKey): string => `${runId} ${batchId}`;

/** True for the same batch of the same run. */
export const isSamePermit = (a: PermitKey, b: PermitKey): boolean => a.runId === b.runId && a.batchId === b.batchId;

/** Who asked and when. */
export type Arrival = PermitKey & Pick<PermitRecord, 'askedAt'>;

/**
 * One order over all that wait, whatever they wait for: by when they first asked. Because everything is given in this order, and nobody holds
 * anything while it waits, the one that asked first always gets on: there is no deadlock and nobody starves.
 */
export const byArrival = (a: Arrival, b: Arrival): number => {
  const [one, other] = [`${a.askedAt} ${permitName(a)}`, `${b.askedAt} ${permitName(b)}`];
  if (one === other) return 0;
  return one < other ? -1 : 1;
};

/** A question of a batch: for a lease or a share. */
export interface PermitAsk extends Arrival {
  readonly jobName: string;
  /** Fencing number of its permit. */
  readonly permit: number;
  readonly nowMs: number;
  /** How long its place lasts from now. */
  readonly waitMs: number;
}

/** Places that one lease or budget remembers: of more that wait, those that asked last look by themselves. */
const maxPlaces = 200;

/** Live places in the order of arrival. */
export const livePlaces = <T extends WaitingPlace>(places: readonly T[], nowMs: number): readonly T[] =>
  places.filter((one) => Date.parse(one.until) > nowMs).toSorted(byArrival);

/** Places without that of a batch, and without those that nobody came back to. */
export const withoutPlace = <T extends WaitingPlace>(places: readonly T[], key: PermitKey, nowMs: number): T[] =>
  livePlaces(places, nowMs).filter((one) => !isSamePermit(one, key));

/** Places with that of a batch, its time renewed when less than half of it is left. The same list when nothing changes. */
export const withPlace = <T extends WaitingPlace>(
  places: readonly T[],
  mine: T,
  { nowMs, waitMs }: Pick<PermitAsk, 'nowMs' | 'waitMs'>,
): readonly T[] => {
  const known = places.find((one) => isSamePermit(one, mine));
  if (known !== undefined && Date.parse(known.until) - nowMs >= waitMs / 2) return places;
  const kept = [...withoutPlace(places, mine, nowMs), mine].sort(byArrival).slice(0, maxPlaces);
  return kept.includes(mine) ? kept : places;
};
