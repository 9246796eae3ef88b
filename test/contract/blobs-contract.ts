import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Blobs, UploadForm, UploadGrant } from '#shared/ports/services.ts';

/** Blobs under test, with what takes uploads for them. */
export interface BlobsSubject {
  readonly blobs: Blobs;
  close(): Promise<void>;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

const collect = async (chunks: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
};

/** Posts a file by a form, as a browser does. */
export const postForm = (
  form: UploadForm,
  key: string,
  bytes: Uint8Array,
  change: Readonly<Record<string, string>> = {},
): Promise<Response> => {
  const body = new FormData();
  const fields = { key, policy: Buffer.from(form.policy).toString('base64'), ...form.fields, ...change };
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  body.append('file', new Blob([Buffer.from(bytes)]), 'f');
  return fetch(form.url, { method: 'POST', body });
};

const grantOf = (change: Partial<UploadGrant> = {}): UploadGrant => ({
  prefix: 'output/r/f/',
  since: new Date().toISOString(),
  expiresSeconds: 60,
  maxBytes: 1000,
  ...change,
});

/** What every store of blobs does. `open` gives an empty one. */
export const blobsContract = (name: string, open: () => Promise<BlobsSubject>): void => {
  describe(`${name}: blobs`, () => {
    let subject: BlobsSubject;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const formFor = async (change: Partial<UploadGrant> = {}): Promise<UploadForm> => {
      const form = await subject.blobs.allowUploads(grantOf(change));
      if (form === undefined) throw new Error('No uploads here.');
      return form;
    };

    it('gives back what was put: all of it, from a byte on, or a part', async () => {
      const { blobs } = subject;
      await blobs.put('a/b', text('0123456789'));
      const read = async (range?: { readonly start: number; readonly length?: number }) => {
        const { totalBytes, chunks } = await blobs.read('a/b', range);
        return [totalBytes, (await collect(chunks)).toString()];
      };
      expect(Buffer.from(await blobs.get('a/b')).toString()).toBe('0123456789');
      expect(await read()).toEqual([10, '0123456789']);
      expect(await read({ start: 7 })).toEqual([10, '789']);
      expect(await read({ start: 2, length: 3 })).toEqual([10, '234']);
      expect(await read({ start: 8, length: 30 })).toEqual([10, '89']);
      expect(await read({ start: 3, length: 0 })).toEqual([10, '']);
      expect(await read({ start: 10 })).toEqual([10, '']);
      expect(await read({ start: 99, length: 5 })).toEqual([10, '']);
      expect(await blobs.size('a/b')).toBe(10);
    });

    it('reads an empty blob', async () => {
      await subject.blobs.put('empty', new Uint8Array());
      const { totalBytes, chunks } = await subject.blobs.read('empty');
      expect([totalBytes, await collect(chunks)]).toEqual([0, Buffer.alloc(0)]);
      expect(await subject.blobs.size('empty')).toBe(0);
    });

    it('says what is not there', async () => {
      const missing = { code: 'blob.not-found', message: 'There is no blob no/such' };
      await expect(subject.blobs.get('no/such')).rejects.toMatchObject(missing);
      await expect(subject.blobs.read('no/such')).rejects.toMatchObject(missing);
      await expect(subject.blobs.read('no/such', { start: 5, length: 2 })).rejects.toMatchObject(missing);
      expect(await subject.blobs.size('no/such')).toBeUndefined();
    });

    it('removes what is below a prefix, and nothing else; twice is once', async () => {
      const { blobs } = subject;
      for (const key of ['runs/r1/a', 'runs/r1/deep/b c', 'runs/r10/a', 'other/r1/a']) await blobs.put(key, text('x'));
      await blobs.removeBelow('runs/r1/');
      await blobs.removeBelow('runs/r1/');
      await blobs.removeBelow('never/there/');
      const sizes = ['runs/r1/a', 'runs/r1/deep/b c', 'runs/r10/a', 'other/r1/a'].map((key) => blobs.size(key));
      expect(await Promise.all(sizes)).toEqual([undefined, undefined, 1, 1]);
    });

    it('streams a large blob in chunks', async () => {
      const bytes = Buffer.alloc(3_000_000, 'abcdefghij');
      await subject.blobs.put('large', bytes);
      const hash = createHash('sha256');
      let largest = 0;
      for await (const chunk of (await subject.blobs.read('large')).chunks) {
        hash.update(chunk);
        largest = Math.max(largest, chunk.length);
      }
      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
      expect(largest).toBeLessThan(1_000_000);
    });

    it('takes an upload by a form that it gave out, once or twice', async () => {
      const form = await formFor();
      const key = `${form.keyPrefix}i-1@a~b_2E.o`;
      expect((await postForm(form, key, Uint8Array.of(0, 13, 10, 45, 45, 255))).status).toBe(204);
      expect((await postForm(form, key, Uint8Array.of(1, 2))).status).toBe(204);
      expect([...(await subject.blobs.get('output/r/f/i-1@a~b_2E.o'))]).toEqual([1, 2]);
    });

    it('takes no more and no less than the grant says', async () => {
      const form = await formFor();
      const at = `${form.keyPrefix}limit`;
      expect((await postForm(form, at, new Uint8Array(1000))).ok).toBe(true);
      expect((await postForm(form, `${form.keyPrefix}none`, new Uint8Array())).ok).toBe(true);
      expect((await postForm(form, `${form.keyPrefix}more`, new Uint8Array(1001))).ok).toBe(false);
      expect(await subject.blobs.size('output/r/f/limit')).toBe(1000);
      expect(await subject.blobs.size('output/r/f/none')).toBe(0);
      expect(await subject.blobs.size('output/r/f/more')).toBeUndefined();
    });

    it('refuses an upload elsewhere, with another policy, with a field more, or too late', async () => {
      const form = await formFor();
      const inside = `${form.keyPrefix}x`;
      const wider = form.policy.replace('output/r/f/', 'output/');
      const late = await formFor({ since: new Date(Date.now() - 61_000).toISOString() });
      const answers = [
        await postForm(form, inside.replace('output/r/f/', 'output/r/other/'), text('x')),
        await postForm({ ...form, policy: wider }, inside, text('x')),
        await postForm(form, inside, text('x'), { 'x-amz-signature': '0'.repeat(64) }),
        await postForm(form, inside, text('x'), { acl: 'public-read' }),
        await postForm(late, inside, text('x')),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
      expect(await subject.blobs.size('output/r/f/x')).toBeUndefined();
    });

    it('gives the same form for the same grant, and never one for longer than a week', async () => {
      const grant = { since: '2026-01-02T03:04:05.000Z', expiresSeconds: 30 * 86_400 };
      const form = await formFor(grant);
      expect(await formFor(grant)).toEqual(form);
      expect(JSON.parse(form.policy).expiration).toBe('2026-01-09T03:04:05.000Z');
    });

    it('gives an address under which a blob can be read as it was before it was compressed', async () => {
      await subject.blobs.put('output/z.gz', gzipSync('was ist das? 😀'));
      const grant = { expiresSeconds: 60, gzip: true, fileName: 'ä b.txt' };
      const answer = await fetch((await subject.blobs.addressOf('output/z.gz', grant)) ?? '');
      expect(await answer.text()).toBe('was ist das? 😀');
      expect(answer.headers.get('content-disposition')).toBe("attachment; filename*=UTF-8''%C3%A4%20b.txt");
      const plain = await fetch((await subject.blobs.addressOf('output/z.gz', { ...grant, gzip: false })) ?? '');
      expect(Buffer.from(await plain.arrayBuffer())).toEqual(gzipSync('was ist das? 😀'));
    });
  });
};
