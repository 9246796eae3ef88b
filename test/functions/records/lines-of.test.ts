import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf } from '#functions/records/lines-of.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const read = async (bytes: Buffer, size: number, from = { offset: 0, line: 1 }) => {
  const found: (readonly [line: number, offset: number, text: string])[] = [];
  let end = from.offset;
  for await (const block of linesOf(inPieces(bytes.subarray(from.offset), size), from)) {
    expect(block.offset).toBe(end);
    for (const [index, text] of block.lines.entries())
      found.push([block.firstLine + index, block.offsetOf(index), text]);
    end = block.endOffset;
  }
  expect(end).toBe(Math.max(from.offset, bytes.length));
  return found;
};

/** The same, the simple way. */
const expected = (bytes: Buffer) => {
  const text = bytes.toString('latin1');
  const parts = text.split('\n');
  if (text.endsWith('\n') || text === '') parts.pop();
  let offset = 0;
  return parts.map((part, index) => {
    const line = [index + 1, offset, Buffer.from(part.replace(/\r$/, ''), 'latin1').toString()] as const;
    offset += part.length + 1;
    return line;
  });
};

describe('the lines of a stream', () => {
  it('are the same however it arrives, each with its number and place', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', ' ', 'long line', '\n\n'))
      .map((parts) => Buffer.from(parts.join('')));
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 20 }), async (bytes, size) => {
        expect(await read(bytes, size)).toEqual(expected(bytes));
      }),
    );
  });

  it('go on from where any of them begins', async () => {
    const bytes = Buffer.from('one\ntwö\n\nfour');
    const all = await read(bytes, 3);
    for (const [line, offset] of all) expect(await read(bytes, 2, { offset, line })).toEqual(all.slice(line - 1));
  });

  it('without an end come in pieces, so that none is too long', async () => {
    const found = await read(Buffer.alloc(200_000, 'x'), 30_000);
    expect(found.map(([, , text]) => text.length)).toEqual([65_536, 65_536, 65_536, 3392]);
  });

  it('have no colours', async () => {
    const [line] = await read(Buffer.from('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007x'), 100);
    expect(line?.[2]).toBe('red x');
  });
});
