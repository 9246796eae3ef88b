import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { putCommand } from '#functions/put-command/put-command.ts';
import type { CommandInput } from '#shared/model/command.ts';
import { putCommandAs } from '#test/kit/library.ts';
import { type Rig, useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

let names = 0;
/** Rigs share a table, so each test has names of its own. */
const newName = (): string => {
  names += 1;
  return `put/${names}`;
};

const commandOf = (name: string, spec: Partial<CommandInput['spec']> = {}, metadata = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Command',
  metadata: { name, ...metadata },
  spec: { run: 'true', ...spec },
});

const put = (rig: Rig, name: string, command: unknown, writer = {}) =>
  rig.services.putCommand(name, { command }, { actor: 'ann', ...writer });

const changesOf = async (rig: Rig, name: string) =>
  (await rig.services.listCommandChanges(name, { limit: 100 })).items.map(({ change, action, version }) => [
    change,
    action,
    version.slice(0, 4),
  ]);

describe('putting a command', () => {
  it('makes a version whose id is the digest of what is stored', async () => {
    const rig = newRig();
    const name = newName();

    const { view, etag } = await put(rig, name, commandOf(name, { interpreter: 'bash' }, { description: 'x' }));

    const version = createHash('sha256').update('{"interpreter":"bash","run":"true"}').digest('hex');
    expect(view).toMatchObject({ name, version, latest: true, removed: false, actor: 'ann', created: true });
    expect(view.command).toEqual(commandOf(name, { interpreter: 'bash' }, { description: 'x' }));
    expect(etag).toBe('"1"');
    expect(rig.libraryBlobs.keys()).toEqual([`commands/${version}.json`]);
    expect(new TextDecoder().decode(await rig.libraryBlobs.get(`commands/${version}.json`))).toBe(
      '{"interpreter":"bash","run":"true"}',
    );
  });

  it('makes nothing new of the same content, whoever puts it and however it is written', async () => {
    const rig = newRig();
    const name = newName();
    const first = await put(rig, name, commandOf(name));
    rig.clock.advance(60);

    const second = await put(rig, name, commandOf(name, { timeout: '1h', env: {} }), { actor: 'bob' });

    expect(second.view).toEqual({ ...first.view, created: false });
    expect(second.etag).toBe(first.etag);
    expect(await changesOf(rig, name)).toHaveLength(1);
  });

  it('keeps every version; an earlier one put again is the latest, and still itself', async () => {
    const rig = newRig();
    const name = newName();
    const one = await putCommandAs(rig.services, name, { run: 'echo 1' });
    rig.clock.advance(60);
    const two = await putCommandAs(rig.services, name, { run: 'echo 2' }, 'bob');
    rig.clock.advance(60);

    const again = await put(rig, name, commandOf(name, { run: 'echo 1' }), { actor: 'carl' });

    expect(again.view).toMatchObject({ version: one, created: true, actor: 'ann', changed: { actor: 'carl' } });
    expect(await changesOf(rig, name)).toEqual([
      [3, 'put', one.slice(0, 4)],
      [2, 'put', two.slice(0, 4)],
      [1, 'put', one.slice(0, 4)],
    ]);
    const stored = await rig.services.viewCommand(name, { version: two.slice(0, 8) });
    expect(stored.view).toMatchObject({ version: two, latest: false, actor: 'bob' });
    expect(stored.view.command).toMatchObject({ spec: { run: 'echo 2' } });
  });

  it('changes description and labels without a new version', async () => {
    const rig = newRig();
    const name = newName();
    const first = await put(rig, name, commandOf(name));

    const second = await put(rig, name, commandOf(name, {}, { labels: { a: 'b' } }));

    expect(second.view).toMatchObject({ version: first.view.version, created: true });
    expect(second.etag).toBe('"2"');
    expect(second.view.command).toMatchObject({ metadata: { labels: { a: 'b' } } });
  });

  it('brings a removed command back', async () => {
    const rig = newRig();
    const name = newName();
    const version = await putCommandAs(rig.services, name);
    await rig.services.removeCommand(name, {}, { actor: 'ann' });

    const { view } = await put(rig, name, commandOf(name));

    expect(view).toMatchObject({ version, created: true, removed: false, latest: true });
  });

  it('refuses another name than that of the path, and what is no command', async () => {
    const rig = newRig();
    const name = newName();
    await expect(put(rig, name, commandOf('other'))).rejects.toMatchObject({
      code: 'request.invalid',
      places: [{ path: '/command/metadata/name' }],
    });
    await expect(put(rig, name, { ...commandOf(name), kind: 'Job' })).rejects.toMatchObject({
      code: 'command.invalid',
    });
    expect(rig.libraryBlobs.keys()).toEqual([]);
  });

  it('refuses a script that no agent takes, and names its libraries', async () => {
    const rig = newRig();
    const [name, library] = [newName(), newName()];
    const most = rig.aws.limits.scriptBytes;
    await putCommandAs(rig.services, library, { type: 'library', run: 'x'.repeat(most), file: 'x.sh' });

    await expect(put(rig, name, commandOf(name, { libraries: [library] }))).rejects.toMatchObject({
      code: 'script.too-large',
      message: expect.stringContaining(`${library} ${most}`),
    });
    await expect(put(rig, name, commandOf(name, { run: 'x'.repeat(most) }))).rejects.toMatchObject({
      code: 'script.too-large',
    });
  });

  it('refuses what cannot be sent at all', async () => {
    const rig = newRig();
    const name = newName();
    await expect(put(rig, name, commandOf(name, { run: 'a\0b' }))).rejects.toMatchObject({ code: 'script.invalid' });
  });
});

