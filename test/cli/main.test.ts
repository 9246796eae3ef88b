import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import manifest from '../../package.json' with { type: 'json' };
import { jobYaml, makeFolder } from './test-host.ts';

const node = join(import.meta.dirname, '../../node_modules/.bin/node');
const main = join(import.meta.dirname, '../../cli/main.ts');

const start = async (argv: readonly string[], env: Readonly<Record<string, string>> = {}) => {
  const stateDir = await makeFolder();
  const child = spawn(node, [main, ...argv], {
    env: { PATH: process.env['PATH'], DROVER_HOME: stateDir, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    out.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    out.stderr += chunk.toString();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => ({ code, ...out }));
  return { child, out, ended };
};

/** A server that answers every request with a running run. */
const serve = async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(makeRunView({ status: 'running' })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

describe('the process', () => {
  test('prints the version of the package', async () => {
    const { ended } = await start(['version']);
    expect(await ended).toEqual({ code: 0, stdout: `drover ${manifest.version}\n`, stderr: '' });
  });

  test('reads a job from a pipe and exits with the code of the command', async () => {
    const { child, ended } = await start(['validate', '-']);
    child.stdin.end(jobYaml.replace('phases:', 'phasse:'));
    expect(await ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('standard input:11:7') });
  });

  test('a reader that leaves early is no error', async () => {
    const { child, ended } = await start(['--help']);
    child.stdout.destroy();
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a server that is not there exits with 7', async () => {
    const { ended } = await start(['run', 'list', '--server', 'http://127.0.0.1:1']);
    expect(await ended).toMatchObject({
      code: 7,
      stdout: '',
      stderr: expect.stringContaining('Cannot reach Drover at http://127.0.0.1:1'),
    });
  });

  test('Ctrl-C detaches from a run with 130', async () => {
    const { url, seen } = await serve();
    const { child, out, ended } = await start(['run', 'watch', runId, '--server', url]);
    await expect.poll(() => out.stderr, { timeout: 20_000 }).toContain('running');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stderr: expect.stringContaining(`drover run watch ${runId}`) });
    expect(seen.every((one) => one.startsWith('GET '))).toBe(true);
  });
});
