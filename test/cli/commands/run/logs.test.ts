import { describe, expect, test } from 'vitest';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { makeResult, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

const results = [
  makeResult({ name: 'web-1' }),
  makeResult({
    nodeId: nodeIdSchema.parse('i-2'),
    name: 'web-2',
    stdout: 'no newline',
    stderr: 'oops\nagain\n',
    status: 'failed',
    exitCode: 3,
    reason: 'exited with 3',
  }),
  makeResult({ nodeId: nodeIdSchema.parse('i-3'), name: 'web-3', round: 2, omittedBytes: 77, durationMs: null }),
  makeResult({ name: 'web-1', operation: 'stop', stdout: 'stopped\n' }),
];
const services = { listResults: async () => ({ items: results }) };

describe('drover run logs', () => {
  test('prints each result under its heading', async () => {
    const { stdout } = await cli(['run', 'logs', runId], { services });
    expect(stdout).toBe(
      [
        '── web-1 i-1 roll/restart/start succeeded exit 0 1.2s',
        'ok',
        '── web-2 i-2 roll/restart/start failed exit 3 1.2s',
        'exited with 3',
        'no newline',
        'stderr oops',
        'stderr again',
        '── web-3 i-3 roll/restart/start round 2 succeeded exit 0',
        'ok',
        '… 77 bytes of output are not here',
        '── web-1 i-1 roll/restart/stop succeeded exit 0 1.2s',
        'stopped',
        '',
      ].join('\n'),
    );
  });

  test('groups nodes that answered the same, per operation', async () => {
    const { stdout } = await cli(['run', 'logs', runId, '--group-equal'], { services });
    expect(stdout).toBe(
      [
        'roll/restart/start',
        '── web-[1,3] (2 nodes) succeeded exit 0',
        'ok',
        '── web-2 failed exit 3',
        'no newline',
        'stderr oops',
        'stderr again',
        '',
        'roll/restart/stop',
        '── web-1 succeeded exit 0',
        'stopped',
        '',
      ].join('\n'),
    );
  });

  test('raw prints the bytes alone, each where it belongs', async () => {
    const { stdout, stderr } = await cli(['run', 'logs', runId, '--raw'], { services });
    expect({ stdout, stderr }).toEqual({ stdout: 'ok\nno newlineok\nstopped\n', stderr: 'oops\nagain\n' });
  });

  test('what a node printed cannot steer a terminal, and reaches a file unchanged', async () => {
    const steering = { listResults: async () => ({ items: [makeResult({ stdout: 'a\u001b[2Jb\n' })] }) };
    const argv = ['run', 'logs', runId, '--no-color'];
    expect((await cli(argv, { services: steering, terminal: true })).stdout).toContain('\na[2Jb\n');
    expect((await cli(argv, { services: steering })).stdout).toContain('a\u001b[2Jb\n');
  });

  test('passes the filters', async () => {
    const flags = ['--node', 'i-1', '--phase', 'p', '--operation', 'o', '--status', 'failed,timedOut'];
    const { asked } = await cli(['run', 'logs', runId, ...flags]);
    expect(asked).toEqual([
      ['listResults', runId, { node: 'i-1', phase: 'p', operation: 'o', status: ['failed', 'timedOut'], limit: 1000 }],
    ]);
  });

  test('JSON has the results of the API, or the groups', async () => {
    expect(JSON.parse((await cli(['run', 'logs', runId, '-o', 'json'], { services })).stdout)).toEqual({
      items: results,
    });
    const grouped = JSON.parse((await cli(['run', 'logs', runId, '-o', 'json', '--group-equal'], { services })).stdout);
    expect(grouped.groups[0]).toMatchObject({ nodes: ['web-1', 'web-3'], stdout: 'ok\n' });
  });
});
