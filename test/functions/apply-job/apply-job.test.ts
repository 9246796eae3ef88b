import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jobOf, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

let names = 0;
const newName = (): string => {
  names += 1;
  return `roll shop (${names})`;
};

const jobNamed = (name: string, run = 'true', metadata = {}) => ({
  ...jobOf([{ name: 'g', phases: [{ name: 'p', operations: [op('a', { run })] }] }]),
  metadata: { name, ...metadata },
});

const apply = (rig: Rig, name: string, job: unknown = jobNamed(name), writer = {}) =>
  rig.services.applyJob(name, { job }, { actor: 'ann', ...writer });

describe('applying a job', () => {
  it('numbers revisions 1, 2, 3, each for ever what it was', async () => {
    const rig = newRig();
    const name = newName();
    const applied = [];
    for (const run of ['echo 1', 'echo 2', 'echo 1']) applied.push(await apply(rig, name, jobNamed(name, run)));

    expect(applied.map(({ view, etag }) => [view.revision, etag, view.created])).toEqual([
      [1, '"1"', true],
      [2, '"2"', true],
      [3, '"3"', true],
    ]);
    expect(applied[0]?.view.digest).toBe(applied[2]?.view.digest);
    for (const { view } of applied) {
      const stored = (await rig.services.viewJob(name, { revision: view.revision })).view;
      expect(stored).toMatchObject({ revision: view.revision, latest: view.revision === 3, job: view.job });
    }
    expect((await rig.services.viewJob(name, {})).view.revision).toBe(3);
  });

  it('keeps the revision when nothing is said anew', async () => {
    const rig = newRig();
    const name = newName();
    const first = await apply(rig, name);
    const other = jobNamed(name);
    const [group] = other.spec.groups as readonly object[];

    const second = await apply(
      rig,
      name,
      { ...other, spec: { ...other.spec, groups: [{ ...group, strategy: 'oneShot' }] } },
      { actor: 'bob' },
    );

    expect(second.view).toEqual({ ...first.view, created: false });
    expect((await rig.services.listJobChanges(name, { limit: 10 })).items).toHaveLength(1);
  });

  it('has a digest that is that of the stored bytes, and of runs of it', async () => {
    const rig = newRig();
    const name = newName();
    const { view } = await apply(rig, name);
    const [key = ''] = rig.libraryBlobs.keys();
    expect(key).toBe(`jobs/${view.digest}.json`);
    expect(
      createHash('sha256')
        .update(await rig.libraryBlobs.get(key))
        .digest('hex'),
    ).toBe(view.digest);
    const { runId } = await rig.services.submitRun({ request: { job: name, params: {}, only: {} }, actor: 'ann' });
    expect(await rig.store.get(runId)).toMatchObject({ jobName: name, jobRevision: 1, jobDigest: view.digest });
  });

  it('keeps description, comment, who and when', async () => {
    const rig = newRig();
    const name = newName();
    const job = jobNamed(name, 'true', { description: 'Rolls', labels: { team: 'shop' } });
    await rig.services.applyJob(name, { job, comment: 'first try' }, { actor: 'ann' });
    const { items } = await rig.services.listJobs({ limit: 10, prefix: name, removed: false });
    expect(items).toEqual([
      {
        ...{ name, revision: 1, digest: expect.any(String), removed: false, actor: 'ann', at: expect.any(String) },
        ...{ comment: 'first try', description: 'Rolls', labels: { team: 'shop' } },
      },
    ]);
  });

  it('holds conditions against the latest revision', async () => {
    const rig = newRig();
    const name = newName();
    const failed = { code: 'precondition.failed' };
    await apply(rig, name, jobNamed(name, 'echo 1'), { ifNoneMatch: '*' });
    await expect(apply(rig, name, jobNamed(name, 'echo 2'), { ifNoneMatch: '*' })).rejects.toMatchObject(failed);
    await apply(rig, name, jobNamed(name, 'echo 2'), { ifMatch: '"1"' });
    await expect(apply(rig, name, jobNamed(name, 'echo 3'), { ifMatch: '"1"' })).rejects.toMatchObject({
      ...failed,
      message: expect.stringContaining('is at "2", changed by ann'),
    });
    await expect(rig.services.removeJob(name, {}, { actor: 'ann', ifMatch: '"1"' })).rejects.toMatchObject(failed);
  });

  it('takes a job whose commands are not there yet; planning it says so', async () => {
    const rig = newRig();
    const name = newName();
    const job = {
      ...jobOf([{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'a', use: 'not/there' }] }] }]),
      metadata: { name },
    };
    expect((await apply(rig, name, job)).view.created).toBe(true);
    await expect(rig.services.planPreview({ job: name, params: {}, only: {} })).rejects.toMatchObject({
      code: 'job.invalid',
      places: [{ path: '/spec/groups/0/phases/0/operations/0/use' }],
    });
  });

  it('refuses another name than that of the path, and what is no job', async () => {
    const rig = newRig();
    const name = newName();
    await expect(apply(rig, name, jobNamed('other'))).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(apply(rig, name, {})).rejects.toMatchObject({ code: 'job.invalid' });
    expect(rig.libraryBlobs.keys()).toEqual([]);
  });
});
