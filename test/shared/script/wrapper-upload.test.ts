import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BlobServer, startBlobServer } from '#local/blobs/blob-server.ts';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import type { Blobs, UploadForm } from '#shared/ports/services.ts';
import { type FinishedEnvelope, parseEnvelope } from '#shared/script/envelope.ts';
import { type Stream, uploadKey, uploadPrefix } from '#shared/script/upload-key.ts';
import { renderWrapper, type UploadInput } from '#shared/script/wrapper.ts';
import { eventually, OnNode, type Shell, shells, wrapperInput } from './on-node.ts';

const titled = shells.flatMap((shell) => (shell.length === 1 ? [{ shell, title: shell.join(' ') }] : []));
const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

let home: string;
let server: BlobServer;
let blobs: Blobs;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'drover-uploads-'));
  const dir = join(home, 'blobs');
  server = await startBlobServer({ dir, stateFile: join(home, 'server.json'), now: Date.now });
  blobs = createFolderBlobs(dir, server.access);
});
afterAll(async () => {
  await server.close();
  rmSync(home, { recursive: true });
});

let runs = 0;
/** A run of its own, and the form for its operation. */
const newUpload = async (change: Partial<UploadForm> = {}, seconds = 30) => {
  runs += 1;
  const runId = `run-${runs}`;
  const fence = `${runId}.op`;
  const since = new Date().toISOString();
  const grant = { prefix: uploadPrefix(runId, fence), since, expiresSeconds: 600, maxBytes: 1e9 };
  const form = await blobs.allowUploads(grant);
  if (form === undefined) throw new Error('No uploads here.');
  const upload: UploadInput = { form: { ...form, ...change }, seconds };
  return { runId, fence, upload };
};

const inSsm = { AWS_SSM_INSTANCE_ID: 'i-1' };

/** What the node uploaded of a stream, as it was before it was compressed. */
const uploaded = async (
  { runId, fence }: { readonly runId: string; readonly fence: string },
  { stdoutUpload, stderrUpload }: FinishedEnvelope,
  stream: Stream,
): Promise<Buffer> => {
  const upload = stream === 'stdout' ? stdoutUpload : stderrUpload;
  if (upload?.kind !== 'uploaded') throw new Error(`Not uploaded: ${JSON.stringify(upload)}`);
  const bytes = Buffer.from(await blobs.get(uploadKey({ runId, fence, instanceId: 'i-1' }, stream, upload.gzip)));
  const raw = upload.gzip ? gunzipSync(bytes) : bytes;
  if (upload.sha256 !== null) expect(sha256(raw)).toBe(upload.sha256);
  return raw;
};

const programOf = (name: string): string =>
  name === 'python3'
    ? execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim()
    : execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();

const basics = [
  'timeout',
  'sh',
  'mkdir',
  'wc',
  'grep',
  'cat',
  'dd',
  'tail',
  'tr',
  'base64',
  'rm',
  'mv',
  'sleep',
  'seq',
  'head',
];

/** A node that has these programs and no others. */
const nodeWith = (shell: Shell, programs: readonly string[], env: Readonly<Record<string, string>> = inSsm): OnNode => {
  const bin = mkdtempSync(join(home, 'bin-'));
  for (const name of [...basics, ...programs]) symlinkSync(programOf(name), join(bin, name));
  return new OnNode([programOf(shell[0]), ...shell.slice(1)], { ...env, PATH: bin });
};

