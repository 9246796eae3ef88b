import { describe, expect, test } from 'vitest';
import { costOf, listPrices } from '#shared/cost/prices.ts';
import { noUsage } from '#shared/model/usage.ts';
import { makeCosts, makeRunView } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../test-host.ts';

describe('drover cost', () => {
  test('shows the jobs of a month and their sum', async () => {
    const { stdout, asked } = await cli(['cost', '--month', '2026-11', '--job', 'roll-shop']);
    expect(stdout).toBe(`JOB        RUNS   COST  STEP FUNCTIONS  LAMBDA  DYNAMODB  S3  AGENT CALLS
roll-shop     3  $1.00           $1.00      $0        $0  $0           60
all           3  $1.00           $1.00      $0        $0  $0           60
2026-11, at prices of us-east-1, 2026-11-21
`);
    expect(asked).toEqual([['listCosts', { month: '2026-11', job: 'roll-shop' }]]);
  });

  test('says so when nothing ended, and refuses what is no month', async () => {
    const empty = { ...makeCosts(), items: [] };
    expect((await cli(['cost'], { services: { listCosts: async () => empty } })).stdout).toContain('No run of 2026-11');
    const wrong = await cli(['cost', '--month', 'November']);
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('--month');
  });

  test('a run shows what it cost so far', async () => {
    const usage = { ...noUsage, transitions: 100, tableWrites: 1234 };
    const view = { ...makeRunView(), usage, cost: costOf(usage, listPrices) };
    const { stdout } = await cli(['run', 'show', view.runId], { services: { viewRun: async () => view } });
    expect(stdout).toContain(
      'cost     $0.0033 at prices of us-east-1, 2026-11-21: 100 transitions, 0 function calls, 1,234 writes',
    );
  });
});
