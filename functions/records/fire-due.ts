import type { Submission } from '#functions/api/services.ts';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { FiringRecord, ScheduleRecord } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { type Clock, type Ids, type Log, nowIso } from '#shared/ports/services.ts';
import type { RunStore } from '#shared/ports/store.ts';
import { decideFiring, turnWishOf } from '#shared/schedule/decide.ts';
import { iso } from './firings.ts';

/** What starting a due time needs. */
export interface FireDueDeps {
  readonly store: Pick<ScheduleStore, 'getFiring' | 'createFiring' | 'settleFiring'> & Pick<RunStore, 'get'>;
  /** Starts a run, as the API does. */
  readonly submit: (submission: Submission) => Promise<{ readonly runId: RunId }>;
  readonly ids: Ids;
  readonly clock: Clock;
  readonly log: Log;
}

/** Who starts the runs of a schedule, as shown on them. */
export const actorOf = (schedule: string): string => `schedule:${schedule}`;

const maxReason = 2000;

/** What came of asking for the run: recorded, unless asking again can help. */
const submitRun = async (
  deps: FireDueDeps,
  schedule: ScheduleRecord,
  { dueAt, runId }: FiringRecord,
): Promise<Pick<FiringRecord, 'status' | 'reason'>> => {
  const turn = turnWishOf(schedule.name, schedule.overlap);
  try {
    await deps.submit({
      request: { job: schedule.job, params: schedule.params, only: {} },
      actor: actorOf(schedule.name),
      idempotencyKey: `${schedule.name} ${dueAt}`,
      ...(runId === undefined ? {} : { runId }),
      ...(turn === undefined ? {} : { turn }),
    });
  } catch (error) {
    if (isAppError(error, 'lock.held')) return { status: 'skipped', reason: error.message.slice(0, maxReason) };
    if (!isAppError(error) || error.kind.fault !== 'caller' || error.kind.retryable) throw error;
    const hint = error.hint === undefined ? '' : ` ${error.hint}`;
    return { status: 'failed', reason: `${error.message}.${hint}`.slice(0, maxReason) };
  }
  const run = runId && (await deps.store.get(runId));
  return run !== undefined && run.status === 'rejected'
    ? { status: 'skipped', reason: run.reason ?? 'Its job lets no other run in' }
    : { status: 'started' };
};

/**
 * Starts the run of a firing that says `starting`, and records what came of it. The run has the id that the firing names, so doing it twice
 * starts one run.
 * @throws AppError what may go away by itself; the firing says `starting` until then
 */
export const startFiring = async (
  deps: FireDueDeps,
  schedule: ScheduleRecord,
  firing: FiringRecord,
): Promise<FiringRecord> => {
  const { runId: _runId, ...unstarted } = firing;
  const came = await submitRun(deps, schedule, firing);
  const settled: FiringRecord = {
    ...(came.status === 'started' ? firing : unstarted),
    ...came,
    ...(came.reason === undefined && firing.reason !== undefined ? { reason: firing.reason } : {}),
    at: nowIso(deps.clock),
  };
  await deps.store.settleFiring(settled);
  const { schedule: name, dueAt, status, runId } = settled;
  deps.log.info('schedule.fired', { schedule: name, dueAt, status, runId });
  return settled;
};

/** A due time that nobody has begun with, decided. */
const decided = (deps: FireDueDeps, schedule: ScheduleRecord, dueMs: number): FiringRecord => {
  const base = { schedule: schedule.name, dueAt: iso(dueMs), kind: 'timed', at: nowIso(deps.clock) } as const;
  const decision = decideFiring(schedule, dueMs, deps.clock.now());
  if (!decision.start) return { ...base, status: decision.status, reason: decision.reason };
  const reason = decision.reason === undefined ? {} : { reason: decision.reason };
  return { ...base, ...reason, status: 'starting', runId: deps.ids.runId() };
};

/** Somebody began with it and did not get to the end: its run may be there. Where it is not, it may be too late by now. */
const takenUp = async (deps: FireDueDeps, schedule: ScheduleRecord, firing: FiringRecord): Promise<FiringRecord> => {
  const hasRun = firing.runId !== undefined && (await deps.store.get(firing.runId)) !== undefined;
  const decision = decideFiring(schedule, Date.parse(firing.dueAt), deps.clock.now());
  if (hasRun || decision.start) return startFiring(deps, schedule, firing);
  const { runId: _runId, ...unstarted } = firing;
  const settled = { ...unstarted, status: decision.status, reason: decision.reason, at: nowIso(deps.clock) };
  await deps.store.settleFiring(settled);
  return settled;
};

/**
 * Does what a schedule wants at one of its due times, once, however often it is called: starts the run, or records why not.
 * @throws AppError what may go away by itself: call it again
 */
export const fireDue = async (deps: FireDueDeps, schedule: ScheduleRecord, dueMs: number): Promise<FiringRecord> => {
  const key = { schedule: schedule.name, dueAt: iso(dueMs) };
  const known = await deps.store.getFiring(key);
  if (known !== undefined) return known.status === 'starting' ? takenUp(deps, schedule, known) : known;
  const firing = decided(deps, schedule, dueMs);
  // Somebody else came first: what it wrote counts.
  if (!(await deps.store.createFiring(firing))) return fireDue(deps, schedule, dueMs);
  return firing.status === 'starting' ? startFiring(deps, schedule, firing) : firing;
};
