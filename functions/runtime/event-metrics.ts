import type { Log, LogFields, Metric, Metrics } from '#shared/ports/services.ts';

const count = (name: Metric['name'], dimensions: Metric['dimensions'] = {}): Metric => ({
  name,
  unit: 'Count',
  value: 1,
  dimensions,
});

const text = (value: LogFields[string]): string => (value === undefined ? 'unknown' : String(value));

/** What each fact that is logged adds to the metrics. Use cases say what happened once; what of it is counted is decided here. */
const metricOf: Readonly<Record<string, (fields: LogFields) => Metric | undefined>> = {
  'run.finished': ({ status }) => count('RunsEnded', { status: text(status) }),
  'run.settled': () => count('RunsSettled'),
  'run.resumed': () => count('RunsResumed'),
  'runs.swept': ({ open }) => ({ ...count('RunsOpen'), value: Number(open ?? 0) }),
  'group.stopped': () => count('BudgetStops'),
  'batch.broken': () => count('BatchesBroken'),
  'agent.throttled': () => count('AgentThrottles'),
  'invocation.sent': ({ lagMs }) =>
    lagMs === undefined
      ? undefined
      : { name: 'DispatchLag', unit: 'Milliseconds', value: Number(lagMs), dimensions: {} },
  'task.failed': ({ transient }) => (transient === true ? undefined : count('TasksFailed')),
};

/** A log that also counts. Debug lines count whether or not they are written. */
export const measured = (log: Log, metrics: Metrics): Log => {
  const on =
    (level: keyof Log) =>
    (event: string, fields: LogFields = {}): void => {
      log[level](event, fields);
      const metric = metricOf[event]?.(fields);
      if (metric !== undefined) metrics.put(metric);
    };
  return { debug: on('debug'), info: on('info'), warn: on('warn'), error: on('error') };
};
