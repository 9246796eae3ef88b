import { describe, expect, it } from 'vitest';
import { putCommandAs } from '#test/kit/library.ts';
import { useRigs } from '#test/kit/rig.ts';

const newRig = useRigs();

describe('a version of a command', () => {
  it('is found by the first digits of its id, when they mean one', async () => {
    const rig = newRig();
    const name = 'view/many';
    for (const end of ['0', '1'])
      await rig.store.noteVersion({
        ...{ name, version: end.padStart(64, 'a'), actor: 'ann', createdAt: '2026-01-01T00:00:00.000Z' },
      });
    const real = await putCommandAs(rig.services, name);

    expect((await rig.services.viewCommand(name, { version: real.slice(0, 12) })).view.version).toBe(real);
    await expect(rig.services.viewCommand(name, { version: 'aaaaaaaa' })).rejects.toMatchObject({
      code: 'command.ambiguous',
      hint: 'Write more digits.',
    });
    await expect(rig.services.viewCommand(name, { version: 'zz' })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('has a tag that changes with every change of its name', async () => {
    const rig = newRig();
    const name = 'view/tags';
    const one = await putCommandAs(rig.services, name, { run: 'echo 1' });
    const tag = async (version: string) => (await rig.services.viewCommand(name, { version })).etag;
    const before = [await tag('latest'), await tag(one)];
    await putCommandAs(rig.services, name, { run: 'echo 2' });
    const after = [await tag('latest'), await tag(one)];
    expect(new Set([...before, ...after]).size).toBe(4);
    for (const etag of [...before, ...after]) expect(etag).toMatch(/^"[\w.]+"$/);
  });
});

describe('lists', () => {
  it('lead on over pages in which everything was removed', async () => {
    const rig = newRig();
    for (const n of [1, 2, 3, 4]) await putCommandAs(rig.services, `pages/${n}`);
    for (const n of [1, 2]) await rig.services.removeCommand(`pages/${n}`, {}, { actor: 'ann' });
    const first = await rig.services.listCommands({ limit: 2, prefix: 'pages/', removed: false });
    expect(first.items).toEqual([]);
    const cursor = first.cursor ?? '';
    const second = await rig.services.listCommands({ limit: 2, prefix: 'pages/', removed: false, cursor });
    expect(second.items.map(({ name }) => name)).toEqual(['pages/3', 'pages/4']);
    expect(second.cursor).toBeUndefined();
  });
});
