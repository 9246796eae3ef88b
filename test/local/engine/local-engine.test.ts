import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLocalEngine } from '#local/engine/local-engine.ts';
import { formatBatchId, runIdSchema, sliceIdSchema } from '#shared/model/ids.ts';
import type { Log } from '#shared/ports/services.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';

const runId = runIdSchema.parse('0'.repeat(26));
const sliceId = sliceIdSchema.parse('a1-g0-s0-p0-x0');
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** One group of one slice with so many batches; `onBatch` is what invoking a batch does. */
const behaviours = (batches: number, onBatch: () => Promise<void>): TaskBehaviours => {
  let stages = 0;
  return {
    startRun: async () => ({ groups: [0] }),
    nextStage: async () => {
      stages += 1;
      const until = '2026-01-01T00:00:00.000Z';
      return stages === 1
        ? { kind: 'run', slices: [sliceId], until, holdSeconds: 1, look: 1 }
        : { kind: 'done', slices: [], until, holdSeconds: 1, look: 1 };
    },
    openPhase: async () => ({
      batches: Array.from({ length: batches }, (_, index) => formatBatchId(sliceId, index)),
      width: batches,
    }),
    invokeOperation: async () => {
      await onBatch();
      return { state: 'done', invocationId: '', look: 1 };
    },
    awaitTurn: async () => ({}),
    awaitPermit: async () => ({}),
    awaitAgent: async () => ({}),
    collectResults: async ({ invocationId }) => ({ state: 'done', invocationId, look: 1 }),
    closePhase: async () => ({ status: 'succeeded' }),
    hold: async () => ({}),
    finishRun: async () => ({ status: 'succeeded' }),
    onAgentEvent: async () => ({ woken: false }),
    settleRun: async () => ({ care: 'settled' }),
    sweepRuns: async () => ({ open: 0, started: 0, settled: 0, failed: 0 }),
  };
};

describe('the local engine', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'drover-engine-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const run = async (tasks: TaskBehaviours, log: Log = silent) => {
    const engine = await createLocalEngine({ dir, log });
    await engine.attach(tasks);
    await engine.start(runId, 1);
    await engine.idle();
    await engine.close();
  };

  it('does at most sixteen tasks at once, and all of them in the end', async () => {
    let [now, most, all] = [0, 0, 0];
    const onBatch = async () => {
      now += 1;
      most = Math.max(most, now);
      all += 1;
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
      now -= 1;
    };

    await run(behaviours(100, onBatch));

    expect([most, all]).toEqual([16, 100]);
  });

  it('tells every transition', async () => {
    const entered: string[] = [];
    const log: Log = { ...silent, debug: (event, fields) => entered.push(`${event} ${fields?.['state']}`) };

    await run(
      behaviours(3, async () => undefined),
      log,
    );

    expect(entered.filter((line) => line === 'state.entered Invoke Operation')).toHaveLength(3);
    expect(entered.at(0)).toBe('state.entered Start Run');
    expect(entered.at(-1)).toBe('state.entered Run Done');
  });
});
