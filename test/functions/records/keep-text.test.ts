import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineTextBytes, keepText } from '#functions/records/keep-text.ts';
import { bareOutcome } from '#shared/model/outcome.ts';

const blobsOf = () => {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    put: async (key: string, value: Uint8Array) => void kept.set(key, value),
    get: async (key: string) => kept.get(key) ?? new Uint8Array(),
  };
};

describe('keeping text', () => {
  it('leaves short text where it is', async () => {
    const blobs = blobsOf();
    const outcome = { ...bareOutcome('succeeded', null), stdout: 'x'.repeat(inlineTextBytes) };

    expect(await keepText(blobs, 'k', outcome)).toBe(outcome);
    expect(blobs.kept.size).toBe(0);
  });

  it('keeps every text whole in the blob and no more than its share inline', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme', minLength: 300, maxLength: 3000 }),
        fc.string({ unit: 'grapheme' }),
        async (stdout, stderr) => {
          const blobs = blobsOf();

          const kept = await keepText(blobs, 'k', { ...bareOutcome('failed', null), stdout, stderr });

          const whole =
            kept.textBlob === null
              ? { stdout: kept.stdout, stderr: kept.stderr }
              : JSON.parse(new TextDecoder().decode(blobs.kept.get('k')));
          expect(whole).toEqual({ stdout, stderr });
          expect(stdout.startsWith(kept.stdout)).toBe(true);
          expect(new TextEncoder().encode(kept.stdout).length).toBeLessThanOrEqual(inlineTextBytes);
        },
      ),
      { numRuns: 50 },
    );
  });
});
