import { describe, expect, it } from 'vitest';
import { measured } from '#functions/runtime/event-metrics.ts';
import type { Log, LogFields, Metric } from '#shared/ports/services.ts';

const open = () => {
  const lines: [string, LogFields | undefined][] = [];
  const metrics: Metric[] = [];
  const note = (event: string, fields?: LogFields) => void lines.push([event, fields]);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  return { lines, metrics, log: measured(log, { put: (metric) => void metrics.push(metric) }) };
};

describe('a log that counts', () => {
  it('counts how runs end, by their status, and logs it all the same', () => {
    const { log, lines, metrics } = open();
    log.info('run.finished', { runId: 'r', status: 'failed' });
    expect(lines).toEqual([['run.finished', { runId: 'r', status: 'failed' }]]);
    expect(metrics).toEqual([{ name: 'RunsEnded', unit: 'Count', value: 1, dimensions: { status: 'failed' } }]);
  });

  it.each([
    ['group.stopped', {}, { name: 'BudgetStops', value: 1 }],
    ['agent.throttled', { call: 'SSM SendCommand in eu-west-1' }, { name: 'AgentThrottles', value: 1 }],
    ['batch.broken', { runId: 'r' }, { name: 'BatchesBroken', value: 1 }],
    ['run.settled', { runId: 'r' }, { name: 'RunsSettled', value: 1 }],
    ['runs.swept', { open: 7 }, { name: 'RunsOpen', value: 7 }],
    ['invocation.sent', { lagMs: 250 }, { name: 'DispatchLag', unit: 'Milliseconds', value: 250 }],
    ['task.failed', { transient: false }, { name: 'TasksFailed', value: 1 }],
  ])('counts %s', (event, fields, expected) => {
    const { log, metrics } = open();
    log.debug(event, fields);
    expect(metrics).toEqual([expect.objectContaining({ dimensions: {}, ...expected })]);
  });

  it('counts nothing for a failure that is tried again, and for everything else that is said', () => {
    const { log, metrics } = open();
    log.warn('task.failed', { transient: true });
    log.info('command.put', { name: 'a/b' });
    expect(metrics).toEqual([]);
  });

  it('has no dimension that is an id', () => {
    const { log, metrics } = open();
    for (const event of ['run.finished', 'group.stopped', 'batch.broken', 'agent.throttled', 'run.settled'])
      log.info(event, { runId: '01JDQ8Z5T2N8V4K6M3W7X9Y0AB', status: 'failed' });
    expect(JSON.stringify(metrics)).not.toContain('01JDQ8Z5');
  });
});
