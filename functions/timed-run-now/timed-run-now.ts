import { type FireDueDeps, startFiring } from '#functions/records/fire-due.ts';
import { iso } from '#functions/records/firings.ts';
import { requireSchedule } from '#functions/records/schedules.ts';
import type { FiringView, ScheduleControlRequest } from '#shared/contract/schedule-views.ts';
import type { FiringRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';

/** What starting a schedule by hand needs. */
export interface TimedRunNowDeps extends FireDueDeps {
  readonly store: FireDueDeps['store'] & Pick<ScheduleStore, 'getSchedule' | 'listSchedules'>;
}

/** A record of its own: a due time that has this instant keeps it. */
const createManual = async ({ store }: TimedRunNowDeps, firing: FiringRecord): Promise<FiringRecord> => {
  for (let atMs = Date.parse(firing.dueAt); ; atMs += 1) {
    const one = { ...firing, dueAt: iso(atMs) };
    if (await store.createFiring(one)) return one;
  }
};

/**
 * Starts the run of a schedule now, as it would be started when due, also while it is paused or in a blackout; its overlap policy holds. It has its
 * place in the history, with who asked.
 * @throws AppError `schedule.not-found`, and what may go away by itself
 */
export const timedRunNow =
  (deps: TimedRunNowDeps) =>
  async (name: string, { reason }: ScheduleControlRequest, actor: string): Promise<FiringView> => {
    const schedule = await requireSchedule(deps.store, name);
    const at = iso(deps.clock.now());
    const firing = await createManual(deps, {
      ...{ schedule: name, dueAt: at, kind: 'manual', status: 'starting', runId: deps.ids.runId(), actor, at },
      ...(reason === undefined ? {} : { reason }),
    });
    return startFiring(deps, schedule, firing);
  };
