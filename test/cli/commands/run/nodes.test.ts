import { describe, expect, test } from 'vitest';
import { makeNodeRow, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

describe('drover run nodes', () => {
  test('reads every page and passes the filters', async () => {
    const asked: unknown[] = [];
    const services = {
      listNodeRows: async (_: unknown, query: { cursor?: string | undefined }) => {
        asked.push(query);
        return query.cursor === undefined
          ? { items: [makeNodeRow({ status: 'failed', exitCode: 1 })], cursor: 'b' }
          : { items: [makeNodeRow({ name: '数据库', status: 'lost', exitCode: null })] };
      },
    };
    const { stdout } = await cli(['run', 'nodes', runId, '--status', 'failed, lost', '--phase', 'restart'], {
      services,
    });
    const filters = { status: ['failed', 'lost'], phase: 'restart', limit: 1000 };
    expect(asked).toEqual([filters, { ...filters, cursor: 'b' }]);
    expect(stdout).toBe(
      [
        'NODE  NAME    PHASE         STATUS  OPERATION  EXIT  TOOK',
        'i-1   web-1   roll/restart  failed  start         1  1.2s',
        'i-1   数据库  roll/restart  lost    start            1.2s',
        '',
      ].join('\n'),
    );
  });

  test('JSON has the rows of the API', async () => {
    const { stdout } = await cli(['run', 'nodes', runId, '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual({ items: [makeNodeRow()] });
  });
});
