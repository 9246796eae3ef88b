import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { mostAtOnce, readTrace, traced } from '#test/kit/trace.ts';

let dir: string;
let trace: string;
let server: ChildProcess | undefined;
let fleet: OpenFleet | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'drover-locks-'));
  trace = join(dir, 'trace');
});
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});

const cli = (...args: readonly string[]) =>
  spawn(process.execPath, ['cli/main.ts', ...args, '--state-dir', dir], { stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs a command of the CLI to its end. */
const said = async (...args: readonly string[]) => {
  const child = cli(...args);
  const [out, err]: [string[], string[]] = [[], []];
  child.stdout.on('data', (chunk) => out.push(String(chunk)));
  child.stderr.on('data', (chunk) => err.push(String(chunk)));
  const [exitCode] = await once(child, 'close');
  return { exitCode: Number(exitCode), stdout: out.join(''), stderr: err.join('') };
};

/** `drover local up`, in a process group of its own. */
const up = async (): Promise<DroverClient> => {
  writeFileSync(join(dir, 'fleet.yaml'), hostsFleet(3, 1));
  rmSync(join(dir, 'server.json'), { force: true });
  const args = ['cli/main.ts', 'local', 'up', '--state-dir', dir, '--fleet', join(dir, 'fleet.yaml')];
  server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'], detached: true });
  await expect.poll(() => existsSync(join(dir, 'server.json')), { timeout: 40_000 }).toBe(true);
  const { url } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')) as { readonly url: string };
  return createClient({ baseUrl: url, fetch, token: readFileSync(join(dir, 'token'), 'utf8') });
};

const kill = async (): Promise<void> => {
  const gone = once(server!, 'exit');
  process.kill(-(server?.pid ?? 0), 'SIGKILL');
  await gone;
};

const jobOf = (id: string, spec: Readonly<Record<string, unknown>>, body = 'sleep 0.4') => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'roll' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    groups: [{ name: 'g', phases: [{ name: 'p', operations: [traced(id, trace, { body })] }] }],
    ...spec,
  },
});

const operations = () => [...new Set(readTrace(trace).map((one) => one.operation))];

