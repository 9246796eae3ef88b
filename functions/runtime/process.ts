import { setTimeout } from 'node:timers/promises';
import { ulid } from 'ulid';
import { type Pacing, realPacing } from '#functions/adapters/agent/caller.ts';
import { createEmfMetrics } from '#functions/adapters/cloudwatch/emf-metrics.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import type { Examination } from '#shared/ports/examination.ts';
import type { Clock, Ids, Log, LogFields } from '#shared/ports/services.ts';
import { deploymentName, isDebugging } from './env.ts';
import { measured } from './event-metrics.ts';
import { createProcessLog, type ProcessLog } from './process-log.ts';
import { createUsageMeter } from './usage-meter.ts';

/** The wall clock of this machine. */
export const systemClock: Clock = { now: () => Date.now() };

/** Waits with a timer that keeps no process alive. */
export const patientSleep: Examination['sleep'] = (ms, signal) => setTimeout(ms, undefined, { signal, ref: false });

/** Counts what the task at hand uses, in all that this process has opened. */
export const processMeter = createUsageMeter();

/** Run ids by time and chance. */
export const randomIds: Ids = { runId: () => runIdSchema.parse(ulid()) };

/** What sessions of roles in other accounts are called there, in their logs of calls. */
export const sessionName = (): string => `drover-${deploymentName() ?? 'local'}`;

/** How clouds are called from this process by what looks whether they can be called at all: without waiting for anybody. */
export const plainPacing: Pacing = {
  ...realPacing,
  called: () => processMeter.count({ agentCalls: 1 }),
  onThrottled: (call) => openProcessLog().warn('agent.throttled', { call }),
};

let opened: ProcessLog | undefined;

const open = (): ProcessLog => {
  const { log, correlate } = createProcessLog({ debug: isDebugging() });
  const deployment = deploymentName();
  return { log: deployment === undefined ? log : measured(log, createEmfMetrics(deployment)), correlate };
};

/** The log of this process, with its metrics. */
export const openProcessLog = (): Log => {
  opened ??= open();
  return opened.log;
};

/** Puts these fields into every line of the process until the next event. */
export const correlate = (fields: LogFields): void => {
  opened ??= open();
  opened.correlate(fields);
};
