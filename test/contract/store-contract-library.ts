import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CommandVersionRecord, LibraryChange, LibraryKind } from '#shared/model/library.ts';
import { sampleTime } from '#test/kit/store-samples.ts';
import { type OpenStore, openForSuite, type StoreUnderTest } from './open-for-suite.ts';

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

let names = 0;
const newName = (): string => {
  names += 1;
  return `ops/restart-${names}`;
};

const aChange = (change: Partial<LibraryChange> = {}): LibraryChange => ({
  kind: 'command',
  name: newName(),
  change: 1,
  action: 'put',
  digest: digestOf('echo 1'),
  actor: 'ann',
  at: sampleTime,
  ...change,
});

const aVersion = (name: string, text: string, actor = 'ann'): CommandVersionRecord => ({
  name,
  version: digestOf(text),
  actor,
  createdAt: sampleTime,
});

const namesOf = async (
  { store }: StoreUnderTest,
  request: { readonly kind: LibraryKind; readonly prefix?: string; readonly limit?: number },
) => {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listNames({ ...request, ...(cursor === undefined ? {} : { cursor }) });
    pages.push(page.items.map(({ name }) => name));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
};

/** Commands and jobs by name. */
export const libraryContract = (name: string, open: OpenStore): void => {
  describe(`${name}: changes of the library`, () => {
    const subject = openForSuite(open);

    it('keeps every field of a change, and knows nothing of an unknown name', async () => {
      const { store } = subject();
      const change = aChange({
        comment: 'wegen Übermut 🚀',
        description: 'Restarts "a" \\ service',
        labels: { team: 'shop', '': '' },
        type: 'library',
        interpreter: 'python3',
      });
      expect(await store.appendChange(change)).toBe(true);
      expect(await store.latestChange(change)).toStrictEqual(change);
      expect(await store.getChange(change, 1)).toStrictEqual(change);
      expect(await store.getChange(change, 2)).toBeUndefined();
      expect(await store.latestChange({ kind: 'command', name: newName() })).toBeUndefined();
    });

    it('takes a number once, and says the highest', async () => {
      const { store } = subject();
      const first = aChange();
      await store.appendChange(first);
      expect(await store.appendChange({ ...first, actor: 'bob' })).toBe(false);
      for (const change of many(12).map((n) => n + 2)) await store.appendChange({ ...first, change });
      expect(await store.getChange(first, 1)).toEqual(first);
      expect(await store.latestChange(first)).toEqual({ ...first, change: 13 });
    });

    it('lets exactly one of many writers have a number', async () => {
      const { store } = subject();
      const change = aChange();
      const won = await Promise.all(many(8).map((n) => store.appendChange({ ...change, actor: `a${n}` })));
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.latestChange(change))?.actor).toBe(`a${won.indexOf(true)}`);
    });

    it('keeps commands and jobs of one name apart, and names that differ by case or continue one another', async () => {
      const { store } = subject();
      const command = aChange();
      const others = [
        { ...command, kind: 'job' as const, change: 2 },
        { ...command, name: command.name.toUpperCase(), change: 3 },
        { ...command, name: `${command.name}0`, change: 4 },
        { ...command, name: `${command.name}/x`, change: 5 },
      ];
      for (const one of [command, ...others]) await store.appendChange(one);
      for (const one of [command, ...others]) expect(await store.latestChange(one)).toEqual(one);
    });

    it('lists changes newest first, page by page', async () => {
      const { store } = subject();
      const first = aChange();
      for (const n of many(11)) await store.appendChange({ ...first, change: n + 1 });
      const one = await store.listChanges(first, { limit: 4 });
      expect(one.items.map(({ change }) => change)).toEqual([11, 10, 9, 8]);
      const two = await store.listChanges(first, { limit: 7, cursor: one.cursor ?? '' });
      expect(two).toEqual({ items: [7, 6, 5, 4, 3, 2, 1].map((change) => ({ ...first, change })) });
      await expect(store.listChanges(first, { cursor: 'x' })).rejects.toMatchObject({ code: 'request.invalid' });
    });
  });

  describe(`${name}: names of the library`, () => {
    const subject = openForSuite(open);

    it('lists names of a kind in order, page by page, also those that begin with a text', async () => {
      const { store } = subject();
      expect(await store.listNames({ kind: 'job' })).toEqual({ items: [] });
      const all = ['b', 'a/z', 'a/b/c', 'a', 'Z', 'a/b', 'ä', 'a-b'];
      for (const one of all) await store.listName(aChange({ kind: 'job', name: one }));
      await store.listName(aChange({ name: 'a/command' }));
      const sorted = all.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
      expect(await namesOf(subject(), { kind: 'job' })).toEqual([sorted]);
      expect(await namesOf(subject(), { kind: 'job', limit: 3 })).toEqual([
        sorted.slice(0, 3),
        sorted.slice(3, 6),
        sorted.slice(6),
      ]);
      expect(await namesOf(subject(), { kind: 'job', prefix: 'a/', limit: 2 })).toEqual([['a/b', 'a/b/c'], ['a/z']]);
      expect(await namesOf(subject(), { kind: 'job', prefix: 'q' })).toEqual([[]]);
    });

    it('shows the latest change, whatever the order of arrival', async () => {
      const { store } = subject();
      const first = aChange({ kind: 'command', name: 'late' });
      const second: LibraryChange = { ...first, change: 2, action: 'remove', actor: 'bob' };
      await store.listName(second);
      await store.listName(first);
      await store.listName(second);
      expect((await store.listNames({ kind: 'command', prefix: 'late' })).items).toEqual([second]);
    });

    it('reads pages that are larger than one answer of the table', async () => {
      const { store } = subject();
      const description = 'd'.repeat(4096);
      for (const n of many(300)) await store.listName(aChange({ name: `many/${n + 100}`, description }));
      const [page] = await namesOf(subject(), { kind: 'command', prefix: 'many/', limit: 1000 });
      expect(page).toHaveLength(300);
    });
  });

  describe(`${name}: versions of commands`, () => {
    const subject = openForSuite(open);

    it('keeps the first note of a version', async () => {
      const { store } = subject();
      const version = aVersion(newName(), 'echo 1');
      expect(await store.noteVersion(version)).toEqual(version);
      expect(await store.noteVersion({ ...version, actor: 'bob' })).toEqual(version);
    });

    it('finds versions by the beginning of their ids, under their own name only', async () => {
      const { store } = subject();
      const command = newName();
      const versions = many(40).map((n) => aVersion(command, `echo ${n}`));
      for (const version of versions) await store.noteVersion(version);
      await store.noteVersion(aVersion(newName(), 'echo 1'));
      const [first] = versions;
      const digits = first?.version.slice(0, 10) ?? '';
      expect(await store.findVersions(command, digits, 2)).toEqual([first]);
      expect(await store.findVersions(command, first?.version ?? '', 2)).toEqual([first]);
      expect(await store.findVersions(command, '', 100)).toHaveLength(40);
      expect(await store.findVersions(command, '', 2)).toHaveLength(2);
      expect(await store.findVersions(newName(), digits, 2)).toEqual([]);
    });
  });
};
