import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BlobServer, startBlobServer } from '#local/blobs/blob-server.ts';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { blobsContract, postForm } from '#test/contract/blobs-contract.ts';

const open = async (home: string, now: () => number = Date.now) => {
  const dir = join(home, 'blobs');
  const server = await startBlobServer({ dir, stateFile: join(home, 'server.json'), now });
  return { server, dir, blobs: createFolderBlobs(dir, server.access) };
};

blobsContract('a folder behind its server', async () => {
  const home = mkdtempSync(join(tmpdir(), 'drover-blobs-'));
  const { server, blobs } = await open(home);
  return {
    blobs,
    close: async () => {
      await server.close();
      rmSync(home, { recursive: true });
    },
  };
});

describe('the server of the blobs', () => {
  let home: string;
  let server: BlobServer;
  let dir: string;
  let blobs: Blobs;
  let nowMs: number;

  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), 'drover-blobs-'));
    nowMs = Date.parse('2026-01-02T03:04:05Z');
    ({ server, dir, blobs } = await open(home, () => nowMs));
  });
  afterEach(async () => {
    await server.close();
    rmSync(home, { recursive: true });
  });

  const grant = { prefix: 'output/r/', since: '2026-01-02T03:04:05Z', expiresSeconds: 60, maxBytes: 100 };
  const form = async () => (await blobs.allowUploads(grant)) ?? expect.fail('no form');

  it('takes forms and addresses until they expire, and not a moment longer', async () => {
    const given = await form();
    await blobs.put('k', Buffer.from('v'));
    const address = (await blobs.addressOf('k', { expiresSeconds: 60, gzip: false, fileName: 'f' })) ?? '';
    nowMs += 60_000;
    expect((await postForm(given, 'output/r/a', Buffer.from('a'))).status).toBe(204);
    expect((await fetch(address)).status).toBe(200);
    nowMs += 1;
    const late = await postForm(given, 'output/r/b', Buffer.from('b'));
    expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('Policy expired')]);
    expect((await fetch(address)).status).toBe(403);
  });

  it('takes the same forms after a restart, at the same place, and keeps its secret to itself', async () => {
    const given = await form();
    await server.close();
    ({ server, blobs } = await open(home, () => nowMs));
    expect((await postForm(given, 'output/r/a', Buffer.from('a'))).status).toBe(204);
    expect(await form()).toEqual(given);
    expect(statSync(join(home, 'server.json')).mode & 0o777).toBe(0o600);
  });

  it('starts elsewhere when its port is taken, or its file is damaged', async () => {
    const other = mkdtempSync(join(tmpdir(), 'drover-blobs-'));
    writeFileSync(join(other, 'server.json'), readFileSync(join(home, 'server.json')));
    const second = await open(other);
    expect(second.server.access.url).not.toBe(server.access.url);
    await second.server.close();
    writeFileSync(join(other, 'server.json'), '{');
    const third = await open(other);
    expect(third.server.access.secret).not.toBe(server.access.secret);
    await third.server.close();
    rmSync(other, { recursive: true });
  });

  it('reads nothing without the right address', async () => {
    await blobs.put('one', Buffer.from('1'));
    await blobs.put('two', Buffer.from('2'));
    const address = (await blobs.addressOf('one', { expiresSeconds: 60, gzip: false, fileName: 'f' })) ?? '';
    const answers = await Promise.all(
      [
        address.replace('/one', '/two'),
        address.replace('expires=', 'expires=9'),
        address.replace('name=f', 'name=g'),
        address.replace(/signature=.*/, ''),
        `${server.access.url}/blobs/one`,
      ].map(async (one) => (await fetch(one)).status),
    );
    expect(answers).toEqual([403, 403, 403, 403, 403]);
    expect((await fetch(address, { method: 'DELETE' })).status).toBe(405);
  });

  it('lets pages of any origin read with an address, as the bucket of a deployment does, and do nothing else', async () => {
    await blobs.put('one', Buffer.from('1'));
    const address = (await blobs.addressOf('one', { expiresSeconds: 60, gzip: false, fileName: 'f' })) ?? '';
    const page = { origin: 'http://127.0.0.1:4711' };
    const ask = (method: string, asked: string) =>
      fetch(address, {
        method,
        headers: {
          ...page,
          'access-control-request-method': asked,
          'access-control-request-headers': 'if-none-match, x-request-id',
        },
      });
    const allowed = await ask('OPTIONS', 'GET');
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'if-none-match, x-request-id',
    });
    expect(allowed.status).toBe(200);
    for (const method of ['PUT', 'DELETE']) {
      const refused = await ask('OPTIONS', method);
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    }
    const read = await fetch(address, { headers: page });
    expect([read.headers.get('access-control-allow-origin'), await read.text()]).toEqual(['*', '1']);
    expect(read.headers.has('access-control-allow-credentials')).toBe(false);
    // The page can tell why it may not, too.
    const unsigned = await fetch(address.replace(/signature=.*/, ''), { headers: page });
    expect([unsigned.status, unsigned.headers.get('access-control-allow-origin')]).toEqual([403, '*']);
  });

  it('says that a blob is not there to whoever may read it', async () => {
    const address = (await blobs.addressOf('none', { expiresSeconds: 60, gzip: false, fileName: 'f' })) ?? '';
    expect((await fetch(address)).status).toBe(404);
  });

  it('never writes outside its folder', async () => {
    const given = await form();
    const answer = await postForm(given, 'output/r/../../../outside', Buffer.from('x'));
    expect(answer.status).toBe(500);
    expect(readdirSync(home).sort()).toEqual(['server.json']);
  });

  const drafts = () => readdirSync(dir, { recursive: true }).filter((name) => String(name).endsWith('.part'));

  it('keeps nothing of an upload that breaks off, is too large or is no form', async () => {
    const given = await form();
    await postForm(given, 'output/r/large', new Uint8Array(101));
    const odd = await Promise.all([
      fetch(given.url, { method: 'POST', body: 'x' }),
      fetch(given.url, { method: 'POST', body: '', headers: { 'content-type': 'multipart/form-data; boundary=b' } }),
      fetch(given.url, {
        method: 'POST',
        body: `--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'x'.repeat(40_000)}`,
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
      fetch(given.url, {
        method: 'POST',
        body: '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
      }),
    ]);
    expect(odd.map(({ status }) => status)).toEqual([400, 400, 400, 400]);
    await breakOff(given.url, given, () => drafts().length > 0);
    await expect.poll(drafts).toEqual([]);
    expect(readdirSync(join(dir, 'output', 'r'))).toEqual([]);
  });
});

/** Sends the beginning of an upload and hangs up. */
const breakOff = async (
  url: string,
  form: { readonly policy: string; readonly fields: Readonly<Record<string, string>> },
  isBegun: () => boolean,
): Promise<void> => {
  const fields = { key: 'output/r/broken', policy: Buffer.from(form.policy).toString('base64'), ...form.fields };
  const parts = Object.entries(fields).map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const body = `${parts.join('')}--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhalf of it`;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await new Promise<void>((resolve) => {
    const head = `POST /blobs HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n`;
    socket.write(head + body, () => resolve());
  });
  await expect.poll(isBegun).toBe(true);
  socket.destroy();
};
