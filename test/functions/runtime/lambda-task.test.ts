import { describe, expect, it } from 'vitest';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Usage } from '#shared/model/usage.ts';
import type { Log, LogFields } from '#shared/ports/services.ts';

type Line = readonly [level: string, event: string, fields: LogFields | undefined];

const counted: Usage[] = [];
/** Keeps what is counted. */
const usage = () => ({
  addRunUsage: async (_runId: string, _part: string, used: Usage) => {
    counted.push(used);
  },
});

const recordingLog = () => {
  const lines: Line[] = [];
  const on = (level: string) => (event: string, fields?: LogFields) => void lines.push([level, event, fields]);
  const log: Log = { debug: on('debug'), info: on('info'), warn: on('warn'), error: on('error') };
  return { lines, parts: { openLog: () => log, usage } };
};

const runId = '01JDQ8Z5T2N8V4K6M3W7X9Y0AB';
const event = { runId, attempt: 1 };
const context = { awsRequestId: 'request-1' };

describe('a task on Lambda', () => {
  it('builds its dependencies at the first call, once', async () => {
    let built = 0;
    const handler = lambdaTask('startRun', () => {
      built += 1;
      return async () => ({ groups: [0] });
    });
    expect(built).toBe(0);
    expect([await handler(event, context), await handler(event, context)]).toEqual([{ groups: [0] }, { groups: [0] }]);
    expect(built).toBe(1);
  });

  it('builds them again after it could not', async () => {
    let tries = 0;
    const { parts } = recordingLog();
    const make = () => {
      tries += 1;
      if (tries === 1) throw new AppError('config.invalid', 'not yet');
      return async () => ({ groups: [] });
    };
    const handler = lambdaTask('startRun', make, parts);
    await expect(handler(event, context)).rejects.toMatchObject({ name: 'config.invalid' });
    await expect(handler(event, context)).resolves.toEqual({ groups: [] });
  });

  it('refuses an event that is not the input of the task, without showing it', async () => {
    const { lines, parts } = recordingLog();
    const handler = lambdaTask('startRun', () => async () => ({ groups: [] }), parts);
    await expect(handler({ ...event, runId: 7, token: 'hidden' }, context)).rejects.toMatchObject({
      name: 'task.invalid-input',
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]?.[2]).toMatchObject({
      task: 'startRun',
      code: 'task.invalid-input',
      requestId: 'request-1',
      attempt: 1,
    });
    expect(JSON.stringify(lines)).not.toContain('hidden');
  });

  it.each([
    ['warn', new AppError('agent.throttled', 'slow down')],
    ['error', new AppError('run.not-found', 'gone')],
  ])('logs a failure once (%s) and throws it under its code', async (level, error) => {
    const { lines, parts } = recordingLog();
    const handler = lambdaTask('startRun', () => () => Promise.reject(error), parts);
    await expect(handler(event, context)).rejects.toBe(error);
    expect(lines).toEqual([
      [
        level,
        'task.failed',
        {
          task: 'startRun',
          code: error.code,
          message: error.message,
          transient: level === 'warn',
          requestId: 'request-1',
          ...event,
        },
      ],
    ]);
  });

  it('throws a defect as internal.bug, with its cause', async () => {
    const { parts } = recordingLog();
    const cause = new TypeError('x is not a function');
    const handler = lambdaTask('startRun', () => () => Promise.reject(cause), parts);
    await expect(handler(event, context)).rejects.toMatchObject({ name: 'internal.bug', cause });
  });
});
