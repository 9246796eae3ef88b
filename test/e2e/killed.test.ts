import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { readTrace, traced } from '#test/kit/trace.ts';

let dir: string;
let trace: string;
let server: ChildProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drover-killed-'));
  trace = join(dir, 'trace');
  writeFileSync(join(dir, 'fleet.yaml'), hostsFleet(6, 3));
});
afterEach(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  rmSync(dir, { recursive: true, force: true });
});

/** `drover local up` as its user starts it, in a process group of its own. */
const up = async (): Promise<DroverClient> => {
  rmSync(join(dir, 'server.json'), { force: true });
  server = spawn(
    process.execPath,
    ['cli/main.ts', 'local', 'up', '--state-dir', dir, '--fleet', join(dir, 'fleet.yaml')],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      detached: true,
    },
  );
  await expect.poll(() => existsSync(join(dir, 'server.json')), { timeout: 30_000 }).toBe(true);
  const { url } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as { readonly url: string };
  return createClient({ baseUrl: url, fetch, token: readFileSync(join(dir, 'token'), 'utf8') });
};

const kill = async (target: 'server' | 'everything'): Promise<void> => {
  const pid = server?.pid ?? 0;
  const gone = once(server!, 'exit');
  process.kill(target === 'server' ? pid : -pid, 'SIGKILL');
  await gone;
};

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
      const { run } = await (await up()).submitRun({ job: job(), params: {}, only: {} }, 'key');
      await expect.poll(() => readTrace(trace).length, { timeout: 30_000, interval: 10 }).toBeGreaterThanOrEqual(after);

      await kill(target);
      const client = await up();
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
});
