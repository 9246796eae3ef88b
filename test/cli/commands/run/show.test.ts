import { describe, expect, test } from 'vitest';
import { makeNodeRow, makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli } from '../../test-host.ts';

const failed = makeRunView({ status: 'failed', reason: 'Group roll failed', params: { version: '1.2' } });
failed.groups[0]!.strategy = 'grayScale';
failed.groups[0]!.rounds = 3;
failed.groups[0]!.phases[0]!.counts = { succeeded: 10, failed: 25 };
failed.groups[0]!.phases[0]!.slices = [1, 2].map((round) => ({
  ...makeRunView().groups[0]!.phases[0]!.slices[0]!,
  round,
  rounds: 3,
  nodeCount: 20,
  counts: { succeeded: 5, failed: 12 },
}));

describe('drover run show', () => {
  test('shows groups, phases and rounds, and why nodes did not succeed', async () => {
    const rows = [
      makeNodeRow({ status: 'failed', exitCode: 3, reason: 'start\nexited with 3', round: 1 }),
      makeNodeRow({
        nodeId: makeNodeRow().nodeId,
        name: 'web-2',
        status: 'lost',
        exitCode: null,
        reason: 'No answer; it may have run',
        round: 2,
      }),
    ];
    const { stdout, stderr, exitCode } = await cli(['run', 'show', 'last'], {
      services: { viewRun: async () => failed, listNodeRows: async () => ({ items: rows, cursor: 'more' }) },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`run      ${runId}
job      roll-shop
status   failed (Group roll failed)
attempt  1
by       ada
created  2026-01-01T00:00:00.000Z
took     8.0s
params   version="1.2"

GROUP / PHASE / ROUND       STATUS     NODES  TOOK  COUNTS
roll (grayScale, 3 rounds)  succeeded      2
  restart                   succeeded      2        10 succeeded 25 failed
    round 1/3               succeeded     20  8.0s  5 succeeded 12 failed
    round 2/3               succeeded     20  8.0s  5 succeeded 12 failed

NODE  NAME   PHASE         ROUND  STATUS  OPERATION  EXIT  TOOK  WHY
i-1   web-1  roll/restart      1  failed  start         3  1.2s  start ↵ exited with 3
i-1   web-2  roll/restart      2  lost    start            1.2s  No answer; it may have run
and 23 more: drover run nodes ${runId} --status failed,timedOut,undeliverable,lost,aborted,ignored
`);
    expect(stderr).toBe(`next: drover run logs ${runId} --status failed\nnext: drover run continue ${runId}\n`);
  });

  test('points to the reasons of nodes that could say nothing themselves', async () => {
    const unreached = makeRunView({ status: 'failed' });
    unreached.groups[0]!.phases[0]!.counts = { succeeded: 10, undeliverable: 1, lost: 2 };
    const { stderr } = await cli(['run', 'show', 'last'], { services: { viewRun: async () => unreached } });
    expect(stderr).toBe(
      `next: drover run nodes ${runId} --status undeliverable,lost\nnext: drover run continue ${runId}\n`,
    );
  });

  test('asks for at most twenty nodes', async () => {
    const { asked } = await cli(['run', 'show', runId]);
    const [, , query] = asked.find(([name]) => name === 'listNodeRows') ?? [];
    expect(query).toMatchObject({ limit: 20, status: expect.arrayContaining(['failed', 'lost']) });
  });

  test('JSON is the run of the API', async () => {
    const { stdout } = await cli(['run', 'show', runId, '-o', 'json']);
    expect(JSON.parse(stdout)).toEqual(makeRunView());
  });

  test('shows revision and commands with their libraries', async () => {
    const view = makeRunView({
      job: { name: 'roll-shop', digest: 'd'.repeat(64), revision: 3 },
      commands: [
        {
          ...{ name: 'ops/restart', version: 'a'.repeat(64), operations: ['stop', 'start'] },
          libraries: [{ name: 'lib/log', version: 'b'.repeat(64) }],
        },
        { name: 'ops/check', version: 'c'.repeat(64), operations: ['check'], libraries: [] },
      ],
    });
    const { stdout } = await cli(['run', 'show', 'last'], { services: { viewRun: async () => view } });
    expect(stdout).toContain(`job      roll-shop@3
command  ops/restart@aaaaaaaaaaaa with lib/log@bbbbbbbbbbbb in stop, start
command  ops/check@cccccccccccc in check
`);
  });
});
