import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeRunView, otherRunId, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

const services = {
  listRuns: async () => ({
    items: [
      makeRunView(),
      makeRunView({
        runId: otherRunId,
        status: 'running',
        attempt: 2,
        endedAt: undefined,
        startedAt: '2026-01-01T00:00:05.000Z',
      }),
    ],
    cursor: 'next-page',
  }),
};

describe('drover run list', () => {
  test('prints a table, and how to see more on standard error', async () => {
    const { stdout, stderr } = await cli(['run', 'list'], { services });
    expect(stdout).toBe(
      [
        'RUN                         JOB        STATUS     ATTEMPT  ACTOR  CREATED               TOOK',
        `${runId}  roll-shop  succeeded        1  ada    2026-01-01T00:00:00Z  8.0s`,
        `${otherRunId}  roll-shop  running          2  ada    2026-01-01T00:00:00Z  5.0s`,
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('More: drover run list --cursor next-page\n');
  });

  test('asks for twenty, or for what is wanted', async () => {
    expect((await cli(['run', 'list'])).asked).toEqual([['listRuns', { limit: 20 }]]);
    expect((await cli(['run', 'list', '--limit', '5', '--cursor', 'c'])).asked).toEqual([
      ['listRuns', { limit: 5, cursor: 'c' }],
    ]);
  });

  test('JSON and YAML are the page of the API', async () => {
    const json = await cli(['run', 'list', '-o', 'json'], { services });
    expect(JSON.parse(json.stdout)).toMatchObject({ items: [{ runId }, { runId: otherRunId }], cursor: 'next-page' });
    expect(json.stderr).toBe('');
    const yaml = await cli(['run', 'list', '-o', 'yaml'], { services });
    expect(parse(yaml.stdout)).toEqual(JSON.parse(json.stdout));
  });
});
