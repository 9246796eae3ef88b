import { describe, expect, it } from 'vitest';
import { putCommandAs } from '#test/kit/library.ts';
import { jobOf, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

let names = 0;
const newName = (): string => {
  names += 1;
  return `remove shop (${names})`;
};

const jobNamed = (name: string, run = 'true', metadata = {}) => ({
  ...jobOf([{ name: 'g', phases: [{ name: 'p', operations: [op('a', { run })] }] }]),
  metadata: { name, ...metadata },
});

const apply = (rig: Rig, name: string, job: unknown = jobNamed(name), writer = {}) =>
  rig.services.applyJob(name, { job }, { actor: 'ann', ...writer });

describe('removing a job', () => {
  it('takes it out of use; its revisions stay, and applying brings it back with the next number', async () => {
    const rig = newRig();
    const name = newName();
    await apply(rig, name);
    const request = { job: name, params: {}, only: {} };
    const { runId } = await rig.services.submitRun({ request, actor: 'ann' });

    expect(await rig.services.removeJob(name, { comment: 'old' }, { actor: 'bob' })).toMatchObject({
      ...{ name, changes: 2, actor: 'bob', comment: 'old' },
    });

    const gone = { code: 'job.not-found', message: expect.stringContaining('was removed by bob') };
    await expect(rig.services.viewJob(name, {})).rejects.toMatchObject(gone);
    await expect(rig.services.planPreview(request)).rejects.toMatchObject(gone);
    await expect(rig.services.planPreview({ ...request, job: `${name}@1` })).rejects.toMatchObject(gone);
    await expect(rig.services.removeJob(name, {}, { actor: 'bob' })).rejects.toMatchObject(gone);
    expect((await rig.services.listJobs({ limit: 10, prefix: name, removed: false })).items).toEqual([]);
    expect((await rig.services.listJobs({ limit: 10, prefix: name, removed: true })).items).toMatchObject([
      { name, removed: true },
    ]);
    expect((await rig.services.viewJob(name, { revision: 1 })).view).toMatchObject({ removed: true, latest: false });
    await expect(rig.services.viewJob(name, { revision: 2 })).rejects.toMatchObject(gone);
    expect((await rig.services.viewRun(runId)).job).toMatchObject({ name, revision: 1 });

    expect((await apply(rig, name)).view).toMatchObject({ revision: 3, created: true, removed: false });
    expect((await rig.services.listJobChanges(name, { limit: 10 })).items.map((one) => one.action)).toEqual([
      'put',
      'remove',
      'put',
    ]);
  });

  it('knows no job that there never was, and says which was meant', async () => {
    const rig = newRig();
    await apply(rig, 'deploy the shop', jobNamed('deploy the shop'));
    const meant = 'deploy teh shop';
    for (const ask of [
      () => rig.services.removeJob(meant, {}, { actor: 'a' }),
      () => rig.services.viewJob(meant, {}),
      () => rig.services.planPreview({ job: meant, params: {}, only: {} }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'job.not-found', hint: "Did you mean 'deploy the shop'?" });
    await expect(rig.services.viewJob('deploy the shop', { revision: 9 })).rejects.toMatchObject({
      code: 'job.not-found',
      message: "Job 'deploy the shop' has no revision 9",
    });
    await expect(rig.services.listJobChanges('nothing', { limit: 1 })).rejects.toMatchObject({ code: 'job.not-found' });
  });
});

describe('removing a command', () => {
  it('takes it out of use; its versions stay', async () => {
    const rig = newRig();
    const name = 'remove/command';
    const version = await putCommandAs(rig.services, name, { run: 'echo 1' });

    expect(await rig.services.removeCommand(name, { comment: 'old' }, { actor: 'bob' })).toMatchObject({ changes: 2 });

    const gone = { code: 'command.not-found', message: expect.stringContaining('was removed by bob') };
    await expect(rig.services.viewCommand(name, { version: 'latest' })).rejects.toMatchObject(gone);
    await expect(rig.services.removeCommand(name, {}, { actor: 'bob' })).rejects.toMatchObject(gone);
    const kept = await rig.services.viewCommand(name, { version: version.slice(0, 6) });
    expect(kept.view).toMatchObject({
      version,
      removed: true,
      latest: false,
      changed: { actor: 'bob', comment: 'old' },
    });
    const list = (removed: boolean) => rig.services.listCommands({ limit: 10, prefix: name, removed });
    expect((await list(false)).items).toEqual([]);
    expect((await list(true)).items).toMatchObject([
      { name, version, removed: true, interpreter: 'sh', type: 'script' },
    ]);
  });
});
