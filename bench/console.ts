// How long until the console shows a run of N nodes (default 10,000), and is it smooth to scroll? npm run bench -- console [N]; needs Chromium.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { parseFleet } from '#local/cloud/fleet.ts';
import { openLocalApp, requireConsole } from '#local/local-app.ts';
import { serveApp } from '#local/serve-app.ts';
import { browserFlags, browserPath } from '#test/kit/browser.ts';
import { silentLog } from '#test/kit/system.ts';

const nodes = Number(process.argv[3] ?? 10_000);

const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'bench' },
  spec: {
    targets: { where: 'true' },
    groups: [
      {
        name: 'g',
        maxFailures: '100%',
        phases: [
          {
            name: 'p',
            operations: [{ id: 'op', run: 'case "$NAME" in *7) exit 3 ;; esac', env: { NAME: '${{ node.name }}' } }],
          },
        ],
      },
    ],
  },
};

/** Milliseconds from the beginning of the page's life until something is there. */
const msUntil = async (page: Page, condition: string): Promise<number> => {
  const found = await page.waitForFunction(`(${condition}) ? performance.now() : undefined`, undefined, {
    polling: 'raf',
    timeout: 60_000,
  });
  return Number(await found.jsonValue());
};

const firstView = async (page: Page, link: string) => {
  await page.goto(link, { waitUntil: 'commit' });
  const head = await msUntil(page, `document.querySelector('h1') !== null`);
  const map = await msUntil(page, `document.querySelector('canvas') !== null`);
  const rows = await msUntil(page, `document.querySelectorAll('table[aria-label=Nodes] tbody tr').length > 5`);
  return { head: Math.round(head), map: Math.round(map), rows: Math.round(rows) };
};

/** Scrolls the table by a step in each frame, and tells how long the frames took. */
const scrolling = async (page: Page, step: number) => {
  const frames: unknown = await page.evaluate(`new Promise((resolve) => {
    const box = document.querySelector('table[aria-label=Nodes]').parentElement;
    const times = [];
    let last = performance.now();
    const next = () => requestAnimationFrame((now) => {
      times.push(now - last);
      last = now;
      box.scrollTop += ${step};
      if (times.length < 300) next();
      else resolve(times.slice(1));
    });
    next();
  })`);
  const sorted = (Array.isArray(frames) ? frames.map(Number) : []).toSorted((a, b) => a - b);
  const at = (part: number): number => Math.round(sorted[Math.floor(part * (sorted.length - 1))] ?? 0);
  return {
    frames: sorted.length,
    p50: at(0.5),
    p95: at(0.95),
    most: at(1),
    over20ms: sorted.filter((ms) => ms > 20).length,
  };
};

await requireConsole();
const dir = await mkdtemp(join(tmpdir(), 'drover-bench-'));
const local = await openLocalApp({
  ...{ stateDir: join(dir, 'local'), version: 'bench', actor: 'bench', log: silentLog },
  fleet: parseFleet(`generate: [{count: ${nodes}, name: 'n-{n}', cloud: aws, region: eu-west-1}]`, 'bench'),
});
const served = await serveApp(local, { dir, port: 0, pid: process.pid });
const browser = await chromium.launch({ executablePath: browserPath ?? '', args: [...browserFlags] });
try {
  const { services, engine } = local.cloud;
  const { runId } = await services.submitRun({ request: { job, params: {}, only: {} }, actor: 'bench' });
  await engine.idle();
  const link = `${served.url}/console/runs/${runId}#token=${local.token}`;
  // The policy of the page would forbid what measures it.
  const window = { viewport: { width: 1440, height: 1000 }, bypassCSP: true };
  const page = await browser.newPage(window);
  console.log(`${nodes} nodes, a new browser, milliseconds:`, await firstView(page, link));
  await page.close();
  const again = await browser.newPage(window);
  console.log('the same with a warm server:', await firstView(again, link));
  console.log('scrolling by 100 px a frame, milliseconds a frame:', await scrolling(again, 100));
  console.log('scrolling by 1,500 px a frame:', await scrolling(again, 1500));
} finally {
  await browser.close();
  await served.close();
  await local.close();
  await rm(dir, { recursive: true, force: true });
}
process.exit();
