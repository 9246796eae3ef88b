import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OutputQuery } from '#shared/contract/requests.ts';
import { type ResultId, type RunId, resultIdSchema } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, type Rig, useRigs } from '#test/kit/rig.ts';
import { newRunId } from '#test/kit/store-samples.ts';
import { uploadAsNode } from '#test/kit/uploads.ts';

const newRig = useRigs();
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }];
const place = { operation: 'a', instanceId: 'i-001' };

const resultOf = async (rig: Rig, runId: RunId): Promise<ResultId> => {
  const [item] = (await rig.services.listResults(runId, { limit: 1 })).items;
  return item?.resultId ?? expect.fail('no result');
};

/** A run whose one node printed this, and the id of its result. */
const printed = async (bytes: Uint8Array, gzip: boolean) => {
  const rig = newRig(hosts(1));
  const runId = await rig.submit(groups);
  const recorded = await uploadAsNode(rig.blobs, { runId, ...place }, { bytes, gzip, shown: 0 });
  rig.script.answer = () => recorded;
  await driveAttempt(rig, runId);
  return { rig, runId, result: await resultOf(rig, runId) };
};

const read = (rig: Rig, runId: RunId, query: Pick<OutputQuery, 'result'> & Partial<OutputQuery>) =>
  rig.services.readOutput(runId, { stream: 'stdout', offset: 0, limit: 1000, ...query });

const readAll = async (rig: Rig, runId: RunId, query: Pick<OutputQuery, 'result'> & Partial<OutputQuery>) => {
  const texts: string[] = [];
  let offset: number | undefined = 0;
  while (offset !== undefined) {
    const page = await read(rig, runId, { ...query, offset });
    texts.push(page.text);
    offset = page.nextOffset;
  }
  return texts;
};

describe('a part of the output', () => {
  it.each([true, false])('is any part of what a node uploaded, and all parts are all of it (gzip %s)', async (gzip) => {
    const text = 'äöü 中文 😀 and plain\n'.repeat(40_000);
    const { rig, runId, result } = await printed(Buffer.from(text), gzip);

    const texts = await readAll(rig, runId, { result, limit: 100_001 });
    const middle = await read(rig, runId, { result, offset: 29 * 20_000, limit: 29 });

    expect(texts.join('') === text).toBe(true);
    expect(texts.length).toBeGreaterThan(10);
    expect(middle).toEqual({
      resultId: result,
      stream: 'stdout',
      offset: 580_000,
      nextOffset: 580_029,
      text: 'äöü 中文 😀 and plain\n',
      keptBytes: 29 * 40_000,
      totalBytes: 29 * 40_000,
      complete: true,
      sha256: createHash('sha256').update(text).digest('hex'),
    });
  });

  it.each([4, 5, 6, 7, 8])('never ends within a character (%d bytes at once)', async (limit) => {
    const text = '😀é中a😀😀';
    const { rig, runId, result } = await printed(Buffer.from(text), false);
    const texts = await readAll(rig, runId, { result, limit });
    expect(texts.join('')).toBe(text);
    expect(texts.join('')).not.toContain('\ufffd');
  });

  it('goes on through bytes that are no text', async () => {
    const bytes = Buffer.from(Array.from({ length: 600 }, (_, index) => [0xff, 0x80, 0xf0, 0xc3][index % 4] ?? 0));
    const { rig, runId, result } = await printed(bytes, true);
    const texts = await readAll(rig, runId, { result, limit: 7 });
    expect(texts.length).toBeGreaterThan(80);
    expect(texts.join('')).toMatch(/^\ufffd+$/);
  });

  it('is empty at the end and behind it', async () => {
    const { rig, runId, result } = await printed(Buffer.from('0123456789abc'), true);
    expect(await read(rig, runId, { result, offset: 13 })).toMatchObject({ text: '', keptBytes: 13 });
    expect(await read(rig, runId, { result, offset: 999 })).toMatchObject({ text: '' });
    expect(await read(rig, runId, { result, offset: 13 })).not.toHaveProperty('nextOffset');
  });

  it('comes from the text where the node uploaded nothing, and says whether that is all', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 0, stdout: 'x'.repeat(5000), stderr: 'err\n', cutBytes: 700 });
    const runId = await rig.submit(groups);
    await driveAttempt(rig, runId);
    const result = await resultOf(rig, runId);

    const kept = `${'x'.repeat(5000)}\n[... 700 bytes omitted ...]\n`;
    expect((await readAll(rig, runId, { result, limit: 999 })).join('')).toBe(kept);
    expect(await read(rig, runId, { result })).toMatchObject({
      complete: false,
      totalBytes: 5700,
      keptBytes: kept.length,
      sha256: null,
    });
    expect(await read(rig, runId, { result, stream: 'stderr' })).toMatchObject({ text: 'err\n', complete: true });
  });

  it('is not there for a result or a run that is not, or when its blob is gone', async () => {
    const { rig, runId, result } = await printed(Buffer.from('0123456789abc'), true);
    const other = resultIdSchema.parse(result.replace('.t0.', '.t1.'));
    await expect(read(rig, runId, { result: other })).rejects.toMatchObject({ code: 'output.not-found' });
    await expect(read(rig, newRunId(), { result })).rejects.toMatchObject({ code: 'run.not-found' });
    for (const key of rig.blobs.keys()) if (key.startsWith('output/')) rig.blobs.forget(key);
    await expect(read(rig, runId, { result })).rejects.toMatchObject({ code: 'output.not-found' });
  });

  it('is said to be damaged when its blob is', async () => {
    const { rig, runId, result } = await printed(Buffer.from('0123456789abc'), true);
    for (const key of rig.blobs.keys()) if (key.startsWith('output/')) await rig.blobs.put(key, Buffer.from('no gzip'));
    await expect(read(rig, runId, { result })).rejects.toMatchObject({ code: 'output.damaged' });
    for (const key of rig.blobs.keys()) if (key.startsWith('output/')) await rig.blobs.put(key, gzipSync('0123'));
    expect(await read(rig, runId, { result, limit: 4 })).toMatchObject({ text: '0123', nextOffset: 4 });
    await expect(read(rig, runId, { result, offset: 4 })).rejects.toMatchObject({ code: 'output.damaged' });
  });
});

describe('the output as a whole', () => {
  it('comes as bytes where it has no address of its own', async () => {
    const bytes = Buffer.from([0, 255, 10, 13]);
    const { rig, runId, result } = await printed(bytes, true);
    const content = await rig.services.openOutputContent(runId, { result, stream: 'stdout' });
    const chunks: Uint8Array[] = [];
    for await (const chunk of content.chunks()) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(bytes);
    expect(content).toMatchObject({ complete: true, sha256: createHash('sha256').update(bytes).digest('hex') });
    expect(content).not.toHaveProperty('address');
  });
});
