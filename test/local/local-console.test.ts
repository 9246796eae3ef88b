import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalApp, openLocalApp } from '#local/local-app.ts';
import { type ServedApp, serveApp } from '#local/serve-app.ts';
import { createClient } from '#shared/client/client.ts';
import { consoleSettingsSchema } from '#shared/contract/console-settings.ts';
import { imageBytes, makePageFolder } from '#test/functions/console/page-folder.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { silentLog } from '#test/kit/system.ts';

let dir: string;
let page: string;
let local: LocalApp;
let served: ServedApp;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'drover-local-'));
  page = makePageFolder();
  local = await openLocalApp({
    ...{ stateDir: join(dir, 'local'), fleet: parseFleet(hostsFleet(1), 'fleet of the test') },
    ...{ version: '1.2.3', actor: 'ada', consoleDir: page, log: silentLog },
  });
  served = await serveApp(local, { dir, port: 0, pid: process.pid });
});
afterAll(async () => {
  await served.close();
  await local.close();
  await rm(dir, { recursive: true, force: true });
  rmSync(page, { recursive: true });
});

/** The status of a request that says to be for that host. */
const statusFor = (path: string, host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { port } = new URL(served.url);
    const headers = { host, authorization: `Bearer ${local.token}` };
    const sent = request({ host: '127.0.0.1', port, path, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject).end();
  });

describe('the local server', () => {
  it('serves the console beside the API, to whoever asks for a file of the page', async () => {
    const index = await fetch(`${served.url}/console/runs/01ABC`);
    expect([index.status, await index.text()]).toEqual([200, readFileSync(join(page, 'index.html'), 'utf8')]);
    const root = await fetch(`${served.url}/`, { redirect: 'manual' });
    expect([root.status, root.headers.get('location')]).toEqual([302, '/console/runs']);
    const image = await fetch(`${served.url}/console/assets/sheep-00ff00.png`);
    expect(Buffer.from(await image.arrayBuffer()).equals(imageBytes)).toBe(true);
    expect((await fetch(`${served.url}/console/assets/none.js`)).status).toBe(404);

    const nodes = await createClient({ baseUrl: served.url, fetch, token: local.token }).listNodes({});
    expect(nodes.items.length).toBeGreaterThan(0);
  });

  it('keeps the API to those with the token', async () => {
    expect((await fetch(`${served.url}/v1/runs`)).status).toBe(401);
    expect((await fetch(`${served.url}/v1/runs`, { headers: { authorization: 'Bearer guessed' } })).status).toBe(401);
    expect((await fetch(`${served.url}/console/../v1/runs`)).status).toBe(401);
  });

  it('has the page sign in by its token, which is in no answer', async () => {
    const answer = await fetch(`${served.url}/console/settings.json`);
    const text = await answer.text();
    expect(consoleSettingsSchema.parse(JSON.parse(text))).toEqual({ version: '1.2.3', signIn: { kind: 'token' } });
    expect(text).not.toContain(local.token);
  });

  it('lets the page fetch blobs, which are at another port', async () => {
    const policy = (await fetch(`${served.url}/console/`)).headers.get('content-security-policy');
    expect(policy).toContain("connect-src 'self' https: http://127.0.0.1:*");
  });

  it('answers nothing under a name that is not its own, with or without the token', async () => {
    const { host, port } = new URL(served.url);
    for (const path of ['/', '/console/', '/console/settings.json', '/v1/runs', '/healthz']) {
      expect(await statusFor(path, `rebound.example:${port}`), path).toBe(421);
      expect(await statusFor(path, 'rebound.example'), path).toBe(421);
      expect([200, 302], path).toContain(await statusFor(path, host));
      expect([200, 302], path).toContain(await statusFor(path, `localhost:${port}`));
    }
  });

  it('says in its file where it is, and nothing of its token', () => {
    const state = z.strictObject({ url: z.string(), pid: z.int() });
    expect(state.parse(JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8')))).toEqual({
      url: served.url,
      pid: process.pid,
    });
  });
});
