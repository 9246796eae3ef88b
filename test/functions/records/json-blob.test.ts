import { describe, expect, it } from 'vitest';
import { createJsonBlobs, putJson } from '#functions/records/json-blob.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { createMemoryBlobs } from '#test/kit/memory-blobs.ts';
import { jobOf, op } from '#test/kit/rig.ts';

const job = (name: string) => parseJob(jobOf([{ name, phases: [{ name: 'p', operations: [op('a')] }] }]));

const runId = runIdSchema.parse('01JD0000000000000000000000');
const runOf = (jobBlob: string) => ({ runId, jobBlob, params: {} });

describe('JSON blobs', () => {
  it('store the same value once, under its hash', async () => {
    const blobs = createMemoryBlobs();

    const keys = [await putJson(blobs, 'jobs', job('g')), await putJson(blobs, 'jobs', job('g'))];

    expect(keys[0]).toMatch(/^jobs\/[0-9a-f]{64}\.json$/);
    expect(blobs.keys()).toEqual([keys[0]]);
    expect(await putJson(blobs, 'jobs', job('h'))).not.toBe(keys[0]);
  });

  it('are read once however many ask at once, and are what was written', async () => {
    const blobs = createMemoryBlobs();
    const jobBlob = await putJson(blobs, 'jobs', job('g'));
    const json = createJsonBlobs(blobs);

    const [one, other] = await Promise.all([json.job(runOf(jobBlob)), json.job(runOf(jobBlob))]);
    await json.job(runOf(jobBlob));

    expect(one).toEqual(job('g'));
    expect(other).toBe(one);
    expect(blobs.reads).toEqual([jobBlob]);
  });

  it('are read again after a read that failed', async () => {
    const blobs = createMemoryBlobs();
    const json = createJsonBlobs(blobs);
    const value = { nodes: [], runners: {} };
    const key = await putJson(createMemoryBlobs(), 'targets', value);
    await expect(json.targets(key)).rejects.toMatchObject({ code: 'blob.not-found' });

    await putJson(blobs, 'targets', value);

    expect(await json.targets(key)).toEqual(value);
  });

  it('forget the oldest of many', async () => {
    const blobs = createMemoryBlobs();
    const json = createJsonBlobs(blobs);
    const keys = await Promise.all(Array.from({ length: 33 }, (_, index) => putJson(blobs, 'jobs', job(`g${index}`))));

    for (const jobBlob of keys) await json.job(runOf(jobBlob));
    await json.job(runOf(keys[32]!));
    await json.job(runOf(keys[0]!));

    expect(blobs.reads).toHaveLength(34);
  });

  it('that are not what they were written as are a defect', async () => {
    const blobs = createMemoryBlobs();
    const key = await putJson(blobs, 'targets', { nodes: 'all' });

    await expect(createJsonBlobs(blobs).targets(key)).rejects.toMatchObject({ code: 'internal.bug' });
  });
});
