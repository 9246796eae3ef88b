import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { outputPageSchema } from '#shared/contract/run-views.ts';

/** `full`: 50 MB from one node and 1 MB from each of 200, which takes minutes. */
const isFull = process.env['DROVER_BIG_OUTPUT'] === 'full';
const nodes = isFull ? 200 : 20;
const largest = isFull ? 50_000_000 : 20_000_000;
const mebibyte = 1024 * 1024;

let dir: string;
let server: ChildProcess;

const fleet = [
  'instances:',
  ...Array.from({ length: nodes }, (_, index) => {
    const number = String(index + 1);
    return index % 4 === 3
      ? `  - {id: i-bp${number.padStart(18, '0')}, name: n-${number}, cloud: aliyun, region: cn-hangzhou}`
      : `  - {id: i-${number.padStart(17, '0')}, name: n-${number}, cloud: aws, region: eu-west-1}`;
  }),
].join('\n');

/** Prints random lines, which no compression makes small, and tells their digest on another way. */
const job = `apiVersion: drover/v1
kind: Job
metadata: {name: big}
spec:
  targets: {where: 'true'}
  groups:
    - name: g
      phases:
        - name: p
          operations:
            - id: print
              outputs: {sha256: {}}
              env: {NAME: '\${{ node.name }}'}
              run: |
                bytes=1000000
                [ "$NAME" != n-1 ] || bytes=${largest}
                head -c $((bytes/77*58)) /dev/urandom | base64 | head -c $bytes >big
                printf "\\nthe needle of %s\\n" "$NAME" >>big
                echo "sha256=$(sha256sum <big | cut -d' ' -f1)" >>"$DROVER_OUTPUT"
                cat big
                rm big
`;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'drover-big-'));
  writeFileSync(join(dir, 'fleet.yaml'), fleet);
  writeFileSync(join(dir, 'job.yaml'), job);
  // The heap as bin/drover starts it.
  const heap = ['--max-semi-space-size=16', '--heap-growing-percent=100'];
  const args = [
    ...heap,
    'cli/main.ts',
    'local',
    'up',
    '--state-dir',
    dir,
    '--fleet',
    join(dir, 'fleet.yaml'),
    '--quiet',
  ];
  server = spawn(process.execPath, args, { stdio: 'ignore' });
  await vi.waitUntil(() => existsSync(join(dir, 'server.json')), { timeout: 30_000 });
});
afterAll(async () => {
  const gone = once(server, 'exit');
  server.kill('SIGTERM');
  await gone;
  rmSync(dir, { recursive: true, force: true });
});

const drover = (...args: readonly string[]): Promise<{ readonly code: number; readonly stdout: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, DROVER_HOME: dir, NO_COLOR: '1' };
    execFile(process.execPath, ['cli/main.ts', ...args], { env, maxBuffer: 64 * mebibyte }, (error, stdout) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
const json = async (...args: readonly string[]) => JSON.parse((await drover('-o', 'json', ...args)).stdout);

/** The most memory that a process ever had, in bytes. */
const peakOf = (pid: number | undefined): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
};

describe(`${largest / 1e6} MB from one node and 1 MB from each of ${nodes - 1}`, () => {
  it('are kept whole, and can be read, searched and saved, while the server’s memory stays flat', {
    timeout: 600_000,
  }, async () => {
    const hello = await drover('exec', '--where', 'true', '--', 'echo hello');
    expect(hello.code).toBe(0);
    const before = peakOf(server.pid);

    const run = await json('run', 'start', join(dir, 'job.yaml'), '--watch');
    expect(run.status).toBe('succeeded');
    const { items } = await json('run', 'logs', run.runId);
    const digests = new Map<string, string>(
      items.map((one: { readonly name: string; readonly outputs: { readonly sha256: string } }) => [
        one.name,
        one.outputs.sha256,
      ]),
    );
    expect(digests.size).toBe(nodes);
    for (const one of items)
      expect(one).toMatchObject({ omittedBytes: 0, uploads: { stdout: { sha256: digests.get(one.name) } } });

    const saved = join(dir, 'saved');
    const { files } = await json('run', 'logs', run.runId, '--save', saved);
    expect(files).toHaveLength(nodes);
    for (const file of files) {
      expect(file).toMatchObject({ state: 'complete', sha256: digests.get(file.name) });
      expect(await digestOf(join(saved, file.file))).toBe(digests.get(file.name));
    }

    const found = (await json('run', 'logs', run.runId, '--grep', '^the needle')).items;
    expect(found.map((one: { readonly text: string }) => one.text).sort()).toEqual(
      Array.from({ length: nodes }, (_, index) => `the needle of n-${index + 1}`).sort(),
    );

    const [first] = items.filter((one: { readonly name: string }) => one.name === 'n-1');
    expect(await pagedDigest(run.runId, first)).toBe(digests.get('n-1'));

    expect((peakOf(server.pid) - before) / mebibyte).toBeLessThan(150);
  });
});

/** Reads a stream in parts, as a console would, and gives the digest of all of them. */
const pagedDigest = async (runId: string, result: { readonly resultId: string; readonly stdoutBytes: number }) => {
  const { url } = JSON.parse(readFileSync(join(dir, 'server.json'), 'utf8'));
  const headers = { authorization: `Bearer ${readFileSync(join(dir, 'token'), 'utf8').trim()}` };
  const hash = createHash('sha256');
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const query = new URLSearchParams({ result: result.resultId, offset: String(offset), limit: '524288' });
    const answer = await fetch(`${url}/v1/runs/${runId}/output?${query}`, { headers });
    const page = outputPageSchema.parse(await answer.json());
    hash.update(page.text);
    offset = page.nextOffset;
  }
  return hash.digest('hex');
};
