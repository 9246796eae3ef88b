import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServerType, serve } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '#functions/api/app.ts';
import { createConsoleApp, isConsolePath } from '#functions/console/console-app.ts';
import { openConsolePage } from '#functions/runtime/console-page.ts';
import { browserPath, useBrowser, type Window } from '#test/kit/browser.ts';
import { buildConsole } from '#test/kit/console.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';
import { type OidcIssuer, startOidcIssuer } from '#test/kit/oidc-issuer.ts';
import { silentLog } from '#test/kit/system.ts';

const clientId = 'console';

/** As deployed: the page at one address with the API, people proving who they are at an issuer. */
describe.skipIf(browserPath === undefined)('the console of a deployment', () => {
  const openWindow = useBrowser();
  let dir: string;
  let fleet: OpenFleet;
  let issuer: OidcIssuer;
  let server: ServerType;
  let url: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'drover-issuer-'));
    await buildConsole(dir);
    fleet = await openFleet(hostsFleet(2));
    issuer = await startOidcIssuer({ clientId, subject: 'ann' });
    const page = createConsoleApp({
      page: openConsolePage(dir),
      settings: {
        version: '1.2.3',
        signIn: { kind: 'oidc', issuer: issuer.url, clientId, scope: 'openid offline_access', audience: 'drover-api' },
      },
      connects: ['http://127.0.0.1:*'],
      log: silentLog,
      newRequestId: randomUUID,
    });
    const api = createApp({
      services: fleet.services,
      authorize: issuer.subjectOf,
      version: '1.2.3',
      log: silentLog,
      newRequestId: randomUUID,
    });
    server = serve({
      fetch: (request) => (isConsolePath(new URL(request.url).pathname) ? page : api).fetch(request),
      hostname: '127.0.0.1',
      port: 0,
    });
    if (!server.listening) await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    const closed = once(server, 'close');
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
    await closed;
    await issuer.stop();
    await fleet.close();
    await rm(dir, { recursive: true, force: true });
  });

  const open = async (path: string): Promise<Window> => {
    const window = await openWindow();
    window.page.setDefaultTimeout(20_000);
    await window.page.goto(`${url}/console${path}`);
    return window;
  };

  it('sends people to the issuer, and back to where they were', async () => {
    const { page, complaints } = await open('/nodes?where=node.name+%3D%3D+%22h-2%22');
    await page.getByText('h-2').first().waitFor();
    expect(page.url()).toBe(`${url}/console/nodes?where=node.name+%3D%3D+%22h-2%22`);
    expect(Object.fromEntries(issuer.asked.at(-1) ?? [])).toMatchObject({
      ...{ client_id: clientId, response_type: 'code', code_challenge_method: 'S256' },
      ...{ scope: 'openid offline_access', audience: 'drover-api', redirect_uri: `${url}/console/signed-in` },
    });
    await page.getByText('ann@example.test').waitFor();
    // Still signed in after a reload, without the issuer.
    const before = issuer.asked.length;
    await page.reload();
    await page.getByText('h-2').first().waitFor();
    expect(issuer.asked).toHaveLength(before);
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You have left.').waitFor();
    await page.close();
  });

  it('renews a token that is over, unseen', async () => {
    issuer.setLife(1);
    const { page, complaints } = await open('/nodes');
    await page.getByText('h-1').first().waitFor();
    const before = issuer.renewals();
    const asked = issuer.asked.length;
    await page.waitForFunction((since) => Date.now() > since + 1500, Date.now());
    issuer.setLife(3600);
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByText('Nothing has run yet').waitFor();
    expect(issuer.renewals()).toBeGreaterThan(before);
    expect(issuer.asked).toHaveLength(asked);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('sends people to the issuer again when there is nothing to renew with', async () => {
    issuer.setLife(1);
    const { page } = await open('/nodes');
    await page.getByText('h-1').first().waitFor();
    issuer.forget();
    issuer.setLife(3600);
    const asked = issuer.asked.length;
    await page.waitForFunction((since) => Date.now() > since + 1500, Date.now());
    await page.getByRole('link', { name: 'Runs' }).click();
    await page.getByText('Nothing has run yet').waitFor();
    expect(issuer.asked.length).toBe(asked + 1);
    expect(page.url()).toBe(`${url}/console/runs`);
    await page.close();
  });

  it('says so when the issuer does not play along', async () => {
    const { page } = await open('/signed-in?code=stolen&state=unknown');
    await page.getByText('Nobody is signed in').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing has run yet').waitFor();
    await page.close();
  });
});