describe('runs in line on the local cloud', () => {
  it('keep their order over kill -9, each seen with its place, and run one after another, once', async () => {
    const first = await up();
    const runs: RunId[] = [];
    const gate = `while [ ! -e '${trace}.go' ]; do sleep 0.1; done`;
    for (const id of ['a', 'b', 'c'])
      runs.push(
        (
          await first.submitRun({
            job: jobOf(id, { concurrency: {} }, id === 'a' ? gate : 'sleep 0.2'),
            params: {},
            only: {},
          })
        ).run.runId,
      );
    await expect.poll(() => readTrace(trace).length, { timeout: 30_000 }).toBeGreaterThan(0);
    await expect.poll(async () => (await first.viewRun(runs[2]!)).turn?.place, { timeout: 20_000 }).toBe(2);

    const show = await said('run', 'show', runs[1]!);
    expect(show.stdout).toContain(`waiting: place 1 behind run ${runs[0]} (key roll)`);
    expect((await said('run', 'list')).stdout).toMatch(/PLACE[\s\S]*queued +2 [\s\S]*queued +1 /);
    expect((await said('lock', 'ls')).stdout).toMatch(new RegExp(`turn/roll +turn +has it +${runs[0]}`));

    await kill();
    const client = await up();
    expect((await client.viewRun(runs[2]!)).turn?.place).toBe(2);
    const child = cli('run', 'watch', runs[2]!);
    const lines: string[] = [];
    child.stderr.on('data', (chunk) => lines.push(String(chunk)));
    const watched = once(child, 'close');
    await expect
      .poll(() => lines.join(''), { timeout: 30_000 })
      .toContain(`waiting: place 2 behind run ${runs[1]} (key roll)`);
    writeFileSync(`${trace}.go`, '');
    const ended = async () => (await client.viewRun(runs[2]!)).endedAt !== undefined;
    await expect.poll(ended, { timeout: 60_000 }).toBe(true);

    const views = await Promise.all(runs.map((runId) => client.viewRun(runId)));
    expect(views.map((view) => view.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(operations()).toEqual(['a', 'b', 'c']);
    expect(readTrace(trace)).toHaveLength(12);
    expect(views[1]!.startedAt! >= views[0]!.endedAt! && views[2]!.startedAt! >= views[1]!.endedAt!).toBe(true);
    const [exitCode] = await watched;
    expect(exitCode).toBe(0);
    expect(lines.join('')).toContain(`waiting: place 1 behind run ${runs[1]} (key roll)`);
  }, 180_000);

  it('refuse, skip and break as the CLI says', async () => {
    const client = await up();
    const gate = `while [ ! -e '${trace}.go' ]; do sleep 0.1; done`;
    const { run } = await client.submitRun({
      job: jobOf('a', { concurrency: { policy: 'reject' } }, gate),
      params: {},
      only: {},
    });
    await expect.poll(() => readTrace(trace).length, { timeout: 30_000 }).toBeGreaterThan(0);
    const write = (name: string, policy: string) => {
      const file = join(dir, `${name}.json`);
      writeFileSync(file, JSON.stringify(jobOf(name, { concurrency: { policy } })));
      return file;
    };

    const refused = await said('run', 'start', write('b', 'reject'));
    expect(refused.exitCode).toBe(6);
    expect(refused.stderr).toContain(`run ${run.runId} of job 'roll'`);
    const skipped = await said('run', 'start', write('c', 'skip'), '--watch');
    expect(skipped.exitCode).toBe(3);
    expect(skipped.stdout).toContain('rejected');
    const plan = await said('plan', write('d', 'queue'));
    expect(plan.stdout).toContain(`key roll (queue, 1 at once): has a turn now: run ${run.runId}`);
    expect((await said('lock', 'rm', 'turn/roll', '--reason', 'urgent')).stdout).toBe(`taken from run ${run.runId}\n`);
    expect((await said('lock', 'rm', 'turn/roll')).exitCode).toBe(5);
    expect((await said('run', 'start', write('e', 'reject'), '--watch')).exitCode).toBe(0);
    writeFileSync(`${trace}.go`, '');
    await expect.poll(async () => (await client.viewRun(run.runId)).status, { timeout: 30_000 }).toBe('succeeded');
  }, 180_000);
});

describe('nodes on the local cloud', () => {
  it('stay apart over kill -9 of everything, and each operation runs once', async () => {
    const first = await up();
    const submit = async (id: string) =>
      (await first.submitRun({ job: jobOf(id, { exclusive: true }, 'sleep 0.6'), params: {}, only: {} })).run.runId;
    const runs = [await submit('one'), await submit('other')];
    await expect.poll(() => readTrace(trace).length, { timeout: 30_000, interval: 20 }).toBeGreaterThan(1);

    await kill();
    const client = await up();
    const ended = async () =>
      (await Promise.all(runs.map((runId) => client.viewRun(runId)))).every((view) => view.endedAt !== undefined);
    await expect.poll(ended, { timeout: 60_000 }).toBe(true);

    const views = await Promise.all(runs.map((runId) => client.viewRun(runId)));
    expect(views.map((view) => view.status)).toEqual(['succeeded', 'succeeded']);
    const executions = readTrace(trace);
    expect(executions).toHaveLength(8);
    for (const all of Map.groupBy(executions, (one) => one.node).values()) expect(all).toHaveLength(2);
    const whole = executions.filter((one) => Number.isFinite(one.endMs));
    for (const all of Map.groupBy(whole, (one) => one.node).values()) expect(mostAtOnce(all)).toBe(1);
    expect((await client.listLocks()).items).toEqual([]);
  }, 180_000);

  it('are used by one run at a time, whatever the jobs', async () => {
    fleet = await openFleet(hostsFleet(6, 4));
    const start = async (id: string) =>
      (
        await fleet!.services.submitRun({
          request: { job: { ...jobOf(id, { exclusive: true }), metadata: { name: id } }, params: {}, only: {} },
          actor: 'test',
        })
      ).runId;
    const runs = [await start('one'), await start('other'), await start('third')];
    const views = await Promise.all(runs.map((runId) => fleet!.ended(runId)));

    expect(views.map((view) => view.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    const executions = readTrace(trace);
    expect(executions).toHaveLength(30);
    for (const all of Map.groupBy(executions, (one) => one.node).values()) {
      expect(all).toHaveLength(3);
      expect(mostAtOnce(all)).toBe(1);
    }
  });

  it('under a budget of 20 % are never worked on by more, over two runs at the same time', async () => {
    fleet = await openFleet(hostsFleet(15, 5));
    await fleet.services.putBudget('hosts', { where: 'node.tags.role == "h"', max: '20%' }, 'ann');
    const start = async (id: string) =>
      (
        await fleet!.services.submitRun({
          request: { job: jobOf(id, {}, 'sleep 0.5'), params: {}, only: {} },
          actor: 'test',
        })
      ).runId;
    const plan = await fleet.services.planPreview({ job: jobOf('plan', {}), params: {}, only: {} });
    expect(plan.groups[0]?.rounds[0]?.slices[0]).toMatchObject({
      width: 4,
      budgets: [{ name: 'hosts', max: '20%', total: 20, limit: 4, nodes: 20 }],
    });

    const runs = [await start('one'), await start('other')];
    const views = await Promise.all(runs.map((runId) => fleet!.ended(runId)));

    expect(views.map((view) => view.status)).toEqual(['succeeded', 'succeeded']);
    const executions = readTrace(trace);
    expect(executions).toHaveLength(40);
    expect(mostAtOnce(executions)).toBeLessThanOrEqual(4);
    expect(mostAtOnce(executions)).toBeGreaterThan(1);
    const overlap = (id: string) => executions.filter((one) => one.operation === id);
    const [one, other] = [overlap('one'), overlap('other')];
    expect(Math.min(...other.map(({ startMs }) => startMs))).toBeLessThan(Math.max(...one.map(({ endMs }) => endMs)));
  });
});
