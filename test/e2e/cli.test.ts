import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

let dir: string;
let server: ChildProcess;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'drover-cli-'));
  server = spawn(process.execPath, ['cli/main.ts', 'local', 'up', '--state-dir', dir, '--quiet'], { stdio: 'ignore' });
  await vi.waitUntil(() => existsSync(join(dir, 'server.json')), { timeout: 30_000 });
});
afterAll(async () => {
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
  rmSync(dir, { recursive: true, force: true });
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the CLI as its user does, in a process of its own. */
const drover = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ['cli/main.ts', ...args],
      { env: { ...process.env, DROVER_HOME: dir, NO_COLOR: '1' } },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
const json = async (...args: readonly string[]) => {
  const ended = await drover('-o', 'json', ...args);
  return { ...ended, value: JSON.parse(ended.stdout) };
};

describe('the examples run as they say', () => {
  it.each([
    { name: 'hello', args: ['examples/hello.yaml'], code: 0, status: 'succeeded' },
    { name: 'rolling', args: ['examples/rolling.yaml', '--param', 'version=2.0.1'], code: 0, status: 'completed' },
    { name: 'mixed clouds', args: ['examples/mixed-clouds.yaml'], code: 0, status: 'succeeded' },
    { name: 'canary', args: ['examples/canary.yaml'], code: 0, status: 'succeeded' },
    { name: 'failing', args: ['examples/failing.yaml'], code: 1, status: 'failed' },
    {
      name: 'imported',
      args: [
        '--params',
        'examples/imported/params.json',
        '--nodes',
        'examples/imported/nodes.jsonl',
        '--scripts',
        'examples/imported/scripts',
      ],
      code: 0,
      status: 'completed',
    },
  ])('$name', async ({ args, code, status }) => {
    const ended = await json('run', 'start', ...args, '--watch');

    expect({ code: ended.code, status: ended.value.status }).toEqual({ code, status });
  });

  it('and what failed is named with its reason, and continue takes up only that', async () => {
    const started = await json('run', 'start', 'examples/failing.yaml', '--watch');
    const id = started.value.runId;

    const shown = await drover('run', 'show', id);
    const rows = (await json('run', 'nodes', id, '--status', 'failed,undeliverable', '--phase', 'work')).value.items;
    const continued = await json('run', 'continue', id, '--watch');
    const second = (await json('run', 'logs', id, '--operation', 'prepare')).value;

    expect(shown.stdout).toMatch(/shop-web-3 .*failed .*28 .*exited with code 28/);
    expect(shown.stdout).toMatch(/legacy-2 .*undeliverable .*agent/);
    expect(rows.map((row: { readonly name: string }) => row.name).sort()).toEqual([
      'legacy-2',
      'shop-web-3',
      'shop-web-7',
    ]);
    expect(continued).toMatchObject({ code: 1, value: { status: 'failed', attempt: 2 } });
    expect(continued.value.groups[0].phases[0].counts).toEqual({ succeeded: 11, failed: 2, undeliverable: 1 });
    const prepared = (second.items ?? second).filter((one: { readonly attempt: number }) => one.attempt === 2);
    expect(prepared.map((one: { readonly name: string }) => one.name)).toEqual(['legacy-2']);
  });
});

describe('the library', () => {
  it('keeps commands and jobs, and runs them by name', async () => {
    const log = ['examples/library/log.sh', '--name', 'lib/log', '--type', 'library'];
    expect((await drover('command', 'put', 'examples/library/service.yaml')).stderr).toMatch(
      /service\.yaml:15:15 There is no command 'lib\/log'/,
    );
    expect((await drover('command', 'put', ...log)).code).toBe(0);
    expect((await json('command', 'put', 'examples/library/service.yaml')).value.items[0].created).toBe(true);
    expect((await json('command', 'put', 'examples/library/service.yaml')).value.items[0].created).toBe(false);
    expect((await json('job', 'apply', 'examples/library/restart.yaml')).value.items[0].revision).toBe(1);

    const ran = await json('run', 'start', 'restart-web', '--param', 'service=shop', '--watch');
    expect(ran).toMatchObject({ code: 0, value: { status: 'succeeded', job: { name: 'restart-web', revision: 1 } } });
    expect(ran.value.commands).toMatchObject([{ name: 'ops/service', libraries: [{ name: 'lib/log' }] }]);
    const logs = await drover('run', 'logs', ran.value.runId, '--operation', 'restart');
    expect(logs.stdout).toContain(`[${ran.value.runId}] restart shop, waiting 1s`);

    const refused = await drover('run', 'start', 'restart-web', '--param', 'service=X', '--watch');
    expect(refused.code).toBe(1);
    const why = await drover('run', 'nodes', 'last');
    expect(why.stdout).toContain("argument 'service' of ops/service: 'X' does not match ^[a-z][a-z0-9-]*$");
    expect((await drover('job', 'rm', 'restart-web')).code).toBe(0);
    expect((await drover('run', 'start', 'restart-web', '--param', 'service=shop')).code).toBe(5);
  });
});

describe('exec', () => {
  it('groups equal outputs and exits with 1 when a node failed', async () => {
    const ended = await drover(
      'exec',
      '--where',
      'node.tags.app == "shop" && node.tags.role == "web"',
      '--',
      'echo same; [ "$AWS_SSM_INSTANCE_ID" ] || echo more; exit 3',
    );

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('shop-web-[1-12] (12 nodes) failed exit 3\nsame\n');
    expect(ended.stdout).toContain('shop-cn-[1-6] (6 nodes) failed exit 3\nsame\nmore\n');
  });

  it('answers stable JSON, and hands the exit code of a single node on when asked', async () => {
    const all = await json('exec', '--tag', 'role=db', '--', 'echo db');
    const one = await drover('exec', '--where', 'node.name == "shop-db-1"', '--propagate-exit-code', '--', 'exit 42');

    expect(all.code).toBe(0);
    expect(Object.keys(all.value).sort()).toEqual(['groups', 'nodes', 'runId', 'status']);
    expect(all.value.groups).toMatchObject([
      { nodes: ['shop-db-1', 'shop-db-2', 'shop-db-3', 'shop-db-4'], exitCode: 0, stdout: 'db\n' },
    ]);
    expect(one.code).toBe(42);
  });
});

describe('the local server', () => {
  it('keeps its token to its user, and refuses strangers', async () => {
    const { url } = JSON.parse(
      await import('node:fs/promises').then((fs) => fs.readFile(join(dir, 'server.json'), 'utf8')),
    );

    expect(statSync(join(dir, 'token')).mode & 0o777).toBe(0o600);
    expect((await fetch(`${url}/v1/runs`)).status).toBe(401);
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  it('starts one run under one key', async () => {
    const [first, second] = [
      await json('run', 'start', 'examples/hello.yaml', '--key', 'ticket-1', '--watch'),
      await json('run', 'start', 'examples/hello.yaml', '--key', 'ticket-1', '--watch'),
    ];
    const other = await drover('run', 'start', 'examples/mixed-clouds.yaml', '--key', 'ticket-1', '--watch');

    expect(second.value.runId).toBe(first.value.runId);
    expect(second.stderr).toContain('was started under this key before');
    expect(other.code).toBe(6);
  });

  it('is not reset while it is up, and says which mistake a command has', async () => {
    const reset = await drover('local', 'reset', '--yes');
    const typo = await drover('run', 'start', 'examples/nope.yaml');
    const unknown = await drover('run', 'show', '01ARZ3NDEKTSV4RRFFQ69G5FAV');

    expect([reset.code, typo.code, unknown.code]).toEqual([6, 2, 5]);
    expect(reset.stderr).toContain('Stop it first');
  });
});

describe('without a server', () => {
  it('demo runs the main job in its own process and shows what it did', async () => {
    const home = mkdtempSync(join(tmpdir(), 'drover-demo-'));
    const ended = await drover('demo', '--state-dir', home);
    rmSync(home, { recursive: true, force: true });

    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^completed {2}roll-shop/);
    expect(ended.stderr).toMatch(/roll\/restart round 4\/4 completed 9\/9 9 ignored/);
    expect(ended.stderr).toMatch(/starting 1\.4\.2 on shop-/);
  });

  it('two processes do not share a folder: the second one says so', async () => {
    const home = mkdtempSync(join(tmpdir(), 'drover-two-'));
    const first = drover('exec', '--state-dir', home, '--where', 'node.name == "shop-db-1"', '--', 'sleep 4');
    await expect.poll(() => existsSync(join(home, 'local', 'table')), { timeout: 20_000 }).toBe(true);
    await expect
      .poll(async () => (await drover('nodes', 'list', '--state-dir', home)).code, { timeout: 20_000 })
      .toBe(6);

    expect((await first).code).toBe(0);
    rmSync(home, { recursive: true, force: true });
  });
});
