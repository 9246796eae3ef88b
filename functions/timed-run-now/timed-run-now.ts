import type { StartByHand } from '#functions/api/services.ts';
import { claimRequest } from '#functions/records/claim-request.ts';
import { type FireDueDeps, startFiring } from '#functions/records/fire-due.ts';
import { iso } from '#functions/records/firings.ts';
import { requireSchedule } from '#functions/records/schedules.ts';
import type { FiringView } from '#shared/contract/schedule-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { FiringRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import type { RunStore } from '#shared/ports/store.ts';

/** What starting a schedule by hand needs. */
export interface TimedRunNowDeps extends FireDueDeps {
  readonly store: FireDueDeps['store'] &
    Pick<ScheduleStore, 'getSchedule' | 'listSchedules'> &
    Pick<RunStore, 'claimKey'>;
}

/** The run that there will be, and when it was asked for: the same for every delivery under a key. */
interface Place {
  readonly runId: RunId;
  readonly askedAt: string;
}

const placeOf = async (
  { store, clock, ids }: TimedRunNowDeps,
  schedule: string,
  { actor, idempotencyKey, reason }: StartByHand,
): Promise<Place> => {
  const own = { runId: ids.runId(), askedAt: iso(clock.now()) };
  if (idempotencyKey === undefined) return own;
  const request = { runSchedule: schedule, reason: reason ?? null };
  const claim = await claimRequest(store, { ...own, principal: actor, key: idempotencyKey, request });
  return { runId: claim.runId, askedAt: claim.askedAt ?? own.askedAt };
};

/**
 * A record of its own: a due time, or another start by hand, that has this instant keeps it. Who comes again goes the same way, and finds the
 * record of the first time.
 */
const createManual = async (
  { store }: TimedRunNowDeps,
  firing: FiringRecord,
): Promise<{ readonly firing: FiringRecord; readonly created: boolean }> => {
  for (let atMs = Date.parse(firing.dueAt); ; atMs += 1) {
    const one = { ...firing, dueAt: iso(atMs) };
    if (await store.createFiring(one)) return { firing: one, created: true };
    const found = await store.getFiring(one);
    if (found?.askedRunId === firing.askedRunId) return { firing: found ?? one, created: false };
  }
};

/**
 * Starts the run of a schedule now, as it would be started when due, also while it is paused or in a blackout; its overlap policy holds. It has its
 * place in the history, with who asked. Under an idempotency key the same request has one such place, however often it comes.
 * @throws AppError `schedule.not-found`, `idempotency.mismatch` when the key was used for another request, and what may go away by itself
 */
export const timedRunNow =
  (deps: TimedRunNowDeps) =>
  async (name: string, asked: StartByHand): Promise<{ readonly firing: FiringView; readonly created: boolean }> => {
    const schedule = await requireSchedule(deps.store, name);
    const { runId, askedAt } = await placeOf(deps, name, asked);
    const { reason, actor } = asked;
    const { firing, created } = await createManual(deps, {
      ...{ schedule: name, dueAt: askedAt, kind: 'manual', status: 'starting', runId, askedRunId: runId, actor },
      ...{ at: iso(deps.clock.now()), ...(reason === undefined ? {} : { reason }) },
    });
    // Whoever began with it may have died: the run has one id, so to start it again is to find it.
    return { firing: firing.status === 'starting' ? await startFiring(deps, schedule, firing) : firing, created };
  };
