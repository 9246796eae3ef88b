import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import type { ShellAgentScript } from '#test/kit/shell-agent.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';
import { mostAtOnce, readTrace, traced } from '#test/kit/trace.ts';
import { everyTaskTwice, everyTaskTwiceAtOnce, mapTasks } from '#test/kit/twice.ts';

let system: TestSystem | undefined;
let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
});
afterEach(async () => {
  await system?.close();
  system = undefined;
});

const quick = (id: string, more: Readonly<Record<string, unknown>> = {}) => traced(id, file, { body: 'true', ...more });
const job = () => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'twice' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [
      {
        name: 'check',
        phases: [
          { name: 'c', operations: [quick('c1', { body: 'echo free=7 >> "$DROVER_OUTPUT"', outputs: { free: {} } })] },
        ],
      },
      {
        name: 'roll',
        strategy: 'grayScale',
        roundCount: 2,
        phases: [
          { name: 'first', on: 'runner', operations: [quick('f1')] },
          {
            name: 'work',
            operations: [
              quick('w1', { when: 'int(outputs.c1.free) > 3' }),
              quick('w2', { when: 'outputs.c1.free == "8"' }),
              quick('w3'),
            ],
          },
        ],
      },
    ],
  },
});

const start = async (script: ShellAgentScript, wrap?: (tasks: TaskBehaviours) => TaskBehaviours) => {
  const nodes = [
    ...someNodes('aws', 'h', 4),
    ...someNodes('aliyun', 'cn', 2, { tags: { role: 'h' } }),
    ...someNodes('aws', 'runner', 1, { tags: { drover: 'runner' } }),
  ];
  system = await startTestSystem(nodes, script, wrap);
  const { runId } = await system.services.submitRun({ request: { job: job(), params: {}, only: {} }, actor: 'test' });
  await system.engine.idle();
  return system.services.viewRun(runId);
};

/** Executions by node and operation: every value has to be 1. */
const timesRun = () => {
  const times = new Map<string, number>();
  for (const { node, operation } of readTrace(file))
    times.set(`${node} ${operation}`, (times.get(`${node} ${operation}`) ?? 0) + 1);
  return times;
};

const expectOnceEach = () => {
  const times = timesRun();
  expect([...times.values()].every((n) => n === 1)).toBe(true);
  expect(times.size).toBe(6 + 1 + 6 * 2);
};

describe('redelivery', () => {
  it.each([
    ['every task is delivered twice', everyTaskTwice],
    ['every task is delivered twice at once', everyTaskTwiceAtOnce],
  ])('runs every operation once when %s', async (_, wrap) => {
    const view = await start({}, wrap);

    expect(view.status).toBe('succeeded');
    expectOnceEach();
  });

  it.each([
    ['every task is delivered twice', everyTaskTwice],
    ['every task is delivered twice at once', everyTaskTwiceAtOnce],
  ])('keeps two runs apart on their nodes, in a budget and in line when %s', async (_, wrap) => {
    system = await startTestSystem(someNodes('aws', 'h', 4), {}, wrap);
    const { services } = system;
    await services.putBudget('some', { where: 'node.tags.role == "h"', max: '50%' }, 'ann');
    const submit = async (id: string, spec: Readonly<Record<string, unknown>>) => {
      const groups = [{ name: 'g', phases: [{ name: 'p', operations: [quick(id), quick(`${id}2`)] }] }];
      const whole = { ...job(), spec: { targets: { where: 'node.tags.role == "h"' }, groups, ...spec } };
      return (await services.submitRun({ request: { job: whole, params: {}, only: {} }, actor: 'test' })).runId;
    };
    const runs = [
      await submit('a', { exclusive: true, concurrency: { key: 'k' } }),
      await submit('b', { exclusive: true }),
      await submit('c', { concurrency: { key: 'k' } }),
    ];
    await system.engine.idle();

    const views = await Promise.all(runs.map((runId) => services.viewRun(runId)));
    expect(views.map((view) => view.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const trace = readTrace(file);
    expect(trace).toHaveLength(24);
    expect([...timesRun().values()].every((n) => n === 1)).toBe(true);
    expect(mostAtOnce(trace)).toBeLessThanOrEqual(2);
    for (const all of Map.groupBy(
      trace.filter((one) => !one.operation.startsWith('c')),
      (one) => one.node,
    ).values())
      expect(mostAtOnce(all)).toBe(1);
    expect(views[2]!.startedAt! >= views[0]!.endedAt!).toBe(true);
    expect((await services.listLocks()).items).toEqual([]);
  });

  it('runs every operation once when every second send loses its answer', async () => {
    let calls = 0;
    const view = await start({
      afterSend: () => {
        calls += 1;
        if (calls % 2 === 1) throw new AppError('agent.unavailable', 'the connection was reset');
      },
    });

    expect(view.status).toBe('succeeded');
    expectOnceEach();
  });

  it('accounts for the nodes of a batch whose execution breaks, and the run fails without losing the others', async () => {
    let broken = 0;
    const view = await start({}, (tasks) =>
      mapTasks(tasks, (task, name) => async (input: never) => {
        if (name === 'collectResults' && broken === 0) {
          broken += 1;
          throw new AppError('internal.bug', 'this one always breaks');
        }
        return task(input);
      }),
    );

    expect(view.status).toBe('failed');
    const counts = view.groups[0]?.phases[0]?.counts;
    expect((counts?.lost ?? 0) + (counts?.succeeded ?? 0)).toBe(6);
    expect(counts?.lost).toBeGreaterThan(0);
  });

  it('names instances that the agent refuses, and runs the others', async () => {
    const view = await start({ refused: ['i-h-0002'] });

    const rows = await system!.services.listNodeRows(view.runId, { limit: 100, phase: 'c' });
    expect(rows.items.find((row) => row.nodeId === 'i-h-0002')).toMatchObject({
      status: 'undeliverable',
      reason: 'not registered',
      rawStatus: 'InvalidInstanceId',
    });
    expect(view.groups[0]?.phases[0]?.counts).toEqual({ succeeded: 5, undeliverable: 1 });
    expect(view.status).toBe('failed');
  });
});
