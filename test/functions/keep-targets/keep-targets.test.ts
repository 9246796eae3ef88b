import { describe, expect, it } from 'vitest';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { driveAttempt } from '#test/kit/drive.ts';
import { hosts, jobOf, op, type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();
let count = 0;
const newName = (): string => {
  count += 1;
  return `set-${count}`;
};
const where = 'node.tags.role == "h"';
const put = (rig: Rig, name: string, spec: object = { where }, writer: object = {}) =>
  rig.services.putTargetSet(name, spec, { actor: 'ann', ...writer });
const groupsOn = (set: string) => [{ name: 'g', targets: { set }, phases: [{ name: 'p', operations: [op('a')] }] }];
const start = (rig: Rig, job: unknown) =>
  rig.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'ann' });
const id = (text: string) => nodeIdSchema.parse(text);

describe('target sets', () => {
  it('are put as revisions, shown, listed, and removed with a history', async () => {
    const rig = newRig();
    const name = newName();
    const first = await put(rig, name, { where, description: 'the shop' });
    expect(first).toMatchObject({ etag: '"1"', view: { name, revision: 1, created: true, where, latest: true } });
    expect((await put(rig, name, { where, description: 'the shop' })).view).toMatchObject({
      revision: 1,
      created: false,
    });
    const second = await put(rig, name, { nodes: [id('i-2'), id('i-1'), id('i-2')], comment: 'only two' });
    expect(second.view).toMatchObject({ revision: 2, nodes: ['i-2', 'i-1'], outline: '2 nodes' });
    expect(second.view).not.toHaveProperty('where');

    expect((await rig.services.viewTargetSet(name, { revision: 1 })).view).toMatchObject({ where, latest: false });
    const listed = (await rig.services.listTargetSets({ limit: 1000, removed: false })).items;
    expect(listed.find((one) => one.name === name)).toMatchObject({ revision: 2, outline: '2 nodes', removed: false });

    expect(await rig.services.removeTargetSet(name, {}, { actor: 'bob' })).toMatchObject({ changes: 3, usedBy: [] });
    await expect(rig.services.viewTargetSet(name, {})).rejects.toMatchObject({
      code: 'targets.not-found',
      message: expect.stringContaining('removed by bob'),
    });
    expect((await rig.services.viewTargetSet(name, { revision: 2 })).view).toMatchObject({ removed: true });
    const { items } = await rig.services.listTargetSetChanges(name, { limit: 10 });
    expect(items.map(({ revision, action, outline }) => [revision, action, outline])).toEqual([
      [3, 'remove', '2 nodes'],
      [2, 'put', '2 nodes'],
      [1, 'put', `where ${where}`],
    ]);
  });

  it('change only as the one who changes them has seen them', async () => {
    const rig = newRig();
    const name = newName();
    await put(rig, name);
    await expect(put(rig, name, { where: 'true' }, { ifNoneMatch: '*' })).rejects.toMatchObject({
      code: 'precondition.failed',
    });
    await put(rig, name, { where: 'true' }, { ifMatch: '"1"' });
    await expect(put(rig, name, { where: 'false' }, { ifMatch: '"1"' })).rejects.toMatchObject({
      code: 'precondition.failed',
      message: expect.stringContaining(`Target set '${name}' is at "2"`),
    });
  });

  it.each([
    ['nothing', {}, 'request.invalid'],
    ['both', { where, nodes: [id('i-1')] }, 'request.invalid'],
    ['params', { where: 'node.name == params.x' }, 'request.invalid'],
    ['no condition', { where: 'node.' }, 'expression.invalid'],
  ])('are refused with %s', async (_, spec, code) => {
    await expect(put(newRig(), newName(), spec)).rejects.toMatchObject({ code });
  });

  it('are refused under a name that is none', async () => {
    await expect(put(newRig(), 'a b')).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('are the filter of lists of nodes', async () => {
    const rig = newRig(hosts(4));
    const name = newName();
    await put(rig, name, { nodes: [id('i-002'), id('i-004'), id('gone')] });
    const page = await rig.services.listNodes({ limit: 10, set: name, where: 'node.id != "i-004"' });
    expect(page.items.map((node) => node.id)).toEqual(['i-002']);
    expect((await rig.services.viewAgents({ set: name, limit: 5 })).places).toMatchObject([{ online: 2 }]);
    await expect(rig.services.listNodes({ limit: 10, set: `${name}x` })).rejects.toMatchObject({
      code: 'targets.not-found',
      hint: expect.stringContaining(name),
    });
  });
});

describe('a job that names a target set', () => {
  it('runs on what the set said when the run was planned, whatever becomes of it', async () => {
    const rig = newRig(hosts(5));
    const name = newName();
    await put(rig, name, { nodes: [id('i-002'), id('i-004')] });
    const groups = groupsOn(name);
    const runId = await rig.submit(groups);
    await put(rig, name, { nodes: [id('i-005')] });
    await rig.services.removeTargetSet(name, {}, { actor: 'bob' });

    expect(await driveAttempt(rig, runId)).toBe('succeeded');
    const { items } = await rig.services.listNodeRows(runId, { limit: 10 });
    expect(items.map(({ nodeId }) => nodeId)).toEqual(['i-002', 'i-004']);
    expect((await rig.services.viewRunJob(runId)).job).toMatchObject({
      spec: { groups: [{ targets: { set: name } }] },
    });
  });

  it('is planned on the nodes of the set that fulfil its own condition', async () => {
    const rig = newRig(hosts(4));
    const name = newName();
    await put(rig, name);
    const job = jobOf([{ name: 'g', phases: [{ name: 'p', operations: [op('a')] }] }], {
      targets: { set: name, where: 'node.id > "i-002"', exclude: 'node.id == "i-004"' },
    });
    const plan = await rig.services.planPreview({ job, params: {}, only: {} });
    expect(plan.groups[0]?.rounds[0]?.nodes.map((node) => node.id)).toEqual(['i-003']);
  });

  it('is refused with the place of the name when there is no such set, and with the name that may be meant', async () => {
    const rig = newRig();
    const name = newName();
    await put(rig, name);
    await expect(start(rig, jobOf(groupsOn(`${name}0`)))).rejects.toMatchObject({
      code: 'targets.not-found',
      message: `There is no target set '${name}0'`,
      hint: expect.stringContaining(`'${name}'`),
      places: [{ path: '/spec/groups/0/targets/set' }],
    });
  });

  it('is told when the set is removed, with the schedules that start it', async () => {
    const rig = newRig();
    const [name, other] = [newName(), newName()];
    await put(rig, name);
    const stored = { ...jobOf(groupsOn(name)), metadata: { name: `roll-${name}` } };
    await rig.services.applyJob(`roll-${name}`, { job: stored }, { actor: 'ann' });
    await rig.services.applyJob(
      `roll-${other}`,
      { job: { ...jobOf(groupsOn(other)), metadata: { name: `roll-${other}` } } },
      { actor: 'ann' },
    );
    await rig.services.putSchedule(
      `nightly-${name}`,
      {
        ...{ job: `roll-${name}`, expression: '0 2 * * *', zone: 'UTC', params: {} },
        ...{ calendars: [], overlap: 'skip', enabled: true, tags: {} },
      },
      { actor: 'ann' },
    );
    expect((await rig.services.removeTargetSet(name, {}, { actor: 'bob' })).usedBy).toEqual([
      { job: `roll-${name}`, schedules: [`nightly-${name}`] },
    ]);
  });
});
