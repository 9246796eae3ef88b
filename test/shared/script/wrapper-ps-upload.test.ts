import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { policySignature } from '#functions/adapters/s3/post-policy.ts';
import { type BlobServer, startBlobServer } from '#local/blobs/blob-server.ts';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import type { Blobs, UploadForm } from '#shared/ports/services.ts';
import { uploadKey, uploadPrefix } from '#shared/script/upload-key.ts';
import type { UploadInput } from '#shared/script/wrapper.ts';
import { eventually } from './on-node.ts';
import { OnWindows, powerShells } from './on-windows.ts';

let home: string;
let server: BlobServer;
let blobs: Blobs;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'drover-uploads-'));
  server = await startBlobServer({ dir: join(home, 'blobs'), stateFile: join(home, 'server.json'), now: Date.now });
  blobs = createFolderBlobs(join(home, 'blobs'), server.access);
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

let runs = 0;
const newUpload = async (change: Partial<UploadForm> = {}, seconds = 30) => {
  runs += 1;
  const runId = `run-${runs}`;
  const fence = `${runId}.op`;
  const grant = {
    prefix: uploadPrefix(runId, fence),
    since: new Date().toISOString(),
    expiresSeconds: 600,
    maxBytes: 1e9,
  };
  const form = await blobs.allowUploads(grant);
  if (form === undefined) throw new Error('No uploads here.');
  const upload: UploadInput = { form: { ...form, ...change }, seconds };
  return { runId, fence, upload };
};

const inSsm = { AWS_SSM_INSTANCE_ID: 'i-1' };
const lines = Array.from({ length: 50_000 }, (_, index) => `${index + 1}\n`).join('');
const long = `import sys\nsys.stdout.buffer.write(b''.join(b'%d\\n' % i for i in range(1, 50001)))\n`;

const uploaded = async (sending: { runId: string; fence: string }, stream: 'stdout' | 'stderr', nodeKey?: string) =>
  gunzipSync(await blobs.get(uploadKey({ ...sending, instanceId: 'i-1', nodeKey }, stream, true)));

describe.each(powerShells)('uploads of Windows nodes with $title', (shell) => {
  it('happen for what the answer cannot hold, whole, with a digest, and leave nothing else on the node', async () => {
    using node = new OnWindows(shell, inSsm);
    const sending = await newUpload();
    const script = `${long}sys.stderr.write('little')\n`;
    const envelope = await node.finish({ ...sending, script });
    expect(envelope).toMatchObject({
      stdoutBytes: lines.length,
      stdoutUpload: { kind: 'uploaded', gzip: true, sha256: createHash('sha256').update(lines).digest('hex') },
      stderrUpload: null,
      stderr: 'little',
      textComplete: true,
    });
    expect((await uploaded(sending, 'stdout')).toString()).toBe(lines);
    expect(node.files.filter((name) => /\.(?:gz|w)$/.test(name))).toEqual([]);
    const again = await node.finish({ ...sending, script });
    expect(again).toEqual({ ...envelope, replayed: true });
  });

  it('take both streams, and keep those of two nodes on one instance apart', async () => {
    using node = new OnWindows(shell, inSsm);
    const sending = await newUpload();
    const script = `import sys\nsys.stdout.write('o' * 30000)\nsys.stderr.write(sys.argv[1] * 30000)\n`;
    for (const nodeKey of ['a/1', 'b'])
      await node.finish({ ...sending, script, perInstance: { 'i-1': { nodeKey, args: [nodeKey.slice(0, 1)] } } });
    for (const nodeKey of ['a/1', 'b']) {
      expect((await uploaded(sending, 'stdout', nodeKey)).toString()).toBe('o'.repeat(30_000));
      expect((await uploaded(sending, 'stderr', nodeKey)).toString()).toBe(nodeKey.slice(0, 1).repeat(30_000));
    }
  });

  it('happen for bytes that no text can carry, and not for text that the answer holds', async () => {
    using node = new OnWindows(shell, inSsm);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: `import sys\nsys.stdout.buffer.write(b'a\\xffb')\n` });
    expect(envelope).toMatchObject({ stdoutUpload: { kind: 'uploaded' }, stderrUpload: null });
    expect(await uploaded(sending, 'stdout')).toEqual(Buffer.from([0x61, 0xff, 0x62]));
    const plain = await node.finish({ ...(await newUpload()), script: `print('中文 é 😀')` });
    expect(plain).toMatchObject({ stdoutUpload: null, stderrUpload: null, stdout: '中文 é 😀\n' });
  });

  it('take a form with a session token', async () => {
    using node = new OnWindows(shell, inSsm);
    const { upload, ...sending } = await newUpload();
    const token = 'FwoGZXIvYXdzE+/='.repeat(60);
    const policy = upload.form.policy.replace('"conditions":[', `"conditions":[{"x-amz-security-token":"${token}"},`);
    const signature = policySignature(
      server.access.secret,
      upload.form.fields['x-amz-credential'] ?? '',
      Buffer.from(policy).toString('base64'),
    );
    const fields = { ...upload.form.fields, 'x-amz-security-token': token, 'x-amz-signature': signature };
    const form = { ...upload.form, policy, fields };
    const envelope = await node.finish({ ...sending, upload: { form, seconds: 30 }, script: long });
    expect(envelope.stdoutUpload?.kind).toBe('uploaded');
  });

  it.each([
    ['nobody there', { url: 'http://127.0.0.1:1/x' }, inSsm, 'the storage did not answer'],
    ['a refusal', { policy: '{}' }, inSsm, 'the storage refused it (HTTP 403)'],
    ['no instance id', {}, {}, 'the node does not know its instance id'],
  ])('that fail say why, and change nothing else: %s', async (_, form, env, reason) => {
    using node = new OnWindows(shell, env);
    const { exitCode, envelope } = await node.run({ ...(await newUpload(form)), script: `${long}sys.exit(3)` });
    expect(exitCode).toBe(3);
    expect(envelope).toMatchObject({ exitCode: 3, stdoutUpload: { kind: 'failed', reason }, textComplete: true });
  });

  it('stop when their time is over; a wrapper that is killed meanwhile leaves the result it had', async () => {
    let calls = 0;
    const slow = createServer(() => {
      calls += 1;
    });
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
    using node = new OnWindows(shell, inSsm);
    const envelope = await node.finish({ ...(await newUpload({ url }, 1)), script: long });
    expect(envelope.stdoutUpload).toEqual({ kind: 'failed', reason: 'it took too long' });
    const before = calls;
    const input = { ...(await newUpload({ url })), script: `${long}sys.exit(4)` };
    const { process: child, answer } = await node.start(input);
    await eventually(() => calls > before);
    child.kill('SIGKILL');
    await answer;
    expect((await node.run(input)).envelope).toMatchObject({ exitCode: 4, replayed: true, stdoutUpload: null });
    slow.closeAllConnections();
    await new Promise((resolve) => slow.close(resolve));
  });
});
