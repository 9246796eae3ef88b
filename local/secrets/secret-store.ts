import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { readOwnFile } from './own-file.ts';

/** What is known of a secret without opening it. */
export interface StoredSecret {
  /** A reference: `local:token`, or what the local cloud's own stores hold: `ssm:/drover/token`. */
  readonly name: string;
  /** RFC 3339. */
  readonly updatedAt: string;
}

/** Secrets on this machine, encrypted under a key that lies beside them. */
export interface SecretStore {
  /** Stores or replaces; makes the key when there is none. */
  set(name: string, value: string): void;
  /** @throws AppError `config.invalid` when the key is missing or open to others, `secret.invalid` when the entry is damaged */
  get(name: string): string | undefined;
  list(): readonly StoredSecret[];
  /** False when there was none. */
  remove(name: string): boolean;
}

const entrySchema = z.strictObject({
  name: z.string(),
  updatedAt: z.iso.datetime(),
  nonce: z.base64(),
  tag: z.base64(),
  sealed: z.base64(),
});
type Entry = z.infer<typeof entrySchema>;

const keyBytes = 32;
const nonceBytes = 12;
const keyFile = 'key';
const ending = '.secret.json';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const isThere = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';

const fileOf = (dir: string, name: string): string =>
  join(dir, `${createHash('sha256').update(name).digest('hex')}${ending}`);

/** What an entry says of itself is bound to what it holds: no entry can be put in another's place. */
const boundTo = ({ name, updatedAt }: StoredSecret): Buffer => Buffer.from(`${name}\n${updatedAt}`);

const readKey = (dir: string): Buffer | undefined => {
  try {
    const key = Buffer.from(readOwnFile(join(dir, keyFile)).trim(), 'base64');
    if (key.length === keyBytes) return key;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  throw new AppError('config.invalid', `${join(dir, keyFile)} does not hold a key`, {
    hint: `Without the key nothing can be opened: remove ${dir} and set the secrets again.`,
  });
};

/** Two processes may make a key at once: the first one's counts, and it appears whole. */
const makeKey = (dir: string): Buffer => {
  const draft = join(dir, `${keyFile}.${randomBytes(6).toString('hex')}.part`);
  writeFileSync(draft, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, join(dir, keyFile));
  } catch (error) {
    if (!isThere(error)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(dir);
  if (key === undefined) throw new AppError('config.invalid', `${join(dir, keyFile)} was removed just now`);
  return key;
};

const readEntry = (path: string): Entry | undefined => {
  try {
    return entrySchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new AppError('secret.invalid', `${path} is damaged`, { hint: 'Remove it and set the secret again.' });
  }
};

const seal = (key: Buffer, about: StoredSecret, value: string): Entry => {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(about));
  const sealed = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const text = (bytes: Buffer) => bytes.toString('base64');
  return { ...about, nonce: text(nonce), tag: text(cipher.getAuthTag()), sealed: text(sealed) };
};

const open = (key: Buffer, entry: Entry): string => {
  const bytes = (text: string) => Buffer.from(text, 'base64');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(entry.nonce), { authTagLength: 16 })
    .setAAD(boundTo(entry))
    .setAuthTag(bytes(entry.tag));
  try {
    return Buffer.concat([decipher.update(bytes(entry.sealed)), decipher.final()]).toString('utf8');
  } catch {
    throw new AppError('secret.invalid', `The entry of ${entry.name} was changed, or another key made it`, {
      hint: `Set it again with: drover secret set ${entry.name}`,
    });
  }
};

/** The store in a folder, which need not be there yet. */
export const openSecretStore = (dir: string, now: () => number): SecretStore => ({
  set: (name, value) => {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const entry = seal(readKey(dir) ?? makeKey(dir), { name, updatedAt: new Date(now()).toISOString() }, value);
    const path = fileOf(dir, name);
    const draft = `${path}.${randomBytes(6).toString('hex')}.part`;
    writeFileSync(draft, JSON.stringify(entry), { mode: 0o600, flag: 'wx' });
    renameSync(draft, path);
  },
  get: (name) => {
    const entry = readEntry(fileOf(dir, name));
    if (entry === undefined) return undefined;
    const key = readKey(dir);
    if (key !== undefined) return open(key, entry);
    throw new AppError('config.invalid', `The key of the local store, ${join(dir, keyFile)}, is missing`, {
      hint: 'Put it back, or set the secrets again.',
    });
  },
  list: () => {
    try {
      return readdirSync(dir)
        .filter((file) => file.endsWith(ending))
        .flatMap((file) => readEntry(join(dir, file)) ?? [])
        .map(({ name, updatedAt }) => ({ name, updatedAt }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  remove: (name) => {
    try {
      rmSync(fileOf(dir, name));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  },
});
