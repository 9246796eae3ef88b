import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createAwsScheduler } from '#functions/adapters/scheduler/aws-scheduler.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import { readSchedulerEnv } from './env.ts';
import { systemClock } from './process.ts';

const open = (): Scheduler =>
  createAwsScheduler({ ...readSchedulerEnv(), client: new SchedulerClient(ownClientConfig), clock: systemClock });

/** The scheduler of the deployed stack. Its settings are read when a schedule is first touched: everything else works without them. */
export const openScheduler = (): Scheduler => {
  let opened: Scheduler | undefined;
  const scheduler = (): Scheduler => {
    opened ??= open();
    return opened;
  };
  return {
    check: (schedule) => scheduler().check(schedule),
    put: async (schedule) => scheduler().put(schedule),
    remove: async (name) => scheduler().remove(name),
  };
};
