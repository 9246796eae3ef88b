import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { pageFolder } from '#test/functions/console/page-folder.ts';

interface Started {
  readonly child: ChildProcess;
  readonly printed: () => { readonly stdout: string; readonly stderr: string };
  /** Asks it to end as a terminal or a service manager does, and gives its exit code. */
  stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null>;
}

/** Starts the CLI as its user does, in a process of its own. */
const start = (dir: string, page: string, ...args: readonly string[]): Started => {
  const env = { ...process.env, DROVER_HOME: dir, DROVER_CONSOLE_DIR: page, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['cli/main.ts', ...args], { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const gone = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return {
    child,
    printed: () => ({ stdout, stderr }),
    stop: async (signal) => {
      child.kill(signal);
      await gone;
      return child.exitCode;
    },
  };
};

const stateDir = (): string => {
  const dir = mkdtempSync(join(tmpdir(), 'drover-console-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
};

/** The link, once it is printed. */
const linkOf = async ({ printed, child }: Started): Promise<URL> => {
  await vi.waitUntil(() => printed().stdout.includes('\n') || child.exitCode !== null, { timeout: 30_000 });
  return new URL(printed().stdout.trim());
};

describe('drover console', () => {
  it('serves the local cloud until it is stopped, and its link is signed in', async () => {
    const [dir, page] = [stateDir(), pageFolder()];
    const serving = start(dir, page, 'console');
    const link = await linkOf(serving);
    expect([link.hostname, link.pathname]).toEqual(['127.0.0.1', '/console/runs']);
    const token = new URLSearchParams(link.hash.slice(1)).get('token');
    expect(await (await fetch(link)).text()).toContain('<title>Drover</title>');
    const nodes = await fetch(new URL('/v1/nodes', link), { headers: { authorization: `Bearer ${token}` } });
    expect(nodes.status).toBe(200);
    expect((await fetch(new URL('/v1/nodes', link))).status).toBe(401);

    // A second one finds the first, and gives the same link.
    const second = start(dir, page, 'console');
    expect((await linkOf(second)).href).toBe(link.href);
    await vi.waitUntil(() => second.child.exitCode !== null);

    expect(serving.printed().stderr).toContain('Ctrl-C stops it');
    expect(serving.printed().stderr).not.toContain(token);
    expect(await serving.stop('SIGINT')).toBe(0);
    expect(existsSync(join(dir, 'server.json'))).toBe(false);
    expect(existsSync(join(dir, 'token'))).toBe(false);
    await expect(fetch(link)).rejects.toThrow();
  });

  it('is told of by local up, without the token', async () => {
    const up = start(stateDir(), pageFolder(), 'local', 'up', '-o', 'json');
    await vi.waitUntil(() => up.printed().stdout.endsWith('}\n'), { timeout: 30_000 });
    const told: { readonly url: string; readonly console: string } = JSON.parse(up.printed().stdout);
    expect(told.console).toBe(`${told.url}/console/runs`);
    await vi.waitUntil(() => up.printed().stderr.includes('Its instances are in'));
    expect(up.printed().stderr).toContain(`The web console is at ${told.console}`);
    expect(up.printed().stdout + up.printed().stderr).not.toContain('#token');
    expect((await fetch(told.console)).status).toBe(200);
    expect(await up.stop('SIGTERM')).toBe(0);
  });
});
