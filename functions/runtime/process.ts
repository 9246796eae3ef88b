import { ulid } from 'ulid';
import { runIdSchema } from '#shared/model/ids.ts';
import type { Clock, Ids, Log } from '#shared/ports/services.ts';
import { isDebugging } from './env.ts';
import { createJsonLog } from './json-log.ts';
import { createUsageMeter } from './usage-meter.ts';

/** The wall clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** Counts what the task at hand uses, in all that this process has opened. */
export const processMeter = createUsageMeter();

/** Run ids by time and chance. */
export const randomIds: Ids = { runId: () => runIdSchema.parse(ulid()) };

/** Log lines to standard output, which Lambda takes to CloudWatch Logs. */
export const openProcessLog = (): Log =>
  createJsonLog({ clock: systemClock, write: (line) => process.stdout.write(line), debug: isDebugging() });