describe('conditions of putting', () => {
  it('hold the change against what is there', async () => {
    const rig = newRig();
    const name = newName();
    const failed = { code: 'precondition.failed' };
    const run = (text: string, writer: object) => put(rig, name, commandOf(name, { run: text }), writer);

    await expect(run('1', { ifMatch: '"1"' })).rejects.toMatchObject(failed);
    await expect(run('1', { ifMatch: '*' })).rejects.toMatchObject(failed);
    expect((await run('1', { ifNoneMatch: '*' })).etag).toBe('"1"');
    await expect(run('2', { ifNoneMatch: '*' })).rejects.toMatchObject(failed);
    await expect(run('2', { ifMatch: '"2"' })).rejects.toMatchObject(failed);
    await expect(run('2', { ifMatch: 'W/"1"' })).rejects.toMatchObject(failed);
    expect((await run('2', { ifMatch: '"7", "1"' })).etag).toBe('"2"');
    expect((await run('3', { ifMatch: '*' })).etag).toBe('"3"');
    await rig.services.removeCommand(name, {}, { actor: 'ann', ifMatch: '"3"' });
    await expect(run('4', { ifMatch: '"4"' })).rejects.toMatchObject(failed);
    expect((await run('4', { ifNoneMatch: '*' })).etag).toBe('"5"');
  });

  it('leave no version behind when they do not hold', async () => {
    const rig = newRig();
    const name = newName();
    await putCommandAs(rig.services, name, { run: 'echo 1' });
    await expect(put(rig, name, commandOf(name, { run: 'echo 2' }), { ifMatch: '"9"' })).rejects.toMatchObject({
      code: 'precondition.failed',
    });
    expect(await rig.store.findVersions(name, '', 10)).toHaveLength(1);
    expect(rig.libraryBlobs.keys()).toHaveLength(1);
  });

  it('let exactly one of many writers win who saw the same', async () => {
    const rig = newRig();
    const name = newName();
    await putCommandAs(rig.services, name);
    const writes = await Promise.allSettled(
      Array.from({ length: 6 }, (_, n) => put(rig, name, commandOf(name, { run: `echo ${n}` }), { ifMatch: '"1"' })),
    );
    expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const write of writes)
      if (write.status === 'rejected') expect(write.reason).toMatchObject({ code: 'precondition.failed' });
    expect(await changesOf(rig, name)).toHaveLength(2);
  });
});

describe('a put that died', () => {
  it('is finished by the next one: before the change, and before the list', async () => {
    const rig = newRig();
    const name = newName();
    const dead = () => Promise.reject(new Error('killed'));
    const deps = {
      ...{ agents: { aws: rig.aws, aliyun: rig.aliyun }, libraryBlobs: rig.libraryBlobs, clock: rig.clock },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    };
    const killed = (store: object) =>
      putCommand({ ...deps, store: { ...rig.store, ...store } })(name, { command: commandOf(name) }, { actor: 'ann' });
    const listed = async () =>
      (await rig.services.listCommands({ limit: 100, prefix: name, removed: false })).items.map((one) => one.name);

    await expect(killed({ appendChange: dead })).rejects.toThrow('killed');
    await expect(rig.services.viewCommand(name, { version: 'latest' })).rejects.toMatchObject({
      code: 'command.not-found',
    });
    await expect(killed({ listName: dead })).rejects.toThrow('killed');
    expect((await rig.services.viewCommand(name, { version: 'latest' })).view.latest).toBe(true);
    expect(await listed()).toEqual([]);

    expect((await put(rig, name, commandOf(name))).view.created).toBe(false);
    expect(await listed()).toEqual([name]);
  });

  it('loses nothing when many put different things at once', async () => {
    const rig = newRig();
    const name = newName();
    await Promise.all(
      Array.from({ length: 5 }, (_, n) => putCommandAs(rig.services, name, { run: `echo ${n}` }, `a${n}`)),
    );
    const { items } = await rig.services.listCommandChanges(name, { limit: 100 });
    expect(items.map(({ change }) => change)).toEqual([5, 4, 3, 2, 1]);
    expect(new Set(items.map(({ actor }) => actor)).size).toBe(5);
  });
});
