import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type UploadPlace, uploadClaims } from '#functions/collect-results/upload-claims.ts';
import { type FinishedEnvelope, parseEnvelope } from '#shared/script/envelope.ts';
import { fenceName } from '#shared/script/fence.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, op, useRigs } from '#test/kit/rig.ts';
import { uploadAsNode } from '#test/kit/uploads.ts';

const newRig = useRigs();
const groups = [{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }];
const bytes = Buffer.from('0123456789'.repeat(5000));
const digest = createHash('sha256').update(bytes).digest('hex');

describe('what a node says of its uploads', () => {
  it.each([true, false])('is kept with the result when the blob is there (gzip %s)', async (gzip) => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit(groups);
    const recorded = await uploadAsNode(rig.blobs, { runId, operation: 'a', instanceId: 'i-001' }, { bytes, gzip });
    rig.script.answer = () => recorded;

    await driveAttempt(rig, runId);

    const { items } = await rig.services.listResults(runId, { limit: 10 });
    expect(items).toMatchObject([
      {
        stdout: '0123456789\n[... 49990 bytes omitted ...]\n',
        stdoutBytes: 50_000,
        omittedBytes: 0,
        uploads: { stdout: { bytes: 50_000, sha256: digest } },
      },
    ]);
    expect(JSON.stringify(items)).not.toContain('output/');
    expect(items[0]).not.toHaveProperty('uploadProblem');
  });

  it('does not count when the blob is not there: the bytes are missing, and it says so', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 0, stdout: 'head', cutBytes: 100, uploads: `ug${digest},-,` });
    const runId = await rig.submit(groups);

    await driveAttempt(rig, runId);

    const { items } = await rig.services.listResults(runId, { limit: 10 });
    expect(items).toMatchObject([
      { omittedBytes: 100, uploadProblem: 'the node says that it did, and it is not there', status: 'succeeded' },
    ]);
    expect(items[0]).not.toHaveProperty('uploads');
  });

  it('names the reason when it failed', async () => {
    const rig = newRig(hosts(1));
    rig.script.answer = () => ({ exit: 3, stdout: 'head', cutBytes: 100, uploads: 'u!curl7,-,' });
    const runId = await rig.submit(groups);

    await driveAttempt(rig, runId);

    const { items } = await rig.services.listResults(runId, { limit: 10 });
    expect(items).toMatchObject([
      { omittedBytes: 100, uploadProblem: 'curl on the node ended with 7: there is no way to the storage' },
    ]);
  });
});

describe('failOn on long output', () => {
  const failing = [
    { name: 'g', phases: [{ name: 'p', operations: [op('a', { failOn: { patterns: ['^needle'] } })] }] },
  ];
  const outcomeOf = async (text: string, patterns?: readonly string[]) => {
    const rig = newRig(hosts(1));
    const runId = await rig.submit(
      patterns ? [{ name: 'g', phases: [{ name: 'p', operations: [op('a', { failOn: { patterns } })] }] }] : failing,
    );
    const recorded = await uploadAsNode(
      rig.blobs,
      { runId, operation: 'a', instanceId: 'i-001' },
      { bytes: Buffer.from(text) },
    );
    rig.script.answer = () => recorded;
    await driveAttempt(rig, runId);
    const [item] = (await rig.services.listResults(runId, { limit: 1 })).items;
    return [item?.status, item?.reason];
  };

  it('sees the lines that are not shown', async () => {
    const hay = 'hay\n'.repeat(20_000);
    expect(await outcomeOf(`${hay}needle 1\nneedle 2\n${hay}`)).toEqual([
      'failed',
      'Its output has a line that matches ^needle: needle 1',
    ]);
    expect(await outcomeOf(`${hay}no needle\n${hay}`)).toEqual(['succeeded', null]);
  });

  it('fails on a pattern that takes for ever', async () => {
    const [status, reason] = await outcomeOf(`x\n${'a'.repeat(60)}!\n`, ['(a+)+c']);
    expect([status, reason]).toEqual(['failed', expect.stringMatching(/^failOn: The pattern takes too long/)]);
  });
});

describe('the place of an upload', () => {
  const place: UploadPlace = { runId: 'R', fence: 'R.op.a1.t0', instanceId: 'i-1', nodeId: 'n/1' };
  const envelopeNamed = (name: string): FinishedEnvelope => {
    const body = `finished ${name} e 0 1.00 2.00 - 3 4 0 0 ug,r${digest}, =m= - 0 .`;
    const parsed = parseEnvelope(`drover1 new ${body.length} ${body}\nout\n=m=o\nerr\n\n=m=e\n`);
    if (parsed?.kind !== 'finished') throw new Error('no envelope');
    return parsed;
  };
  const blobsOf = (name: string) => uploadClaims(envelopeNamed(name), place).map(({ upload }) => upload.blob);
  const fence = fenceName(place.fence);

  it('is made of what we sent, never of what the node says', () => {
    expect(blobsOf(fence)).toEqual([`output/R/${fence}/i-1.o.gz`, `output/R/${fence}/i-1.e`]);
    expect(blobsOf(`${fence}@n_2F1`)).toEqual([`output/R/${fence}/i-1@n_2F1.o.gz`, `output/R/${fence}/i-1@n_2F1.e`]);
    expect(blobsOf(`${fence}@other`)).toEqual([]);
    expect(blobsOf(`${fence}@../../jobs/x`)).toEqual([]);
  });
});
