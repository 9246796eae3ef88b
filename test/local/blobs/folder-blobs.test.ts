import { mkdtempSync, readdirSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import { removeOldBlobs } from '#local/blobs/remove-old.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const folder = () => mkdtempSync(join(tmpdir(), 'drover-blobs-'));

describe('blobs in a folder', () => {
  it('gives back what was put, in sub-folders too, and leaves no drafts', async () => {
    const dir = folder();
    const blobs = createFolderBlobs(dir);

    await Promise.all([
      blobs.put('a/b/c.json', bytes('中文')),
      blobs.put('a/b/c.json', bytes('中文')),
      blobs.put('empty', bytes('')),
    ]);

    expect(new TextDecoder().decode(await blobs.get('a/b/c.json'))).toBe('中文');
    expect(await blobs.get('empty')).toHaveLength(0);
    expect(readdirSync(join(dir, 'a/b'))).toEqual(['c.json']);
  });

  it('says which blob is not there', async () => {
    await expect(createFolderBlobs(folder()).get('no/such')).rejects.toMatchObject({
      code: 'blob.not-found',
      message: 'There is no blob no/such',
    });
  });

  it('removes a blob; none is no error', async () => {
    const blobs = createFolderBlobs(folder());
    await blobs.put('secrets/a', bytes('x'));
    await blobs.remove('secrets/a');
    await blobs.remove('secrets/a');
    expect(await blobs.size('secrets/a')).toBeUndefined();
    await blobs.put('secrets/a', bytes('again'));
    expect(await blobs.size('secrets/a')).toBe(5);
  });

  it('forgets what is old below a prefix, and only that', async () => {
    const dir = folder();
    const blobs = createFolderBlobs(dir);
    for (const key of ['secrets/r/old', 'secrets/r/new', 'jobs/old']) await blobs.put(key, bytes(key));
    const longAgo = new Date(Date.now() - 90_000_000);
    for (const key of ['secrets/r/old', 'jobs/old']) utimesSync(join(dir, key), longAgo, longAgo);
    await removeOldBlobs(dir, { prefix: 'secrets', olderThanMs: 86_400_000, now: Date.now() });
    await removeOldBlobs(dir, { prefix: 'nothing', olderThanMs: 0, now: Date.now() });
    const sizes = await Promise.all(['secrets/r/old', 'secrets/r/new', 'jobs/old'].map((key) => blobs.size(key)));
    expect(sizes).toEqual([undefined, 13, 8]);
  });

  it('never leaves its folder', async () => {
    await expect(createFolderBlobs(folder()).put('../outside', bytes('x'))).rejects.toMatchObject({
      code: 'internal.bug',
    });
  });
});
