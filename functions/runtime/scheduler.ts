import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createAwsScheduler } from '#functions/adapters/scheduler/aws-scheduler.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import { readSchedulerEnv } from './env.ts';
import { systemClock } from './process.ts';

/** The scheduler of the deployed stack. */
export const openScheduler = (): Scheduler =>
  createAwsScheduler({ ...readSchedulerEnv(), client: new SchedulerClient(ownClientConfig), clock: systemClock });
