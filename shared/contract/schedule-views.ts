import * as z from 'zod';
import {
  calendarSchema,
  dialects,
  firingRecordSchema,
  scheduleRecordSchema,
  scheduleSpecSchema,
} from '../model/schedule.ts';
import { pageQuerySchema } from './requests.ts';

/** What the clocks of the zone have to do with a due time; see `ClockMark`. */
const markSchema = z.enum(['afterGap', 'first', 'second', 'skipped']);

/** A due time to come. */
export const dueTimeViewSchema = z.object({
  at: z.iso.datetime(),
  /** In the zone of the schedule, with its offset. */
  local: z.string(),
  /** `skipped`: a local time that does not exist; nothing is started then. */
  mark: markSchema.optional(),
  /** Why nothing will be started: a blackout. */
  blackout: z.string().optional(),
});
export type DueTimeView = z.infer<typeof dueTimeViewSchema>;

/** A rule in the words of EventBridge Scheduler, or why it cannot be said there. */
export const awsViewSchema = z.object({
  expressions: z.array(z.object({ expression: z.string(), zone: z.string() })),
  /** False: they call more often than the schedule is due; only its due times start something. */
  exact: z.boolean(),
  refused: z.string().optional(),
});
export type AwsView = z.infer<typeof awsViewSchema>;

/** Body of `PUT /v1/schedules/{schedule}`. Without `enabled` a schedule that is paused stays so. */
export const putScheduleRequestSchema = scheduleSpecSchema.extend({ enabled: z.boolean().optional() });
export type PutScheduleRequest = z.output<typeof putScheduleRequestSchema>;
export type PutScheduleRequestInput = z.input<typeof putScheduleRequestSchema>;

/** Body of `POST /v1/schedules/{schedule}/pause`, `/resume` and `/run`. */
export const scheduleControlRequestSchema = z.strictObject({ reason: z.string().max(1024).optional() });
export type ScheduleControlRequest = z.infer<typeof scheduleControlRequestSchema>;

/** Body of `POST /v1/schedule-preview`: a rule that is not stored yet. */
export const previewScheduleRequestSchema = z.strictObject({
  expression: z.string().min(1).max(256),
  dialect: z.enum(dialects).optional(),
  zone: z.string().max(64).optional(),
  start: z.iso.datetime({ offset: true }).optional(),
  end: z.iso.datetime({ offset: true }).optional(),
  calendars: z.array(calendarSchema).max(10).default([]),
  count: z.int().min(1).max(200).default(5),
});
export type PreviewScheduleRequest = z.output<typeof previewScheduleRequestSchema>;
export type PreviewScheduleRequestInput = z.input<typeof previewScheduleRequestSchema>;

/** What an expression means. */
export const schedulePreviewSchema = z.object({
  dialect: z.enum(dialects),
  zone: z.string(),
  next: z.array(dueTimeViewSchema),
  aws: awsViewSchema,
});
export type SchedulePreview = z.infer<typeof schedulePreviewSchema>;

/** Query of `GET /v1/schedules/{schedule}`: how many due times to come are shown. */
export const scheduleQuerySchema = z.strictObject({ next: z.coerce.number().int().min(0).max(200).default(3) });
export type ScheduleQuery = z.infer<typeof scheduleQuerySchema>;

/** A schedule, with its due times to come. */
export const scheduleViewSchema = z.object({
  ...scheduleRecordSchema.omit({ version: true, anchorAt: true, activeSince: true }).shape,
  /** Empty when there are none any more. */
  next: z.array(dueTimeViewSchema),
  aws: awsViewSchema,
});
export type ScheduleView = z.infer<typeof scheduleViewSchema>;

/** A schedule in a list. */
export const scheduleSummarySchema = scheduleViewSchema
  .pick({
    name: true,
    job: true,
    expression: true,
    dialect: true,
    zone: true,
    overlap: true,
    enabled: true,
    tags: true,
  })
  .extend({ next: dueTimeViewSchema.optional(), last: firingRecordSchema.optional() });
export type ScheduleSummary = z.infer<typeof scheduleSummarySchema>;

/** What became of a due time. */
export const firingViewSchema = firingRecordSchema;
export type FiringView = z.infer<typeof firingViewSchema>;

/** Query of `GET /v1/schedules/{schedule}/firings`. */
export const firingsQuerySchema = pageQuerySchema;
