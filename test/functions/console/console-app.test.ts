import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { serve } from '@hono/node-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createConsoleApp, isConsolePath } from '#functions/console/console-app.ts';
import { openConsolePage } from '#functions/runtime/console-page.ts';
import { type ConsoleSettings, consoleSettingsSchema } from '#shared/contract/console-settings.ts';
import { problemSchema } from '#shared/contract/problem.ts';
import type { Log } from '#shared/ports/services.ts';
import { imageBytes, pageFolder, scriptText } from './page-folder.ts';

const settings: ConsoleSettings = {
  version: '1.2.3',
  signIn: {
    kind: 'oidc',
    issuer: 'https://id.example/realm',
    clientId: 'console',
    scope: 'openid',
    audience: 'drover',
  },
};

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly bytes: Buffer;
}

/** The console behind a socket. Requests are sent word for word: no client tidies their path or unpacks the answer. */
const open = async (dir: string = pageFolder()) => {
  const logged: string[] = [];
  const note = (event: string) => void logged.push(event);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  const app = createConsoleApp({ page: openConsolePage(dir), settings, log, newRequestId: () => 'request-1' });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const ask = (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const sent = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(chunks) }),
        );
      });
      sent.on('error', reject).end();
    });
  return { ask, app, logged };
};

describe('the page', () => {
  test('is led to from the root and from the path without a slash', async () => {
    const { ask } = await open();
    for (const path of ['/', '/console', '/?code=1', '/console?x'])
      expect(await ask(path)).toMatchObject({ status: 302, headers: { location: '/console/runs' } });
  });

  test.each([
    '/console/',
    '/console/runs/01ABC',
    '/console/signed-in?code=c&state=s',
    '/console/index.html',
    '/console/assets',
  ])('answers %s with itself, which is asked for anew each time', async (path) => {
    const { ask } = await open();
    const { status, headers, bytes } = await ask(path);
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    expect(bytes.toString()).toContain('<title>Drover</title>');
  });

  test('has assets that are good for ever, each with its type', async () => {
    const { ask } = await open();
    const typeOf = async (path: string) => {
      const { status, headers } = await ask(path);
      return [status, headers['content-type'], headers['cache-control']];
    };
    const forever = 'public, max-age=31536000, immutable';
    expect(await typeOf('/console/assets/index-4f0c2a.js')).toEqual([200, 'text/javascript; charset=utf-8', forever]);
    expect(await typeOf('/console/assets/style-77aa01.css')).toEqual([200, 'text/css; charset=utf-8', forever]);
    expect(await typeOf('/console/assets/sheep-00ff00.png')).toEqual([200, 'image/png', forever]);
    expect(await typeOf('/console/assets/mono-123456.woff2')).toEqual([200, 'font/woff2', forever]);
    expect(await typeOf('/console/favicon.svg')).toEqual([200, 'image/svg+xml', 'no-cache']);
  });

  test('never stands in for an asset that does not exist: an old page would take it for its script', async () => {
    const { ask, logged } = await open();
    for (const path of ['/console/assets/index-000000.js', '/console/assets/', '/console/assets/deep/x.css']) {
      const { status, headers, bytes } = await ask(path);
      expect([status, headers['content-type'], headers['cache-control']]).toEqual([
        404,
        'application/problem+json',
        'no-store',
      ]);
      expect(problemSchema.parse(JSON.parse(bytes.toString()))).toMatchObject({
        code: 'route.not-found',
        requestId: 'request-1',
        hint: expect.stringContaining('load the page again'),
      });
    }
    expect(logged).toEqual([]);
  });

  test('gives no file that is not of the page, however the path is written', async () => {
    const dir = pageFolder();
    writeFileSync(join(dir, '..', 'outside.txt'), 'not for you');
    onTestFinished(() => rmSync(join(dir, '..', 'outside.txt')));
    const { ask } = await open(dir);
    const paths = [
      '/console/../outside.txt',
      '/console/%2e%2e/outside.txt',
      '/console/..%2foutside.txt',
      '/console/assets/../../outside.txt',
      '/console/assets/..%2f..%2foutside.txt',
      '/console/assets/....//outside.txt',
      '/console//etc/passwd',
      `/console/${encodeURIComponent(join(dir, '..', 'outside.txt'))}`,
      '/console/assets/%00',
      '/console/%E0%A4%A',
    ];
    for (const path of paths) {
      const { status, bytes } = await ask(path);
      expect([200, 404], path).toContain(status);
      expect(bytes.toString(), path).toMatch(/<title>Drover<\/title>|"code":"route.not-found"/);
    }
  });

  test('is read by nothing but GET and HEAD', async () => {
    const { ask } = await open();
    for (const path of ['/', '/console', '/console/', '/console/settings.json', '/console/assets/index-4f0c2a.js'])
      expect(await ask(path, {}, 'POST')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    const head = await ask('/console/assets/index-4f0c2a.js', {}, 'HEAD');
    const get = await ask('/console/assets/index-4f0c2a.js');
    expect([head.status, head.bytes.length, head.headers['etag']]).toEqual([200, 0, get.headers['etag']]);
    expect(head.headers['content-type']).toBe(get.headers['content-type']);
  });

  test('that is not built is said, with how to build it, and is there as soon as it is', async () => {
    const dir = pageFolder();
    rmSync(join(dir, 'index.html'));
    const { ask } = await open(dir);
    for (const path of ['/console/', '/console/settings.json', '/console/assets/index-4f0c2a.js']) {
      const { status, bytes } = await ask(path);
      expect(status).toBe(404);
      expect(JSON.parse(bytes.toString())).toMatchObject({
        code: 'console.not-built',
        hint: 'Build it with: npm run build',
      });
    }
    writeFileSync(join(dir, 'index.html'), 'now');
    expect((await ask('/console/')).bytes.toString()).toBe('now');
    const { ask: askNowhere } = await open(join(dir, 'nowhere'));
    expect(JSON.parse((await askNowhere('/console/')).bytes.toString())).toMatchObject({ code: 'console.not-built' });
  });
});

describe('what is sent', () => {
  const script = '/console/assets/index-4f0c2a.js';

  test('is compressed as the client can', async () => {
    const { ask } = await open();
    const plain = await ask(script);
    const gzipped = await ask(script, { 'accept-encoding': 'gzip' });
    const brotli = await ask(script, { 'accept-encoding': 'gzip, deflate, br, zstd' });
    expect([plain.headers['content-encoding'], plain.bytes.toString()]).toEqual([undefined, scriptText]);
    expect([gzipped.headers['content-encoding'], gunzipSync(gzipped.bytes).toString()]).toEqual(['gzip', scriptText]);
    expect([brotli.headers['content-encoding'], brotliDecompressSync(brotli.bytes).toString()]).toEqual([
      'br',
      scriptText,
    ]);
    expect(brotli.bytes.length).toBeLessThan(plain.bytes.length / 10);
    for (const { headers } of [plain, gzipped, brotli]) expect(headers['vary']).toBe('Accept-Encoding');
    expect(new Set([plain, gzipped, brotli].map(({ headers }) => headers['etag'])).size).toBe(3);
  });

  test('is left as it is where compressing is of no use', async () => {
    const { ask } = await open();
    const image = await ask('/console/assets/sheep-00ff00.png', { 'accept-encoding': 'br, gzip' });
    expect(image.headers).not.toHaveProperty('content-encoding');
    expect(image.bytes.equals(imageBytes)).toBe(true);
    const small = await ask('/console/assets/style-77aa01.css', { 'accept-encoding': 'br, gzip' });
    expect([small.headers['content-encoding'], small.bytes.toString()]).toEqual([undefined, 'body { margin: 0 }']);
  });

  test('is nothing when the client has it already, in the form that it would get', async () => {
    const { ask } = await open();
    for (const path of [script, '/console/runs']) {
      const { headers } = await ask(path, { 'accept-encoding': 'br' });
      const tag = String(headers['etag']);
      for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
        const again = await ask(path, { 'accept-encoding': 'br', 'if-none-match': known });
        expect([again.status, again.bytes.length, again.headers['etag']]).toEqual([304, 0, tag]);
        expect(again.headers['cache-control']).toBe(headers['cache-control']);
      }
      expect((await ask(path, { 'accept-encoding': 'gzip', 'if-none-match': tag })).status).toBe(200);
      expect((await ask(path, { 'accept-encoding': 'br', 'if-none-match': '"other"' })).status).toBe(200);
    }
  });

  test('has another tag when the page has changed', async () => {
    const dir = pageFolder();
    const before = (await (await open(dir)).ask('/console/')).headers['etag'];
    writeFileSync(join(dir, 'index.html'), 'another page');
    const after = (await (await open(dir)).ask('/console/')).headers['etag'];
    expect(after).not.toBe(before);
  });
});

