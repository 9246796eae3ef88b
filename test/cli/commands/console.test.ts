import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { localTokenFile, serverStateFile } from '#cli/local-server.ts';
import { createConsoleApp } from '#functions/console/console-app.ts';
import { openConsolePage } from '#functions/runtime/console-page.ts';
import type { ConsoleSettings } from '#shared/contract/console-settings.ts';
import { pageFolder } from '#test/functions/console/page-folder.ts';
import { silentLog } from '#test/kit/system.ts';
import { cli, embeddedCli, makeFolder } from '../test-host.ts';

const byToken: ConsoleSettings = { version: '1.2.3', signIn: { kind: 'token' } };
const atIssuer: ConsoleSettings = {
  version: '1.2.3',
  signIn: { kind: 'oidc', issuer: 'https://id.example', clientId: 'c', scope: 'openid', audience: 'drover' },
};

const listen = async (answer: (request: Request) => Response | Promise<Response>): Promise<string> => {
  const server = serve({ fetch: answer, hostname: '127.0.0.1', port: 0 });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  await once(server, 'listening');
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
};

const consoleServer = (settings: ConsoleSettings, dir = pageFolder()): Promise<string> =>
  listen(
    createConsoleApp({ page: openConsolePage(dir), settings, log: silentLog, newRequestId: () => 'request-1' }).fetch,
  );

/** Runs the command against what listens at that address. */
const consoleAt = async (server: string, ...flags: readonly string[]) => {
  const tokenFile = join(await makeFolder({ t: 'key+of/server=\n' }), 't');
  const env = { DROVER_SERVER: server, DROVER_TOKEN_FILE: tokenFile };
  return cli(['console', ...flags], { env, host: { fetch } });
};

describe('drover console', () => {
  test('at a deployment prints the address, where people sign in at the issuer', async () => {
    const server = await consoleServer(atIssuer);
    const { exitCode, stdout, stderr } = await consoleAt(`${server}/`);
    expect([exitCode, stdout]).toEqual([0, `${server}/console/runs\n`]);
    expect(stdout + stderr).not.toContain('key');
    expect(JSON.parse((await consoleAt(server, '-o', 'json')).stdout)).toEqual({ url: `${server}/console/runs` });
  });

  test('at a server with a token of its own prints the link with it', async () => {
    const server = await consoleServer(byToken);
    const { stdout } = await consoleAt(server);
    expect(stdout).toBe(`${server}/console/runs#token=key%2Bof%2Fserver%3D\n`);
    expect(new URLSearchParams(new URL(stdout.trim()).hash.slice(1)).get('token')).toBe('key+of/server=');
  });

  test('finds the local server that runs, with its token', async () => {
    const server = await consoleServer(byToken);
    const stateDir = await makeFolder();
    await writeFile(serverStateFile(stateDir), JSON.stringify({ url: server, pid: 4711 }));
    await writeFile(localTokenFile(stateDir), 'secret-of-the-start\n');
    const host = { fetch, isAlive: (pid: number) => pid === 4711 };
    const { exitCode, stdout, opened } = await embeddedCli(['console'], { env: { DROVER_HOME: stateDir }, host });
    expect([exitCode, stdout, opened]).toEqual([0, `${server}/console/runs#token=secret-of-the-start\n`, []]);
  });

  test('says that requests signed with AWS credentials have no console, and what has one, without asking', async () => {
    const contexts = join(
      await makeFolder({
        c: 'current: prod\ncontexts:\n  prod: {kind: aws, server: "https://api.test", region: eu-west-1}\n',
      }),
      'c',
    );
    const env = { DROVER_CONTEXTS: contexts, DROVER_SERVER: '', DROVER_TOKEN_FILE: '' };
    const ended = await cli(['console', '-o', 'json'], { env });
    expect(ended.exitCode).toBe(2);
    expect(JSON.parse(ended.stderr)).toMatchObject({
      code: 'console.unavailable',
      detail: expect.stringContaining('https://api.test takes requests signed with AWS credentials only'),
      hint: expect.stringMatching(/oidcIssuer.*consoleClientId.*docs\/operations\.md.*drover context add/),
    });
    expect(ended.asked).toEqual([]);
  });

  test.each<[string, (request: Request) => Response]>([
    ['a gateway without one', () => Response.json({ message: 'Unauthorized' }, { status: 401 })],
    ['another web server', () => new Response('<p>hello</p>', { headers: { 'content-type': 'text/html' } })],
    ['an older Drover', () => Response.json({ code: 'route.not-found' }, { status: 404 })],
  ])('says that there is none at %s', async (_, answer) => {
    const server = await listen(answer);
    const { exitCode, stdout, stderr } = await consoleAt(server);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${server} has no web console`);
    expect(stderr).toContain('consoleClientId');
  });

  test('says that the page of a server is not built, and how to build it', async () => {
    const server = await consoleServer(byToken, await makeFolder());
    const { exitCode, stderr } = await consoleAt(server);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('npm run build')]);
  });

  test('says that a server is not reached', async () => {
    const { exitCode, stderr } = await consoleAt('http://127.0.0.1:1');
    expect([exitCode, stderr]).toEqual([7, expect.stringContaining('Cannot reach Drover')]);
  });

  test('without a server and without a built page opens nothing', async () => {
    const folder = await makeFolder();
    const { exitCode, stderr, stdout, opened } = await embeddedCli(['console'], {
      env: { DROVER_CONSOLE_DIR: folder },
    });
    expect([exitCode, stdout, opened]).toEqual([2, '', []]);
    expect(stderr).toContain(`${folder}`);
    expect(stderr).toContain('npm run build');
  });
});
