import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readForm } from '#local/blobs/upload-form.ts';

const formOf = (fields: readonly (readonly [string, string])[], file: Uint8Array, boundary: string): Buffer =>
  Buffer.concat([
    ...fields.map(([name, value]) =>
      Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    ),
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; filename="x"; name="file"\r\nA: b\r\n\r\n`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const bytesOf = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
};

describe('a posted form', () => {
  it('is read whatever is in it and however it arrives', async () => {
    const name = fc.string({ unit: 'grapheme-ascii', minLength: 1 }).map((text) => text.replaceAll(/[^a-z-]/g, 'x'));
    const value = fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed() && !text.includes('\r\n--B'));
    const file = fc.uint8Array({ maxLength: 300 }).filter((bytes) => !Buffer.from(bytes).includes('\r\n--B'));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 }),
        fc.oneof(file, fc.constantFrom(Buffer.from('\r\n--'), Buffer.from('\r\n-\r\n--C'), Buffer.from('--B'))),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        async (fields, bytes, sizes) => {
          const named = fields.filter(([key]) => key !== 'file');
          const form = await readForm('multipart/form-data; boundary=B', inPieces(formOf(named, bytes, 'B'), sizes));
          expect([...form.fields]).toEqual(named);
          expect(await bytesOf(form.file)).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('that ends within its file is no form', async () => {
    const whole = formOf([], Buffer.from('abc'), 'B');
    const form = await readForm('multipart/form-data; boundary="B"', inPieces(whole.subarray(0, -9), [7]));
    await expect(bytesOf(form.file)).rejects.toMatchObject({ code: 'MalformedPOSTRequest' });
  });
});
