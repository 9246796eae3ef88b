import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunId } from '#shared/model/ids.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';
import { nodesOf, readTrace, traced } from '#test/kit/trace.ts';

let system: TestSystem;
let file: string;
beforeEach(async () => {
  file = join(mkdtempSync(join(tmpdir(), 'drover-trace-')), 'trace');
  system = await startTestSystem(someNodes('aws', 'h', 4));
});
afterEach(() => system.close());

const start = async (groups: unknown): Promise<RunId> => {
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'control' },
    spec: { targets: { where: 'node.tags.role == "h"' }, groups },
  };
  return (await system.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'test' })).runId;
};

const gated = () => `while [ ! -e '${file}.go' ]; do sleep 0.05; done`;
const letGo = () => writeFileSync(`${file}.go`, '');
const status = async (runId: RunId) => (await system.services.viewRun(runId)).status;

describe('an operator', () => {
  it('pauses between operations and resumes each node at its own next operation', async () => {
    const runId = await start([
      {
        name: 'g',
        roundCount: 0,
        phases: [
          { name: 'p', operations: [traced('a', file, { body: gated() }), traced('b', file, { body: 'true' })] },
        ],
      },
    ]);
    await vi.waitUntil(() => readTrace(file).length === 1, { timeout: 10_000 });

    await system.services.pauseRun(runId, { reason: 'lunch' }, 'ann');
    expect(await status(runId)).toBe('pausing');
    letGo();
    await vi.waitUntil(async () => (await status(runId)) === 'paused', { timeout: 20_000 });

    expect(readTrace(file).map((one) => `${one.node} ${one.operation}`)).toEqual(['h-1 a']);
    expect((await system.services.viewRun(runId)).reason).toBe('Paused by ann: lunch');
    await system.services.resumeRun(runId, {}, 'ann');
    await system.engine.idle();

    expect(await status(runId)).toBe('succeeded');
    const trace = readTrace(file);
    expect(nodesOf(trace, 'a')).toEqual(['h-1', 'h-2', 'h-3', 'h-4']);
    expect(nodesOf(trace, 'b')).toEqual(['h-1', 'h-2', 'h-3', 'h-4']);
  });

  it('aborts: nothing more starts, the run ends as aborted, and continue takes up what is left', async () => {
    const runId = await start([
      { name: 'g', roundCount: 0, phases: [{ name: 'p', operations: [traced('a', file, { body: gated() })] }] },
    ]);
    await vi.waitUntil(() => readTrace(file).length === 1, { timeout: 10_000 });

    await system.services.abortRun(runId, {}, 'ann');
    await system.services.abortRun(runId, {}, 'ann');
    await system.engine.idle();

    expect(await system.services.viewRun(runId)).toMatchObject({ status: 'aborted', stops: { confirmed: 1 } });
    expect(readTrace(file).map((one) => [one.node, one.endMs])).toEqual([['h-1', Number.POSITIVE_INFINITY]]);
    letGo();
    await expect(system.services.pauseRun(runId, {}, 'ann')).rejects.toMatchObject({ code: 'run.conflict' });
    await system.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    await system.engine.idle();
    expect(await status(runId)).toBe('succeeded');
    expect(nodesOf(readTrace(file), 'a')).toEqual(['h-1', 'h-1', 'h-2', 'h-3', 'h-4']);
  });

  it('aborts a paused run', async () => {
    const runId = await start([
      { name: 'g', roundCount: 0, phases: [{ name: 'p', operations: [traced('a', file, { body: gated() })] }] },
    ]);
    await vi.waitUntil(() => readTrace(file).length === 1, { timeout: 10_000 });
    await system.services.pauseRun(runId, {}, 'ann');
    letGo();
    await vi.waitUntil(async () => (await status(runId)) === 'paused', { timeout: 20_000 });

    await system.services.abortRun(runId, { reason: 'enough' }, 'bob');
    await system.engine.idle();

    expect(await system.services.viewRun(runId)).toMatchObject({ status: 'aborted', reason: 'Aborted by bob: enough' });
  });

  it('starts one run under one key, and refuses the key for another request', async () => {
    const request = {
      job: {
        apiVersion: 'drover/v1',
        kind: 'Job',
        metadata: { name: 'k' },
        spec: {
          targets: { where: 'true' },
          groups: [{ name: 'g', phases: [{ name: 'p', operations: [traced('a', file, { body: 'true' })] }] }],
        },
      },
      params: {},
      only: {},
    };
    const all = await Promise.all(
      [1, 2, 3].map(() => system.services.submitRun({ request, actor: 'ann', idempotencyKey: 'ticket-7' })),
    );
    await system.engine.idle();

    expect(new Set(all.map((one) => one.runId)).size).toBe(1);
    expect(all.filter((one) => one.created)).toHaveLength(1);
    expect(readTrace(file)).toHaveLength(4);
    await expect(
      system.services.submitRun({
        request: { ...request, context: { ticket: 8 } },
        actor: 'ann',
        idempotencyKey: 'ticket-7',
      }),
    ).rejects.toMatchObject({ code: 'idempotency.mismatch' });
  });
});
