import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileSecrets, storeSecrets } from '#local/secrets/local-secrets.ts';
import { openSecretStore } from '#local/secrets/secret-store.ts';

let dir: string;
beforeEach(() => {
  dir = join(mkdtempSync(join(tmpdir(), 'drover-secrets-')), 'secrets');
});
afterEach(() => rmSync(join(dir, '..'), { recursive: true, force: true }));

const open = () => openSecretStore(dir, () => Date.parse('2026-01-02T03:04:05Z'));
const entries = () => readdirSync(dir).filter((name) => name.endsWith('.secret.json'));

describe('the local store of secrets', () => {
  it('gives back what it was given, under its name alone', () => {
    const store = open();
    const value = `ü"'\n\\ $x\r\n`;
    store.set('local:a', value);
    store.set('ssm:/a', 'other');
    expect(open().get('local:a')).toBe(value);
    expect(store.get('local:b')).toBeUndefined();
    expect(store.list()).toEqual([
      { name: 'local:a', updatedAt: '2026-01-02T03:04:05.000Z' },
      { name: 'ssm:/a', updatedAt: '2026-01-02T03:04:05.000Z' },
    ]);
    store.set('local:a', 'new');
    expect(open().get('local:a')).toBe('new');
    expect([store.remove('local:a'), store.remove('local:a'), store.get('local:a')]).toEqual([true, false, undefined]);
  });

  it('is empty before the first', () => {
    expect([open().list(), open().get('local:a'), open().remove('local:a')]).toEqual([[], undefined, false]);
  });

  it('keeps nothing in clear, and its files to itself', () => {
    open().set('local:token', 'hunter2 in clear');
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(dir)) {
      expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
      expect(readFileSync(join(dir, name), 'latin1')).not.toMatch(/hunter2|aHVudGVy/);
    }
  });

  it('opens nothing that was changed, put in another place, or made with another key', () => {
    const store = open();
    store.set('local:a', 'value of a');
    const [first = ''] = entries();
    const entry = JSON.parse(readFileSync(join(dir, first), 'utf8'));
    store.set('local:b', 'value of b');
    const second = entries().find((name) => name !== first) ?? '';
    const put = (file: string, content: object) => writeFileSync(join(dir, file), JSON.stringify(content));
    put(second, { ...entry, name: 'local:b' });
    expect(() => store.get('local:b')).toThrow(expect.objectContaining({ code: 'secret.invalid' }));
    put(first, { ...entry, sealed: Buffer.from('tampered w').toString('base64') });
    expect(() => store.get('local:a')).toThrow(expect.objectContaining({ code: 'secret.invalid' }));
    put(first, { ...entry, tag: Buffer.alloc(4).toString('base64') });
    expect(() => store.get('local:a')).toThrow();
    put(first, { half: true });
    expect(() => store.get('local:a')).toThrow(expect.objectContaining({ code: 'secret.invalid' }));
    store.set('local:a', 'value of a');
    writeFileSync(join(dir, 'key'), Buffer.alloc(32, 7).toString('base64'));
    expect(() => store.get('local:a')).toThrow(expect.objectContaining({ code: 'secret.invalid' }));
  });

  it('refuses a key that others can read, and says when it is gone', () => {
    const store = open();
    store.set('local:a', 'value');
    chmodSync(join(dir, 'key'), 0o640);
    expect(() => store.get('local:a')).toThrow(/chmod 600|can be read or changed by others/);
    rmSync(join(dir, 'key'));
    expect(() => store.get('local:a')).toThrow(/key of the local store.* is missing/);
  });

  it('makes one key when two make it at once', () => {
    const [one, other] = [open(), open()];
    one.set('local:a', 'a');
    other.set('local:b', 'b');
    expect([other.get('local:a'), one.get('local:b')]).toEqual(['a', 'b']);
    expect(readdirSync(dir).filter((name) => name.includes('.part'))).toEqual([]);
  });
});

describe('local: references', () => {
  it('are what the store holds', async () => {
    const store = open();
    const source = storeSecrets(store);
    store.set('local:a', 'first');
    expect(await source.fetch({ kind: 'local', name: 'a' })).toBe('first');
    store.set('local:a', 'rotated');
    expect(await source.fetch({ kind: 'local', name: 'a' })).toBe('rotated');
    expect(await source.check({ kind: 'local', name: 'a' })).toEqual([]);
    await expect(source.check({ kind: 'local', name: 'b' })).rejects.toMatchObject({ code: 'secret.not-found' });
    store.set('local:short', 'abc');
    expect(await source.check({ kind: 'local', name: 'short' })).toEqual([
      expect.stringContaining('too short to be masked'),
    ]);
  });
});

describe('file: references', () => {
  const file = (name: string, content: string, mode: number) => {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, name), content);
    chmodSync(join(dir, name), mode);
    return { kind: 'file', name: join(dir, name) } as const;
  };

  it('are files that nobody else can read', async () => {
    expect(await fileSecrets.fetch(file('a', 'value\n', 0o600))).toBe('value');
    expect(await fileSecrets.fetch(file('b', 'two\nlines\n', 0o400))).toBe('two\nlines\n');
    symlinkSync(join(dir, 'a'), join(dir, 'link'));
    expect(await fileSecrets.fetch({ kind: 'file', name: join(dir, 'link') })).toBe('value');
  });

  it.each([
    ['readable by others', 0o644],
    ['writable by the group', 0o620],
  ])('are refused when they are %s', async (_, mode) => {
    await expect(fileSecrets.fetch(file('a', 'value', mode))).rejects.toMatchObject({
      code: 'secret.forbidden',
      hint: expect.stringContaining('chmod 600'),
    });
  });

  it('are refused when they are no files, or not there', async () => {
    mkdirSync(join(dir, 'folder'), { recursive: true });
    await expect(fileSecrets.fetch({ kind: 'file', name: join(dir, 'folder') })).rejects.toMatchObject({
      code: 'secret.forbidden',
    });
    await expect(fileSecrets.fetch({ kind: 'file', name: '/dev/null' })).rejects.toMatchObject({
      code: 'secret.forbidden',
    });
    await expect(fileSecrets.fetch({ kind: 'file', name: join(dir, 'none') })).rejects.toMatchObject({
      code: 'secret.not-found',
    });
  });
});