describe.each(titled)('uploads under $title', ({ shell }) => {
  it('happen for what the answer cannot hold, whole, byte for byte', async () => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: 'seq 1 100000; seq 1 9 >&2' });
    const lines = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\n`).join('');
    expect(envelope).toMatchObject({
      stdoutBytes: lines.length,
      stdoutUpload: { kind: 'uploaded', gzip: true, sha256: sha256(lines) },
      stderrUpload: null,
      stderr: '1\n2\n3\n4\n5\n6\n7\n8\n9\n',
      textComplete: true,
    });
    expect((await uploaded(sending, envelope, 'stdout')).toString()).toBe(lines);
  });

  it('take both streams when both are too long, and nothing else stays on the node', async () => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: 'seq 1 20000; seq 20000 50000 >&2' });
    expect((await uploaded(sending, envelope, 'stdout')).toString()).toMatch(/^1\n2\n[\s\S]*\n20000\n$/);
    expect((await uploaded(sending, envelope, 'stderr')).toString()).toMatch(/^20000\n[\s\S]*\n50000\n$/);
    const own = sending.fence.replaceAll('.', '_2E');
    expect(readdirSync(join(node.stateDir, 'f')).sort()).toEqual([own, `${own}.e`, `${own}.o`, `${own}.sh`]);
  });

  it.each([
    [16_000, false],
    [16_001, true],
  ])('of %d bytes: %s', async (size, isLong) => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const script = `head -c ${size} /dev/zero | tr '\\0' x`;
    const envelope = await node.finish({ ...sending, script });
    expect(envelope.stdoutUpload?.kind).toBe(isLong ? 'uploaded' : undefined);
    if (isLong) expect(await uploaded(sending, envelope, 'stdout')).toHaveLength(size);
    else expect(envelope.stdout).toHaveLength(size);
  });

  it('keep characters whole that the cut in the shown text parts', async () => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const text = `${'中文😀é'.repeat(2500)}x`;
    writeFileSync(node.path('text'), text);
    const envelope = await node.finish({ ...sending, script: 'cat "$1"', args: [node.path('text')] });
    expect(envelope.stdout).toContain('\ufffd');
    expect((await uploaded(sending, envelope, 'stdout')).toString()).toBe(text);
  });

  it.each([
    ['little', `printf 'a\\377b\\n'; printf 'fine' >&2`, Buffer.from([0x61, 0xff, 0x62, 0x0a])],
    ['more', `head -c 3000 /dev/zero; printf '\\377'`, Buffer.concat([Buffer.alloc(3000), Buffer.from([0xff])])],
  ])('happen for bytes that no text can carry: %s', async (_, script, bytes) => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script });
    expect(await uploaded(sending, envelope, 'stdout')).toEqual(bytes);
  });

  it.each([
    ['nothing', 'true'],
    ['text', 'echo hello; echo oops >&2'],
    ['text beyond ASCII', 'echo "中文 é 😀"; printf "\\tü\\r\\n" >&2'],
    ['more of it', 'i=0; while [ $i -lt 300 ]; do echo "中文 é 😀"; i=$((i+1)); done'],
  ])('do not happen for what the answer holds: %s', async (_, script) => {
    using node = new OnNode(shell, inSsm);
    const { text, envelope } = await node.run({ ...(await newUpload()), script });
    expect(envelope).toMatchObject({ stdoutUpload: null, stderrUpload: null, textComplete: true });
    expect(text.split('\n')[0]).not.toMatch(/ u\S*,/);
  });

  it.each(['curl', 'wget', 'python3', 'perl', 'node'])('need no tool but %s', async (tool) => {
    using node = nodeWith(shell, [tool, 'sha256sum', 'gzip']);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: 'seq 1 50000' });
    expect(envelope.stdoutUpload).toMatchObject({ kind: 'uploaded', gzip: true, sha256: expect.any(String) });
    expect(await uploaded(sending, envelope, 'stdout')).toHaveLength(envelope.stdoutBytes);
  });

  it.each(['curl', 'wget'])('need neither gzip nor anything that makes digests, with %s', async (tool) => {
    using node = nodeWith(shell, [tool]);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: 'seq 1 50000' });
    expect(envelope.stdoutUpload).toEqual({ kind: 'uploaded', gzip: false, sha256: null });
    expect(await uploaded(sending, envelope, 'stdout')).toHaveLength(envelope.stdoutBytes);
  });

  it.each(['sha256sum', 'shasum', 'openssl', 'python3'])('take the digest from %s', async (tool) => {
    using node = nodeWith(shell, ['curl', tool]);
    const sending = await newUpload();
    const envelope = await node.finish({ ...sending, script: 'seq 1 50000' });
    expect(envelope.stdoutUpload).toMatchObject({ sha256: sha256(await uploaded(sending, envelope, 'stdout')) });
  });

  it('fall back to the next tool when one does not do it', async () => {
    using node = nodeWith(shell, ['wget']);
    const [bin = ''] = node.env['PATH']?.split(':') ?? [];
    writeFileSync(join(bin, 'curl'), '#!/bin/sh\nexit 60\n', { mode: 0o755 });
    const envelope = await node.finish({ ...(await newUpload()), script: 'seq 1 50000' });
    expect(envelope.stdoutUpload).toMatchObject({ kind: 'uploaded' });
  });

  it.each([
    {
      why: 'no tool',
      tools: [],
      form: {},
      env: inSsm,
      reason: 'the node has no curl, wget, python3, perl or node',
    },
    { why: 'no instance id', tools: ['curl'], form: {}, env: {}, reason: 'the node does not know its instance id' },
    {
      why: 'nobody there',
      tools: ['curl'],
      form: { url: 'http://127.0.0.1:1/x' },
      env: inSsm,
      reason: 'curl on the node ended with 7: there is no way to the storage',
    },
    {
      why: 'a refusal',
      tools: ['curl'],
      form: { policy: '{}' },
      env: inSsm,
      reason: 'curl on the node ended with 22: the storage refused it',
    },
    {
      why: 'a refusal, by wget',
      tools: ['wget'],
      form: { policy: '{}' },
      env: inSsm,
      reason: 'wget on the node ended with 8',
    },
  ])('that fail say why, and nothing else changes: $why', async ({ tools, form, env, reason }) => {
    using node = nodeWith(shell, tools, env);
    const { exitCode, envelope } = await node.run({ ...(await newUpload(form)), script: 'seq 1 50000; exit 3' });
    expect(exitCode).toBe(3);
    expect(envelope).toMatchObject({
      kind: 'finished',
      exitCode: 3,
      stdoutUpload: { kind: 'failed', reason },
      textComplete: true,
      stdout: expect.stringMatching(/^1\n2\n[\s\S]* bytes omitted [\s\S]*\n50000\n$/),
    });
    expect(node.kept(`${parseName(envelope)}.o`)).toHaveLength(288_894);
  });

  it('stop when their time is over', async () => {
    await using slow = await slowServer();
    using node = nodeWith(shell, ['curl', 'wget']);
    const startedAt = Date.now();
    const sending = await newUpload({ url: slow.url }, 1);
    const envelope = await node.finish({ ...sending, script: 'seq 1 50000' });
    expect(envelope.stdoutUpload).toMatchObject({ kind: 'failed', reason: expect.stringMatching(/time|too long/) });
    expect(Date.now() - startedAt).toBeLessThan(6000);
  });

  it('are recorded: a second arrival says the same', async () => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    const first = await node.run({ ...sending, script: 'seq 1 50000' });
    const second = await node.run({ ...sending, script: 'seq 1 50000' });
    expect(second.envelope).toEqual({ ...first.envelope, replayed: true });
    expect(second.envelope).toMatchObject({ stdoutUpload: { kind: 'uploaded' } });
  });

  it('that the wrapper does not survive leave the result it had', async () => {
    await using slow = await slowServer();
    using node = nodeWith(shell, ['curl']);
    const sending = await newUpload({ url: slow.url }, 3);
    const { process: child, answer } = node.start({ ...sending, script: 'seq 1 50000; exit 4' });
    await eventually(() => slow.calls() > 0);
    child.kill('SIGKILL');
    await answer;
    expect((await node.run({ ...sending, script: 'never' })).envelope).toMatchObject({
      kind: 'finished',
      exitCode: 4,
      replayed: true,
      stdoutUpload: null,
      stdoutBytes: 288_894,
    });
  });

  it('of two nodes on one instance lie apart', async () => {
    using node = new OnNode(shell, inSsm);
    const sending = await newUpload();
    for (const nodeKey of ['a/1', 'b'])
      await node.finish({
        ...sending,
        script: 'seq 1 "$1"',
        perInstance: { 'i-1': { nodeKey, args: [nodeKey === 'b' ? '30000' : '20000'] } },
      });
    const sizeOf = (nodeKey: string) =>
      blobs.size(uploadKey({ ...sending, instanceId: 'i-1', nodeKey }, 'stdout', true));
    expect(await sizeOf('a/1')).toBeGreaterThan(0);
    expect(await sizeOf('b')).toBeGreaterThan((await sizeOf('a/1')) ?? 0);
  });

  it('cost no process on the usual path', async () => {
    using tools = new OnNode();
    mkdirSync(tools.path('bin'));
    symlinkSync('/usr/bin/timeout', tools.path('bin/timeout'));
    symlinkSync('/bin/sh', tools.path('bin/sh'));
    using node = new OnNode([programOf(shell[0]), ...shell.slice(1)], { ...inSsm, PATH: tools.path('bin') });
    mkdirSync(`${node.stateDir}/f`, { recursive: true });
    const envelope = await node.finish({ ...(await newUpload()), script: 'echo out; echo err >&2' });
    expect(envelope).toMatchObject({ stdout: 'out\n', stderr: 'err\n', stdoutUpload: null });
  });

  it('take the instance id from Cloud Assistant, and a session token with them', async () => {
    using node = new OnNode(shell);
    const sending = await newUpload();
    const token = 'FwoGZXIvYXdzE+/='.repeat(60);
    const { fields, policy } = sending.upload.form;
    const form = {
      ...sending.upload.form,
      policy: policy.replace('"conditions":[', `"conditions":[{"x-amz-security-token":"${token}"},`),
      fields: { ...fields, 'x-amz-security-token': token },
    };
    const signed = await resign(form);
    const wrapper = renderWrapper(
      wrapperInput({
        ...sending,
        upload: { form: signed, seconds: 30 },
        instanceIdFrom: 'aliyun',
        script: 'seq 1 50000',
      }),
    );
    expect(wrapper.needsInstanceId).toBe(true);
    expect(wrapper.content.split(token)).toHaveLength(2);
    const { envelope } = await node.run(wrapper.content.replaceAll('{{ACS::InstanceId}}', 'i-bp1'));
    expect(envelope).toMatchObject({ stdoutUpload: { kind: 'uploaded' } });
    expect(await blobs.size(uploadKey({ ...sending, instanceId: 'i-bp1' }, 'stdout', true))).toBeGreaterThan(0);
  });

  it('stay below what agents return, at the most that can be asked for', async () => {
    using node = new OnNode(shell, inSsm);
    const script = `head -c 50000 /dev/zero | tr '\\0' x; seq 1 9999 >&2; { printf o=; head -c 2990 /dev/zero | tr '\\0' '\\351'; } >> "$DROVER_OUTPUT"`;
    const { upload } = await newUpload();
    const { text } = await node.run({ script, textBytes: 19_150, fence: 'é'.repeat(300), upload });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(24_000);
    expect(parseEnvelope(text)).toMatchObject({ textComplete: true, stdoutUpload: { kind: 'uploaded' } });
  });
});

describe.each(titled)('an aborted upload under $title', ({ shell }) => {
  it('takes no longer than the run waits for the word of the node', async () => {
    await using slow = await slowServer();
    using node = nodeWith(shell, ['curl']);
    const { process: child, answer } = node.start({
      ...(await newUpload({ url: slow.url }, 600)),
      script: 'seq 1 50000; : > ready; sleep 60',
      killAfterSeconds: 1,
    });
    await eventually(() => node.read('ready') === '' && readdirSync(node.folder).includes('ready'));
    const startedAt = Date.now();
    child.kill('SIGTERM');
    expect((await answer).envelope).toMatchObject({ cancelled: true, stdoutUpload: { kind: 'failed' } });
    expect(Date.now() - startedAt).toBeLessThan(16_000);
  });
});

const parseName = (envelope: ReturnType<typeof parseEnvelope>): string =>
  envelope?.kind === 'finished' ? envelope.fenceName : '';

/** A form whose policy was changed, with its signature made right again. */
const resign = async (form: UploadForm): Promise<UploadForm> => {
  const { policySignature } = await import('#functions/adapters/s3/post-policy.ts');
  const encoded = Buffer.from(form.policy).toString('base64');
  const signature = policySignature(server.access.secret, form.fields['x-amz-credential'] ?? '', encoded);
  return { ...form, fields: { ...form.fields, 'x-amz-signature': signature } };
};

interface SlowServer extends AsyncDisposable {
  readonly url: string;
  calls(): number;
}

/** A server that takes everything and never answers. */
const slowServer = async (): Promise<SlowServer> => {
  let calls = 0;
  const slow: Server = createServer((request) => {
    calls += 1;
    request.resume();
  });
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/x`,
    calls: () => calls,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        slow.close(() => resolve());
        slow.closeAllConnections();
      }),
  };
};
