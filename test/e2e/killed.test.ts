import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { survive, wrongWith } from '#test/faults/kit/many-kills.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { type KillableServer, killableServer } from '#test/kit/killable-server.ts';
import { readTrace, traced } from '#test/kit/trace.ts';

let dir: string;
let trace: string;
let server: KillableServer;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drover-killed-'));
  trace = join(dir, 'trace');
  writeFileSync(join(dir, 'fleet.yaml'), hostsFleet(6, 3));
  server = killableServer(dir);
});
afterEach(async () => {
  await server.down();
  rmSync(dir, { recursive: true, force: true });
});

const operation = (id: string) => traced(id, trace, { body: 'sleep 0.4; echo "$NODE"' });
const job = () => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'killed' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [
      { name: 'first', phases: [{ name: 'p', operations: [operation('a'), operation('b')] }] },
      { name: 'second', strategy: 'grayScale', roundCount: 2, phases: [{ name: 'q', operations: [operation('c')] }] },
    ],
  },
});

describe('kill -9 in the middle of a run', () => {
  it.each([
    { target: 'server', after: 2 },
    { target: 'server', after: 12 },
    { target: 'everything', after: 5 },
    { target: 'everything', after: 20 },
  ] as const)(
    'of the $target after $after executions: the run goes on to its end, and nothing runs twice',
    async ({ target, after }) => {
      const { run } = await (await server.up()).submitRun({ job: job(), params: {}, only: {} }, 'key');
      await expect.poll(() => readTrace(trace).length, { timeout: 30_000, interval: 10 }).toBeGreaterThanOrEqual(after);

      await server.kill(target);
      const client = await server.up();
      const ended = async () => (await client.viewRun(run.runId)).endedAt !== undefined;
      await expect.poll(ended, { timeout: 50_000 }).toBe(true);

      const view = await client.viewRun(run.runId);
      expect(view.groups.map((group) => group.phases[0]?.counts)).toEqual([{ succeeded: 9 }, { succeeded: 9 }]);
      expect(view.status).toBe('succeeded');
      const times = Map.groupBy(readTrace(trace), (one) => `${one.node} ${one.operation}`);
      expect(times.size).toBe(27);
      expect([...times.values()].every((executions) => executions.length === 1)).toBe(true);
    },
  );

  // The full form: 20 kills in a run of 500 nodes.
  const { kills, nodes } =
    process.env['DROVER_TEST_NIGHTLY'] === '1' ? { kills: 20, nodes: 500 } : { kills: 8, nodes: 100 };
  it(`${kills} times in one run of ${nodes} nodes x 3 operations: it succeeds, and each is executed once`, async () => {
    const survived = await survive({ nodes, kills, seed: 1 });

    expect(wrongWith(survived, nodes)).toEqual([]);
    expect(survived.kills).toBe(kills);
  }, 900_000);
});
