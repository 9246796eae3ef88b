import { createDecipheriv, createHash } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { attempt, callOf, type FileStream } from './dotnet-io.ts';
import { integerOf, type NetObject, NotKnown, PsError, textOf } from './values.ts';

const bytesOf = (value: unknown): Uint8Array => {
  if (value instanceof Uint8Array) return value;
  throw new NotKnown('bytes that went through a pipeline');
};

const isFile = (value: unknown): value is FileStream =>
  typeof value === 'object' && value !== null && 'path' in value && 'fd' in value;

/** System.Security.Cryptography.SHA256, of bytes and of files. */
export const sha256 = (): NetObject => ({
  type: 'SHA256',
  call: (name, [given]) =>
    callOf(
      {
        computehash: () => {
          const bytes = isFile(given) ? readFileSync(given.path) : bytesOf(given);
          return new Uint8Array(createHash('sha256').update(bytes).digest());
        },
      },
      name,
    )(),
});

/** System.Security.Cryptography.Aes with what it has from the start: CBC, and padding by PKCS 7. */
export const aes = (): NetObject => {
  const fields = new Map<string, Uint8Array>();
  return {
    type: 'Aes',
    get: (name) => fields.get(name) ?? null,
    set: (name, value) => {
      if (bytesOf(value).length !== { key: 32, iv: 16 }[name]) throw new PsError(`Aes.${name}`);
      fields.set(name, bytesOf(value));
    },
    call: (name) =>
      callOf(
        {
          createdecryptor: (): NetObject => ({
            type: 'ICryptoTransform',
            call: (member, [bytes, from, count]) =>
              callOf(
                {
                  transformfinalblock: () =>
                    attempt(() => {
                      const decipher = createDecipheriv(
                        'aes-256-cbc',
                        bytesOf(fields.get('key')),
                        bytesOf(fields.get('iv')),
                      );
                      const part = bytesOf(bytes).subarray(integerOf(from), integerOf(from) + integerOf(count));
                      return new Uint8Array(Buffer.concat([decipher.update(part), decipher.final()]));
                    }),
                },
                member,
              )(),
          }),
        },
        name,
      )(),
  };
};

/** System.Text.RegularExpressions.Regex, of expressions that JavaScript reads alike. */
export const regex = (source: unknown): NetObject => {
  const pattern = textOf(source);
  return {
    type: 'Regex',
    call: (name, [text, by]) =>
      callOf(
        {
          ismatch: () => new RegExp(pattern).test(textOf(text)),
          replace: () => {
            if (textOf(by).includes('$')) throw new NotKnown('a replacement with groups');
            return textOf(text).replaceAll(new RegExp(pattern, 'g'), textOf(by));
          },
        },
        name,
      )(),
  };
};

/** System.Collections.Specialized.StringDictionary. */
export const stringDictionary = (): NetObject => {
  const items = new Map<string, string>();
  return {
    type: 'StringDictionary',
    item: (key) => items.get(textOf(key).toLowerCase()) ?? null,
    setItem: (key, value) => void items.set(textOf(key).toLowerCase(), textOf(value)),
  };
};

/** What FileStream.CopyTo can copy to: System.IO.Compression.GZipStream. */
export interface GzipStream extends NetObject {
  readonly compress: (bytes: Uint8Array) => void;
}

export const gzipStream = (target: unknown, mode: unknown): GzipStream => {
  if (mode !== 'Compress' || !isFile(target)) throw new NotKnown('GZipStream');
  const parts: Uint8Array[] = [];
  return {
    type: 'GZipStream',
    compress: (bytes) => void parts.push(bytes),
    call: (name) => callOf({ dispose: () => void writeSync(target.fd, gzipSync(Buffer.concat(parts))) }, name)(),
  };
};
