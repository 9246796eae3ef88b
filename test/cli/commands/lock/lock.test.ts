import { describe, expect, test } from 'vitest';
import type { LockView } from '#shared/contract/lock-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { otherRunId, runId } from '#test/functions/api/hand-made-services.ts';
import { batchId } from '#test/kit/store-samples.ts';
import { cli } from '../../test-host.ts';

const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
const run = { runId, attempt: 1, job: 'roll-shop', actor: 'ada', since: at(0), until: '2026-01-01T00:20:10.000Z' };
const locks: LockView[] = [
  {
    ...{ kind: 'turn', name: 'turn/deploy', key: 'deploy' },
    holders: [{ ...run, fencing: 7 }],
    waiters: [{ ...run, runId: otherRunId, since: at(5) }],
    breaks: [{ at: at(0), by: 'bob', reason: 'stuck', runId: otherRunId, attempt: 1 }],
  },
  {
    ...{ kind: 'budget', name: 'budget/shop', budget: 'shop', where: 'true', max: '20%', used: 5 },
    shares: [{ runId, batchId: batchId(0), nodes: 5, since: at(4), job: 'roll-shop' }],
    waiters: [{ runId: otherRunId, batchId: batchId(1), nodes: 3, since: at(9) }],
  },
  {
    ...{ kind: 'nodes', name: 'node/i-1', runId, batchId: batchId(0), job: 'roll-shop', state: 'held' },
    ...{ nodeIds: ['i-1', 'i-2'].map((id) => nodeIdSchema.parse(id)), since: at(4), until: run.until, fencing: 9 },
  },
  {
    ...{ kind: 'nodes', name: 'node/i-2', runId: otherRunId, batchId: batchId(0), job: 'other', state: 'waiting' },
    ...{ nodeIds: [nodeIdSchema.parse('i-2')], since: at(9), fencing: 3, message: `i-2 is leased by run ${runId}` },
  },
];

describe('drover lock ls', () => {
  test('shows who has what, and who waits', async () => {
    const { stdout } = await cli(['lock', 'ls'], { services: { listLocks: async () => ({ items: locks }) } });
    expect(stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      'LOCK | WHAT | STATE | RUN | JOB | SINCE | ENDS | FENCING | NOTE',
      `turn/deploy | turn | has it | ${runId} | roll-shop | 10.0s ago | in 20m00s | 7 | taken from run ${otherRunId} by bob: stuck`,
      `turn/deploy | turn | waits | ${otherRunId} | roll-shop | 5.0s ago | place 1`,
      `budget/shop | 5 of 20% nodes | has it | ${runId} | roll-shop | 6.0s ago | 5 nodes, batch ${batchId(0)}`,
      `budget/shop | 5 of 20% nodes | waits | ${otherRunId} | 1.0s ago | 3 nodes, batch ${batchId(1)}`,
      `node/i-1 | 2 nodes | has it | ${runId} | roll-shop | 6.0s ago | in 20m00s | 9 | batch ${batchId(0)}`,
      `node/i-2 | 1 node | waits | ${otherRunId} | other | 1.0s ago | i-2 is leased by run ${runId}`,
      '',
    ]);
  });

  test('says that there is nothing', async () => {
    expect((await cli(['lock', 'ls'])).stdout).toBe('Nobody keeps anything from others now.\n');
  });

  test('JSON is the page of the API', async () => {
    const { stdout } = await cli(['lock', 'ls', '-o', 'json'], {
      services: { listLocks: async () => ({ items: locks }) },
    });
    expect(JSON.parse(stdout)).toEqual({ items: locks });
  });
});

describe('drover lock rm', () => {
  test('takes a lock away, on record with the reason', async () => {
    const { stdout, asked, exitCode } = await cli(['lock', 'rm', 'turn/a b/c', '--reason', 'stuck']);
    expect(asked).toEqual([['breakLock', { name: 'turn/a b/c', reason: 'stuck' }, 'ada']]);
    expect(stdout).toBe(`taken from run ${otherRunId}\n`);
    expect(exitCode).toBe(0);
  });

  test('narrows to one run, by the beginning of its id', async () => {
    const { asked } = await cli(['lock', 'rm', 'node/i-1', '--run', 'last']);
    expect(asked.at(-1)).toEqual(['breakLock', { name: 'node/i-1', runId }, 'ada']);
  });

  test('says when nobody has it', async () => {
    const breakLock = async () => {
      throw new AppError('lock.not-found', "Nobody has 'turn/x' now", {
        hint: 'See who has what with: drover lock ls',
      });
    };
    const { exitCode, stderr } = await cli(['lock', 'rm', 'turn/x'], { services: { breakLock } });
    expect(exitCode).toBe(5);
    expect(stderr).toContain("Nobody has 'turn/x' now");
  });
});
