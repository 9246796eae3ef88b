import * as z from 'zod';
import { runIdSchema } from './ids.ts';
import { durationSchema, paramValuesSchema } from './job.ts';

/**
 * Glossary. Schedule: a job that is started by the clock (a timed invocation). Due time: an instant at which it is to start. Firing: what
 * became of a due time. Calendar: spans of time in which nothing is started.
 */

const timeSchema = z.iso.datetime({ offset: true });

/** The dialects that expressions are written in; `crontab` is the one with an optional year. `rate` and `at` belong to `aws` and `aliyun`. */
export const dialects = ['unix', 'crontab', 'aliyun', 'aws'] as const;
export type Dialect = (typeof dialects)[number];

/** Names of schedules. One that ends in `.x1` could be taken for a part of another one (see the adapter of EventBridge Scheduler). */
export const scheduleNameSchema = z
  .string()
  .regex(
    /^(?!.*\.x\d$)[A-Za-z0-9][A-Za-z0-9._-]{0,59}$/,
    'is not a schedule name (letters, digits, . _ -; at most 60 characters, not ending in .x and a digit)',
  );

/** A span of time in which nothing is started; `to` is not part of it. */
export const blackoutSchema = z
  .strictObject({ from: timeSchema, to: timeSchema, summary: z.string().max(200).optional() })
  .refine(({ from, to }) => Date.parse(from) < Date.parse(to), 'ends before it begins');
export type Blackout = z.infer<typeof blackoutSchema>;

const localStartSchema = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?$/, 'is not a date, or a date and a time, such as 2027-12-24T08:00:00');

/**
 * An event that comes again and again, in which nothing is started. Kept as it was written, and laid out around the instant that is asked for, so that it
 * holds in any year to come.
 */
export const calendarEventSchema = z
  .strictObject({
    /** The first start in the zone: a date for whole days, else with a time. */
    start: localStartSchema,
    zone: z.string().max(64),
    /** So many whole days; goes with a date. */
    days: z.int().min(1).max(366).optional(),
    /** So many seconds; goes with a time. */
    seconds: z
      .int()
      .min(1)
      .max(366 * 86_400)
      .optional(),
    /** When it comes again: a rule of RFC 5545 without its end, such as `FREQ=YEARLY;BYMONTH=11;BYDAY=4TH`. */
    rule: z.string().min(1).max(500),
    /** The last local start; absent: it never ends. */
    until: localStartSchema.optional(),
    /** Local starts at which it does not come. */
    except: z.array(localStartSchema).max(500).optional(),
    summary: z.string().max(200).optional(),
  })
  .refine(
    ({ start, days, seconds }) =>
      start.includes('T') ? days === undefined && seconds !== undefined : days !== undefined && seconds === undefined,
    'a date goes with days, a time with seconds',
  );
export type CalendarEvent = z.infer<typeof calendarEventSchema>;

/** Spans of time under a name. */
export const calendarSchema = z.strictObject({
  name: z.string().min(1).max(100),
  blackouts: z.array(blackoutSchema).max(1000),
  /** Absent: none. */
  events: z.array(calendarEventSchema).max(200).optional(),
});
export type Calendar = z.infer<typeof calendarSchema>;

/** What a due time does while the run of an earlier one goes on. */
export const overlapPolicies = ['skip', 'queue', 'replace', 'allow'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/** What a schedule says, as its owner puts it. */
export const scheduleSpecSchema = z.strictObject({
  /** A stored job: `name` or `name@revision`. */
  job: z.string().min(1).max(200),
  params: paramValuesSchema.default({}),
  expression: z.string().min(1).max(256),
  /** Absent: told by the looks of the expression. */
  dialect: z.enum(dialects).optional(),
  /** IANA name, UTC, or GMT+8:00. Absent: the one in the expression, else UTC. */
  zone: z.string().max(64).optional(),
  /** Nothing is due before. */
  start: timeSchema.optional(),
  /** Nothing is due after. */
  end: timeSchema.optional(),
  /** Spreads starts over so long after the due time. */
  jitter: durationSchema.optional(),
  calendars: z.array(calendarSchema).max(10).default([]),
  overlap: z.enum(overlapPolicies).default('skip'),
  /** A due time that was missed is caught up when it is not older. Absent: it is recorded as missed. */
  catchUp: z.strictObject({ deadline: durationSchema }).optional(),
  enabled: z.boolean().default(true),
  tags: z.record(z.string().max(128), z.string().max(256)).default({}),
  description: z.string().max(1024).optional(),
});
export type ScheduleSpec = z.infer<typeof scheduleSpecSchema>;

/** A schedule as it is kept. */
export const scheduleRecordSchema = z.strictObject({
  ...scheduleSpecSchema.shape,
  name: scheduleNameSchema,
  dialect: z.enum(dialects),
  version: z.int().min(0),
  /** When a rate begins to count. */
  anchorAt: timeSchema,
  /** Since when due times count: the last put or resume. */
  activeSince: timeSchema,
  paused: z.strictObject({ at: timeSchema, by: z.string(), reason: z.string().optional() }).optional(),
  createdAt: timeSchema,
  createdBy: z.string(),
  updatedAt: timeSchema,
  updatedBy: z.string(),
});
export type ScheduleRecord = z.infer<typeof scheduleRecordSchema>;

/**
 * What became of a due time. `starting`: somebody is at it. `skipped`: the run of an earlier due time went on. `missed`: nobody was there in
 * time. `failed`: the run was refused.
 */
export const firingStatuses = ['starting', 'started', 'skipped', 'blackedOut', 'missed', 'paused', 'failed'] as const;
export type FiringStatus = (typeof firingStatuses)[number];

/** One due time of a schedule, or a start by hand, and what became of it. */
export const firingRecordSchema = z.strictObject({
  schedule: scheduleNameSchema,
  /** The due time; of a start by hand, when it was asked for. */
  dueAt: z.iso.datetime(),
  kind: z.enum(['timed', 'manual']),
  status: z.enum(firingStatuses),
  runId: runIdSchema.optional(),
  /** Why it did not start; of `started`, what is special about it. */
  reason: z.string().max(2000).optional(),
  /** Of a start by hand: who asked. */
  actor: z.string().optional(),
  /** Of a start by hand: the run that was to be, whatever came of it; by this a request that comes again finds its record. */
  askedRunId: runIdSchema.optional(),
  /** When it was decided. */
  at: z.iso.datetime(),
  /** Due times before this one that the same happened to and that have no record of their own. */
  more: z.int().min(1).optional(),
});
export type FiringRecord = z.infer<typeof firingRecordSchema>;

/** Up to when every due time of a schedule has its record. */
export const handledRecordSchema = z.strictObject({ schedule: scheduleNameSchema, until: z.iso.datetime() });
export type HandledRecord = z.infer<typeof handledRecordSchema>;
