import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import type { Sealer } from '#shared/ports/secrets.ts';

/** `openssl enc` marks salted text with it. */
const saltMark = 'Salted__';

/** Bytes that nobody can foresee. */
export type RandomBytes = (size: number) => Uint8Array;

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

/**
 * AES-256 as `openssl enc -aes-256-ctr -md sha256` (or `-cbc`) reads it, on every version since 1.0.1. Its key derivation is one hash, which is
 * enough for a password of 256 random bits. Neither mode notices changes; the digest does, which comes to the node another way.
 */
export const createAesSealer = (random: RandomBytes = randomBytes): Sealer => ({
  seal: (text, mode = 'ctr') => {
    const key = Buffer.from(random(32)).toString('base64url');
    const salt = random(8);
    const cipherKey = sha256(key, salt);
    const cipher = createCipheriv(`aes-256-${mode}`, cipherKey, sha256(cipherKey, key, salt).subarray(0, 16));
    const sealed = Buffer.concat([Buffer.from(saltMark), salt, cipher.update(text, 'utf8'), cipher.final()]);
    // openssl reads base64 in lines of at most 76 characters.
    const content = sealed.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
    return { content, digest: sha256(content, '\n').toString('hex'), key };
  },
  word: () => Buffer.from(random(16)).toString('hex'),
});
