import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type UploadDeps, withUploadedFiles } from '#cli/inputs/file-params.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet, type OpenFleet, openFleet } from '#test/kit/fleet.ts';

let folder: string;
let fleet: OpenFleet | undefined;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-files-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(async () => {
  await fleet?.close();
  fleet = undefined;
});

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const declared = { cert: { type: 'file' }, big: { type: 'file' }, empty: { type: 'file' } } as const;

const uploading = (): UploadDeps => {
  const { services } = fleet!;
  return {
    fetch,
    client: async () => ({
      offerFile: services.offerFile,
      completeFile: (digest, request) => services.completeFile(digest, request, 'ann'),
    }),
  };
};

const file = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return `@${join(folder, name)}`;
};

const jobOf = (operations: readonly unknown[]) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'files' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    params: declared,
    groups: [{ name: 'g', phases: [{ name: 'p', operations }] }],
  },
});

const start = async (operations: readonly unknown[], params: Readonly<Record<string, string>>): Promise<RunId> =>
  (await fleet!.services.submitRun({ request: { job: jobOf(operations), params, only: {} }, actor: 'ann' })).runId;

const printed = async (runId: RunId) =>
  (await fleet!.services.listResults(runId, { limit: 100 })).items.map((one) => [
    `${one.name} ${one.operation} ${one.attempt}`,
    one.status,
    one.reason ?? one.stdout.trim(),
  ]);

describe('files that a run is given', () => {
  it('reach the nodes of both clouds, whatever they are called and hold, and are gone afterwards', async () => {
    fleet = await openFleet(hostsFleet(2, 1));
    const big = randomBytes(20 * 1024 * 1024);
    const params = {
      cert: file("it's 中文 é.pem", 'the certificate\n'),
      big: file('big.bin', big),
      empty: file('empty', ''),
    };
    const values = await withUploadedFiles(uploading(), declared, params);
    expect(values['empty']).toBe(`sha256:${sha256(Buffer.alloc(0))}/empty`);
    const run = 'cat "$CERT"; basename "$CERT"; sha256sum < "$1"; wc -c < "$2"; case $CERT in at:*) exit 1; esac';
    const runId = await start(
      [
        { id: 'a', run, env: { CERT: '${{ params.cert }}' }, args: ['${{ params.big }}', '${{ params.empty }}'] },
        { id: 'b', run: 'echo "$P"; ls "${P%/*}"', env: { P: '${{ params.cert }}' } },
      ],
      { cert: String(values['cert']), big: String(values['big']), empty: String(values['empty']) },
    );
    const view = await fleet.ended(runId);
    expect(view.status).toBe('succeeded');
    const all = await printed(runId);
    expect(all.filter(([title]) => title?.includes(' a ')).toSorted()).toEqual(
      ['h-1', 'h-2', 'c-1']
        .toSorted()
        .map((node) => [`${node} a 1`, 'succeeded', `the certificate\nit's 中文 é.pem\n${sha256(big)}  -\n0`]),
    );
    const paths = all.filter(([title]) => title?.includes(' b ')).map(([, , text]) => text?.split('\n'));
    for (const [path, listed] of paths as string[][]) {
      expect(listed).toBe("it's 中文 é.pem");
      expect(() => readFileSync(path ?? '')).toThrow(/ENOENT/);
    }
    // The addresses by which nodes fetched are in nothing that is kept but the agents' own commands.
    const view2 = JSON.stringify([view, all]);
    expect(view2).not.toMatch(/X-Amz-Signature|signature=/i);
  }, 60_000);

  it('are the same when the run is continued, though the file changed meanwhile', async () => {
    fleet = await openFleet(hostsFleet(1));
    const values = await withUploadedFiles(uploading(), declared, { cert: file('conf', 'first') });
    const gate = join(folder, 'go');
    const runId = await start([{ id: 'a', run: `cat "$1"; [ -e '${gate}' ]`, args: ['${{ params.cert }}'] }], {
      cert: String(values['cert']),
    });
    expect((await fleet.ended(runId)).status).toBe('failed');
    file('conf', 'second');
    writeFileSync(gate, '');
    await fleet.services.continueRun(runId, { mode: 'continue', only: {} }, 'ann');
    expect((await fleet.ended(runId)).status).toBe('succeeded');
    const results = (await fleet.services.listResults(runId, { limit: 10 })).items;
    expect(results.map(({ attempt, stdout }) => [attempt, stdout])).toEqual([
      [1, 'first'],
      [2, 'first'],
    ]);
  });

  it('are refused when they were not uploaded, have another digest, or are kept no more', async () => {
    fleet = await openFleet(hostsFleet(1));
    const operations = [{ id: 'a', run: 'cat "$1"', args: ['${{ params.cert }}'] }];
    const digest = sha256(Buffer.from('never sent'));
    await expect(start(operations, { cert: `sha256:${digest}/x` })).rejects.toMatchObject({ code: 'file.not-found' });
    await expect(start(operations, { cert: './x' })).rejects.toMatchObject({ code: 'params.invalid' });

    const offer = await fleet.services.offerFile({ name: 'x', sha256: digest, bytes: 5 });
    const send = async (content: string) => {
      const form = new FormData();
      for (const [name, value] of Object.entries(offer.fields)) form.set(name, value);
      form.set('file', new Blob([content]), 'file');
      return (await fetch(offer.url, { method: 'POST', body: form })).ok;
    };
    expect(await send('longer than it was said')).toBe(false);
    expect(await send('wrong')).toBe(true);
    await expect(fleet.services.completeFile(digest, { name: 'x' }, 'ann')).rejects.toMatchObject({
      code: 'file.wrong',
    });
    await expect(start(operations, { cert: `sha256:${digest}/x` })).rejects.toMatchObject({ code: 'file.not-found' });

    const values = await withUploadedFiles(uploading(), declared, { cert: file('y', 'there') });
    const job = [{ id: 'w', run: `rm -rf "$1"`, args: [join(fleet.stateDir, 'blobs', 'files')] }, ...operations];
    const runId = await start(job, { cert: String(values['cert']) });
    await fleet.ended(runId);
    expect((await printed(runId)).map(([title, status, text]) => [title, status, text?.slice(0, 14)])).toEqual([
      ['h-1 w 1', 'succeeded', ''],
      ['h-1 a 1', 'failed', 'file.not-found'],
    ]);
  });
});

describe('withUploadedFiles', () => {
  it('says what is wrong with a file before anything is sent, and leaves other params alone', async () => {
    const never = async () => {
      throw new Error('Nothing is to be sent.');
    };
    const deps = { fetch: never, client: never };
    mkdirSync(join(folder, 'dir'), { recursive: true });
    const given = (cert: string) => withUploadedFiles(deps, declared, { cert });
    await expect(given(`@${folder}/gone`)).rejects.toMatchObject({
      code: 'params.invalid',
      message: expect.stringMatching(/gone/),
    });
    await expect(given(`@${folder}/dir`)).rejects.toMatchObject({ message: expect.stringMatching(/is not a file/) });
    await expect(given(file('a:b', 'x'))).rejects.toMatchObject({
      message: expect.stringMatching(/cannot be called 'a:b'/),
    });
    const value = `sha256:${'a'.repeat(64)}/x`;
    expect(
      await withUploadedFiles(deps, { text: { type: 'string' }, cert: { type: 'file' } }, { text: '@x', cert: value }),
    ).toEqual({
      text: '@x',
      cert: value,
    });
  });
});
