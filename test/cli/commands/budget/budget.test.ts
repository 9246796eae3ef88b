import { describe, expect, test } from 'vitest';
import { cli } from '../../test-host.ts';

describe('drover budget', () => {
  test('ls shows what is allowed and in use', async () => {
    expect((await cli(['budget', 'ls'])).stdout).toBe(
      [
        'BUDGET  MAX  NODES  AT ONCE  IN USE  WHERE',
        'shop    50%      4        2       0  node.tags.app == "shop"',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [['--where', 'node.tags.app == "shop"', '--max', '20%'], { where: 'node.tags.app == "shop"', max: '20%' }],
    [['--tag', 'app=shop', '--max', '3'], { where: '("app" in node.tags && node.tags["app"] == "shop")', max: 3 }],
    [['--where', 'true', '--max', '0', '--description', 'frozen'], { where: 'true', max: 0, description: 'frozen' }],
  ])('put %j', async (flags, budget) => {
    const { asked, exitCode } = await cli(['budget', 'put', 'shop', ...flags]);
    expect(asked).toEqual([['putBudget', 'shop', budget, 'ada']]);
    expect(exitCode).toBe(0);
  });

  test.each([
    [['--max', '20%'], 'Nothing says which nodes are under the budget'],
    [['--where', 'true', '--max', '120%'], 'is not an amount'],
    [['--where', 'true'], '--max'],
  ])('put %j is wrong usage', async (flags, message) => {
    const { exitCode, stderr, asked } = await cli(['budget', 'put', 'shop', ...flags]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(asked).toEqual([]);
  });

  test('rm takes one away', async () => {
    const { asked, stdout } = await cli(['budget', 'rm', 'shop']);
    expect(asked).toEqual([['removeBudget', 'shop', 'ada']]);
    expect(stdout).toBe('budget shop removed\n');
  });
});
