import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalApp, openLocalApp } from '#local/local-app.ts';
import { type ServedApp, serveApp } from '#local/serve-app.ts';
import { createClient, type DroverClient } from '#shared/client/client.ts';
import type { RunId } from '#shared/model/ids.ts';
import { browserPath, useBrowser } from '#test/kit/browser.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { silentLog } from '#test/kit/system.ts';

const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'long' },
  spec: {
    targets: { where: 'node.name == "h-1"' },
    groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'print', run: 'seq 1 20000' }] }] }],
  },
};

/** A page with what the policy allows, and with what it does not. */
const files: Readonly<Record<string, string>> = {
  'index.html': `<!doctype html><html><head><title>Drover</title>
    <link rel="stylesheet" href="/console/assets/style-1.css">
    <style>body { background: rgb(255, 0, 0) }</style>
    <script>document.title = 'inline'</script>
    <script type="module" src="/console/assets/index-1.js"></script></head><body><p id="said"></p></body></html>`,
  'assets/style-1.css': '#said { color: rgb(0, 0, 255) }',
  'assets/index-1.js': `document.querySelector('#said').textContent = location.pathname;
    document.querySelector('#said').style.width = '50%';`,
};

describe.skipIf(browserPath === undefined)('the console in a browser', () => {
  const openWindow = useBrowser();
  let dir: string;
  let local: LocalApp;
  let served: ServedApp;
  let client: DroverClient;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'drover-browser-'));
    mkdirSync(join(dir, 'page', 'assets'), { recursive: true });
    for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, 'page', path), text);
    local = await openLocalApp({
      ...{ stateDir: join(dir, 'local'), fleet: parseFleet(hostsFleet(1), 'fleet of the test') },
      ...{ version: '1.2.3', actor: 'ada', consoleDir: join(dir, 'page'), log: silentLog },
    });
    served = await serveApp(local, { dir, port: 0, pid: process.pid });
    client = createClient({ baseUrl: served.url, fetch, token: local.token });
  });
  afterAll(async () => {
    await served.close();
    await local.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('runs the scripts and styles of its own files, and nothing that stands in the page itself', async () => {
    const { page, complaints } = await openWindow();
    await page.goto(`${served.url}/console/runs/01ABC`);
    await page.waitForFunction("document.querySelector('#said').textContent !== ''");
    const looks = await page.evaluate(`(() => {
      const said = document.querySelector('#said');
      const { color } = getComputedStyle(said);
      return [said.textContent, color, said.style.width, getComputedStyle(document.body).backgroundColor, document.title];
    })()`);
    expect(looks).toEqual(['/console/runs/01ABC', 'rgb(0, 0, 255)', '50%', 'rgba(0, 0, 0, 0)', 'Drover']);
    expect(complaints.filter((text) => text.includes('Content Security Policy'))).toHaveLength(2);
    await page.close();
  });

  const longRun = async (): Promise<RunId> => {
    const { run } = await client.submitRun({ job });
    await local.cloud.engine.idle();
    return run.runId;
  };

  it('reads an output that the API leads it to, at another origin', async () => {
    const runId = await longRun();
    const { items } = await client.listResults(runId, {});
    const [result] = items;
    if (result === undefined) throw new Error('There is no result');
    const query = new URLSearchParams({ result: result.resultId, stream: 'stdout' });
    const address = `/v1/runs/${runId}/output/content?${query}`;
    const { page, complaints } = await openWindow();
    await page.goto(`${served.url}/console/`);
    const ask = `fetch(${JSON.stringify(address)}, { headers: { Authorization: 'Bearer ${local.token}', 'If-None-Match': '"x"' } })
      .then(async (answer) => ({ status: answer.status, url: answer.url, text: await answer.text() }))`;
    const read = await page.evaluate<{ readonly status: number; readonly url: string; readonly text: string }>(ask);
    expect([read.status, read.text.split('\n').length]).toEqual([200, 20_001]);
    expect(new URL(read.url).origin).not.toBe(served.url);
    expect(complaints.filter((text) => /CORS|connect-src/.test(text))).toEqual([]);
    await page.close();
  });

  it('is in no frame of another page', async () => {
    const { page, complaints } = await openWindow();
    await page.setContent(`<iframe src="${served.url}/console/"></iframe>`);
    await expect.poll(() => complaints.some((text) => text.includes('frame-ancestors'))).toBe(true);
    await page.close();
  });
});
