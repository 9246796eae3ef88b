import { stripVTControlCharacters } from 'node:util';

/** Lines of a stream that came together, without what steers a terminal. */
export interface LineBlock {
  readonly lines: readonly string[];
  /** Where the block begins, in bytes. */
  readonly offset: number;
  /** Number of its first line, counted from 1. */
  readonly firstLine: number;
  /** Where the line of that index begins, in bytes. */
  offsetOf(index: number): number;
  readonly endOffset: number;
}

/** A line that is longer is taken as several: it may be a file without any line end. */
const longestLineBytes = 64 * 1024;

const newline = 0x0a;

const clean = (text: string): string => (/[\u001b\u009b]/.test(text) ? stripVTControlCharacters(text) : text);

const blockOf = (bytes: Buffer, offset: number, firstLine: number): LineBlock => {
  const lines = clean(bytes.toString('utf8')).split('\n');
  if (bytes.at(-1) === newline) lines.pop();
  return {
    lines: lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)),
    offset,
    firstLine,
    offsetOf: (index) => {
      let at = 0;
      for (let line = 0; line < index; line += 1) at = bytes.indexOf(newline, at) + 1;
      return offset + at;
    },
    endOffset: offset + bytes.length,
  };
};

/** The lines of a stream, block by block: however long it is, one block is in memory. */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  from: { readonly offset: number; readonly line: number },
): AsyncGenerator<LineBlock> {
  let held: Buffer = Buffer.alloc(0);
  let { offset, line } = from;
  const emit = (size: number): LineBlock => {
    const block = blockOf(held.subarray(0, size), offset, line);
    held = held.subarray(size);
    offset += size;
    line += block.lines.length;
    return block;
  };
  for await (const chunk of chunks) {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    const end = held.lastIndexOf(newline) + 1;
    if (end > 0) yield emit(end);
    while (held.length > longestLineBytes) yield emit(longestLineBytes);
  }
  if (held.length > 0) yield emit(held.length);
}
