import * as z from 'zod';
import { type AppError, toAppError } from '#shared/errors/app-error.ts';
import type { Log, LogFields } from '#shared/ports/services.ts';
import { runTask } from '#shared/workflow/run-task.ts';
import { type TaskBehaviour, type TaskName, taskRegistry } from '#shared/workflow/task-registry.ts';
import { type MeteredDeps, meteredTask } from './metered-tasks.ts';
import { correlate, openProcessLog, processMeter, systemClock } from './process.ts';
import { openStore } from './store.ts';

/** Builds a task with its dependencies. Reads the environment; nothing does so before. */
export type MakeTask<N extends TaskName> = () => TaskBehaviour<N>;

/** What a handler opens when it needs it. */
export interface LambdaParts {
  readonly openLog: () => Log;
  /** Where what the tasks use is counted. */
  readonly usage: MeteredDeps['usage'];
}

/** A Lambda handler of an asynchronous or Step Functions call. */
export type LambdaHandler = (event: unknown, context: { readonly awsRequestId: string }) => Promise<unknown>;

/** The ids of an event: all of it that may be logged. */
const idsSchema = z
  .object({
    runId: z.string().optional().catch(undefined),
    attempt: z.number().optional().catch(undefined),
    sliceId: z.string().optional().catch(undefined),
    batchId: z.string().optional().catch(undefined),
    invocationId: z.string().optional().catch(undefined),
  })
  .catch({});

const logFailure = (log: Log, { code, message, kind }: AppError, ids: LogFields): void => {
  const transient = kind.fault === 'dependency';
  const fields = { code, message, transient, ...ids };
  if (transient) log.warn('task.failed', fields);
  else log.error('task.failed', fields);
};

/**
 * The Lambda handler of a task. Dependencies are built at the first call and kept; building that failed is tried again at the next call.
 * Every line of a call has the ids of its event. A failure is logged in one line and thrown as AppError: its `name`, the code, is the error name that Step Functions sees.
 */
export const lambdaTask = <N extends TaskName>(
  name: N,
  make: MakeTask<N>,
  { openLog, usage }: LambdaParts = { openLog: openProcessLog, usage: openStore },
): LambdaHandler => {
  let behaviour: TaskBehaviour<N> | undefined;
  return async (event, { awsRequestId }) => {
    const ids = { task: name, requestId: awsRequestId, ...idsSchema.parse(event) };
    correlate(ids);
    try {
      behaviour ??= make();
      const counted = { meter: processMeter, usage, clock: systemClock, log: openLog() };
      return await runTask(taskRegistry[name], meteredTask(counted, name, behaviour), event);
    } catch (thrown) {
      const error = toAppError(thrown);
      logFailure(openLog(), error, ids);
      throw error;
    }
  };
};
