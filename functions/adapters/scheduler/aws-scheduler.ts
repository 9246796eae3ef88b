import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { callService, type OwnService } from '#functions/adapters/aws/service-error.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import type { Clock } from '#shared/ports/services.ts';
import { allowedLateMs } from '#shared/schedule/decide.ts';
import { formOf, jitterMsOf, nextDueOf } from '#shared/schedule/schedule-times.ts';
import { type AwsExpression, toAws } from '#shared/schedule/to-aws.ts';

/** What the scheduler needs. */
export interface AwsSchedulerOptions {
  readonly client: SchedulerClient;
  /** Schedule group that all schedules are in. */
  readonly groupName: string;
  /** ARN of the function that is called. */
  readonly targetArn: string;
  /** Role by which it is called. */
  readonly roleArn: string;
  /** Queue for calls that could not be delivered. */
  readonly deadLetterArn: string;
  readonly clock: Clock;
}

const service: OwnService = { name: 'EventBridge Scheduler', unavailable: 'scheduler.unavailable' };

/** As many expressions as a schedule can become. */
const maxParts = 8;
/** Longest and shortest age of a call (EventBridge Scheduler API reference, RetryPolicy). */
const ageSeconds = { min: 60, max: 86_400 };
const maxRetries = 185;

/** The first expression has the name of the schedule, further ones a number. */
const partName = (name: string, index: number): string => (index === 0 ? name : `${name}.x${index}`);

const spread = (schedule: ScheduleRecord): CreateScheduleCommandInput['FlexibleTimeWindow'] => {
  const minutes = Math.ceil(jitterMsOf(schedule) / 60_000);
  return minutes === 0 ? { Mode: 'OFF' } : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: Math.min(minutes, 1440) };
};

/** A rate counts from its start, which AWS refuses when it is past: then it is the next due time. */
const startOf = (schedule: ScheduleRecord, nowMs: number): Date | undefined => {
  if (formOf(schedule).kind === 'rate') {
    const next = nextDueOf(schedule, nowMs);
    return next === undefined ? undefined : new Date(next);
  }
  const startMs = schedule.start === undefined ? 0 : Date.parse(schedule.start);
  return startMs > nowMs ? new Date(startMs) : undefined;
};

const inputOf = (
  { groupName, targetArn, roleArn, deadLetterArn, clock }: AwsSchedulerOptions,
  schedule: ScheduleRecord,
  { expression, zone }: AwsExpression,
): Omit<CreateScheduleCommandInput, 'Name'> => {
  const start = startOf(schedule, clock.now());
  const maxAge = Math.ceil(allowedLateMs(schedule) / 1000);
  return {
    GroupName: groupName,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: zone,
    State: schedule.enabled ? 'ENABLED' : 'DISABLED',
    FlexibleTimeWindow: spread(schedule),
    ...(start === undefined ? {} : { StartDate: start }),
    ...(schedule.end === undefined ? {} : { EndDate: new Date(schedule.end) }),
    ...(schedule.description === undefined ? {} : { Description: schedule.description.slice(0, 512) }),
    Target: {
      Arn: targetArn,
      RoleArn: roleArn,
      // The time it was due, also when it is called late.
      Input: JSON.stringify({ schedule: schedule.name, at: '<aws.scheduler.scheduled-time>' }),
      DeadLetterConfig: { Arn: deadLetterArn },
      // Who comes later than that is recorded as missed.
      RetryPolicy: {
        MaximumEventAgeInSeconds: Math.min(Math.max(maxAge, ageSeconds.min), ageSeconds.max),
        MaximumRetryAttempts: maxRetries,
      },
    },
  };
};

/** UpdateSchedule replaces everything; CreateSchedule refuses what is there. */
const putPart = async (client: SchedulerClient, input: CreateScheduleCommandInput): Promise<void> => {
  try {
    await client.send(new UpdateScheduleCommand(input));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    try {
      await client.send(new CreateScheduleCommand(input));
    } catch (other) {
      // Another writer made it in between.
      if (!(other instanceof ConflictException)) throw other;
      await client.send(new UpdateScheduleCommand(input));
    }
  }
};

const removePart = async (client: SchedulerClient, GroupName: string, Name: string): Promise<boolean> => {
  try {
    await client.send(new DeleteScheduleCommand({ GroupName, Name }));
    return true;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

/** Parts from a number on. They are numbered without gaps, except where a removal died: so one that is not there does not end the search. */
const removeFrom = async ({ client, groupName }: AwsSchedulerOptions, name: string, first: number): Promise<void> => {
  for (let index = first; index < maxParts; index += 1)
    await callService(service, removePart(client, groupName, partName(name, index)));
};

/**
 * EventBridge Scheduler as the scheduler: one schedule of AWS for each expression that a rule needs.
 * Methods throw AppError: `schedule.unsupported`, `scheduler.unavailable`, `config.invalid` (no such group, no right).
 */
export const createAwsScheduler = (options: AwsSchedulerOptions): Scheduler => {
  const expressionsOf = (schedule: ScheduleRecord): readonly AwsExpression[] =>
    toAws(formOf(schedule), options.clock.now()).expressions;
  return {
    check: (schedule) => {
      expressionsOf(schedule);
    },
    put: async (schedule) => {
      const parts = expressionsOf(schedule);
      for (const [index, part] of parts.entries()) {
        const input = { ...inputOf(options, schedule, part), Name: partName(schedule.name, index) };
        await callService(service, putPart(options.client, input));
      }
      await removeFrom(options, schedule.name, parts.length);
    },
    remove: (name) => removeFrom(options, name, 0),
  };
};