describe('settings', () => {
  test('are told to whoever asks, and kept by nobody', async () => {
    const { ask } = await open();
    const { status, headers, bytes } = await ask('/console/settings.json');
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
    expect(consoleSettingsSchema.parse(JSON.parse(bytes.toString()))).toEqual(settings);
  });
});

describe('every answer', () => {
  test('tells the browser to keep to what the page needs', async () => {
    const { ask, app } = await open();
    const paths = [
      '/',
      '/console/',
      '/console/settings.json',
      '/console/assets/index-4f0c2a.js',
      '/console/assets/none',
    ];
    for (const path of paths) {
      const { headers } = await ask(path);
      expect(headers, path).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'permissions-policy': expect.stringContaining('camera=()'),
        'x-request-id': 'request-1',
      });
      expect(headers).not.toHaveProperty('strict-transport-security');
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toEqual(
        expect.arrayContaining([
          ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self' https:"],
          ...["base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'"],
        ]),
      );
      expect(policy.join()).not.toMatch(/unsafe|\*/);
    }
    const secure = await app.request('https://console.example/console/');
    expect(secure.headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  test('is the console’s for its own paths only', () => {
    expect(['/', '/console', '/console/', '/console/v1/runs'].every(isConsolePath)).toBe(true);
    expect(['/v1/runs', '/healthz', '/consoles', '/console.html', '//console/'].some(isConsolePath)).toBe(false);
  });
});
