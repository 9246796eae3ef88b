import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';

const openssl = (content: string, key: string): string =>
  execFileSync('openssl', ['enc', '-d', '-a', '-aes-256-ctr', '-md', 'sha256', '-pass', 'env:KEY'], {
    input: `${content}\n`,
    env: { ...process.env, KEY: key },
    stdio: ['pipe', 'pipe', 'ignore'],
  }).toString('utf8');

describe('createAesSealer', () => {
  const sealer = createAesSealer();

  it.each([['x'], ['中文 and "quotes"\n\n'], ['a'.repeat(100_000)]])('seals what openssl opens: %.20j', (text) => {
    const { content, digest, key } = sealer.seal(text);
    expect(openssl(content, key)).toBe(text);
    expect(digest).toBe(createHash('sha256').update(`${content}\n`).digest('hex'));
    expect(content).toMatch(/^(?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{1,64}={0,2}$/);
    expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
    if (text.length > 10) expect(Buffer.from(content, 'base64').toString('latin1')).not.toContain(text.slice(0, 10));
  });

  it('makes a key for each sealing, and another text of the same text', () => {
    const [one, other] = [sealer.seal('the same'), sealer.seal('the same')];
    expect(one.key).not.toBe(other.key);
    expect(one.content).not.toBe(other.content);
    expect(() => expect(openssl(one.content, other.key)).toBe('the same')).toThrow();
  });

  it('makes words of chance', () => {
    expect(sealer.word()).toMatch(/^[0-9a-f]{32}$/);
    expect(sealer.word()).not.toBe(sealer.word());
  });
});
