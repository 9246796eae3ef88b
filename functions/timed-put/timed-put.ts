import type { LibraryWriter, Tagged } from '#functions/api/services.ts';
import { closeOpenDues, type FiringsDeps } from '#functions/records/firings.ts';
import { type LibraryReadDeps, requireJob } from '#functions/records/library.ts';
import { changeSchedule, checkScheduleConditions, etagOfSchedule, scheduleView } from '#functions/records/schedules.ts';
import type { PutScheduleRequest, ScheduleView } from '#shared/contract/schedule-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { resolveParams } from '#shared/job/params.ts';
import { requireJobReference } from '#shared/library/job-reference.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import { type ScheduleRecord, scheduleNameSchema } from '#shared/model/schedule.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import { type Log, nowIso } from '#shared/ports/services.ts';
import { checkCalendars } from '#shared/schedule/calendar-events.ts';
import { readExpression } from '#shared/schedule/read-expression.ts';
import { nextDueOf } from '#shared/schedule/schedule-times.ts';

/** What putting a schedule needs. */
export interface TimedPutDeps extends LibraryReadDeps, FiringsDeps {
  readonly store: LibraryReadDeps['store'] & FiringsDeps['store'] & Pick<ScheduleStore, 'getSchedule' | 'putSchedule'>;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

const invalid = (message: string, path: string): AppError =>
  new AppError('schedule.invalid', message, { places: [{ path: `/${path}`, message }] });

const checkedName = (name: string): string => {
  const checked = scheduleNameSchema.safeParse(name);
  if (checked.success) return checked.data;
  throw new AppError('request.invalid', `'${name}' ${checked.error.issues[0]?.message ?? 'is not a schedule name'}`);
};

const dayMs = 86_400_000;

const checkLimits = ({ jitter, catchUp, start, end }: PutScheduleRequest): void => {
  if (jitter !== undefined && parseDurationMs(jitter) > dayMs) throw invalid('The jitter is at most 24h', 'jitter');
  if (catchUp !== undefined && parseDurationMs(catchUp.deadline) > dayMs)
    throw invalid('The deadline of catching up is at most 24h', 'catchUp/deadline');
  if (start !== undefined && end !== undefined && Date.parse(end) <= Date.parse(start))
    throw invalid('The end is not after the start', 'end');
};

/** The job is there, and takes these parameters as it is now. */
const checkJob = async (deps: LibraryReadDeps, { job: reference, params }: PutScheduleRequest): Promise<void> => {
  const { job } = await requireJob(deps, requireJobReference(reference));
  resolveParams(job, params);
};

const isSameTimes = (one: ScheduleRecord | undefined, other: PutScheduleRequest): boolean =>
  one !== undefined &&
  one.expression === other.expression &&
  one.zone === other.zone &&
  one.start === other.start &&
  one.end === other.end;

/** The schedule that a request makes of what there is. */
const recordOf = (
  before: ScheduleRecord | undefined,
  { request, name, actor, at }: { request: PutScheduleRequest; name: string; actor: string; at: string },
): ScheduleRecord => {
  const { dialect } = readExpression({ ...request, anchorMs: Date.parse(at) }, Date.parse(at));
  const { enabled = before?.enabled ?? true, ...said } = request;
  const isSame = isSameTimes(before, request) && before?.dialect === dialect;
  return {
    ...{ ...said, name, dialect, enabled, version: 0 },
    anchorAt: isSame && before !== undefined ? before.anchorAt : at,
    activeSince: isSame && before?.enabled === enabled ? before.activeSince : at,
    ...(enabled || before?.paused === undefined ? {} : { paused: before.paused }),
    ...{ createdAt: before?.createdAt ?? at, createdBy: before?.createdBy ?? actor, updatedAt: at, updatedBy: actor },
  };
};

/**
 * Makes a schedule, or replaces it. Everything that can be refused is refused before anything is written. What was due before and did not
 * start gets its record first when the times change.
 * @throws AppError `schedule.invalid`, `schedule.unsupported`, `request.invalid`, `job.not-found`, `params.invalid`, `scheduler.unavailable`,
 * `precondition.failed`
 */
export const timedPut =
  (deps: TimedPutDeps) =>
  async (
    name: string,
    request: PutScheduleRequest,
    { actor, ...conditions }: LibraryWriter,
  ): Promise<Tagged<ScheduleView>> => {
    const known = checkedName(name);
    checkLimits(request);
    checkCalendars(request.calendars);
    await checkJob(deps, request);
    const record = await changeSchedule(
      deps.store,
      () => deps.store.getSchedule(known),
      async (before) => {
        checkScheduleConditions(known, before, conditions);
        const at = nowIso(deps.clock);
        const next = recordOf(before, { request, name: known, actor, at });
        if (nextDueOf(next, deps.clock.now()) === undefined)
          throw invalid(`'${request.expression}' never fires between start and end`, 'expression');
        deps.scheduler.check(next);
        if (before?.enabled === true && next.activeSince === at)
          await closeOpenDues(deps, before, () => ({
            ...{ status: 'missed', reason: `The schedule was changed by ${actor} before it was started` },
          }));
        return next;
      },
    );
    // Also when nothing changed: who put it before may have died before it came here.
    await deps.scheduler.put(record);
    deps.log.info('schedule.put', { schedule: known, actor });
    return { view: scheduleView(record, deps.clock.now(), 3), etag: etagOfSchedule(record) };
  };
