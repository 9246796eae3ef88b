import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cutLine, makeLiveWriter } from '#cli/output/live-writer.ts';

/** A terminal that understands what the writer sends; lines longer than it is wide go on in the next row. */
const makeTerminal = (width: number) => {
  const state = { columns: width, rows: [''] as string[], row: 0, column: 0, writes: 0 };
  const put = (char: string) => {
    if (state.column >= state.columns) {
      state.row += 1;
      state.column = 0;
    }
    const line = (state.rows[state.row] ?? '').padEnd(state.column);
    state.rows[state.row] = line.slice(0, state.column) + char + line.slice(state.column + 1);
    state.column += 1;
  };
  const control = (text: string) => {
    const up = text.match(/^\u001b\[(\d+)A$/);
    if (up) state.row -= Number(up[1]);
    else if (text === '\u001b[K') state.rows[state.row] = (state.rows[state.row] ?? '').slice(0, state.column);
    else if (text === '\u001b[J') {
      state.rows[state.row] = (state.rows[state.row] ?? '').slice(0, state.column);
      state.rows.length = state.row + 1;
    } else if (text === '\r') state.column = 0;
    else if (text === '\n') {
      state.row += 1;
      state.column = 0;
      state.rows[state.row] ??= '';
    }
    if (state.row < 0) throw new Error('the cursor left the screen');
  };
  return {
    state,
    screen: () => state.rows.map((line) => line.trimEnd()).filter((line, i, all) => line !== '' || i < all.length - 1),
    sink: {
      isTerminal: true,
      get columns() {
        return state.columns;
      },
      write: (text: string) => {
        state.writes += 1;
        for (const token of text.match(/\u001b\[\d*[A-Za-z]|[\s\S]/g) ?? [])
          if (/^[\u001b\r\n]/.test(token)) control(token);
          else put(token);
      },
    },
    /** Makes it narrower or wider, as a terminal does: rows are wrapped anew. */
    resize: (columns: number) => {
      const before = state.rows.slice(0, state.row);
      state.columns = columns;
      const wrapped = before.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? ['']);
      state.rows = [...wrapped, ''];
      state.row = wrapped.length;
      state.column = 0;
    },
  };
};

const lines = fc.array(fc.stringMatching(/^[a-z]{1,30}$/), { minLength: 1, maxLength: 6 });

describe('drawing in place', () => {
  test('the screen shows the text before and the last frame, nothing else, however often it was drawn', () => {
    fc.assert(
      fc.property(fc.array(lines, { minLength: 1, maxLength: 6 }), (frames) => {
        const terminal = makeTerminal(40);
        terminal.sink.write('before\n');
        const writer = makeLiveWriter(terminal.sink);
        for (const frame of frames) writer.draw(frame);
        expect(terminal.screen()).toEqual(['before', ...(frames.at(-1) ?? [])]);
        expect(terminal.state.writes).toBe(1 + frames.length);
      }),
    );
  });

  test('a narrower terminal loses no text above and keeps no rest of a frame', () => {
    fc.assert(
      fc.property(lines, lines, fc.integer({ min: 10, max: 60 }), (first, second, columns) => {
        const terminal = makeTerminal(40);
        terminal.sink.write('before\n');
        const writer = makeLiveWriter(terminal.sink);
        writer.draw(first);
        terminal.resize(columns);
        writer.draw(second);
        expect(terminal.screen()).toEqual([
          'before',
          ...second.map((line) => cutLine(line, columns).replace('\u001b[0m', '')),
        ]);
      }),
    );
  });

  test('clearing leaves the text before; keeping lets the next frame stand below', () => {
    const terminal = makeTerminal(40);
    terminal.sink.write('before\n');
    const writer = makeLiveWriter(terminal.sink);
    writer.clear();
    writer.draw(['a', 'b']);
    writer.clear();
    expect(terminal.screen()).toEqual(['before']);
    writer.draw(['c']);
    writer.keep();
    writer.draw(['d']);
    expect(terminal.screen()).toEqual(['before', 'c', 'd']);
  });
});

describe('cutting a line', () => {
  test('it is never wider than asked, whole when it fits', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/\p{C}/gu, '')),
        fc.integer({ min: 1, max: 30 }),
        (text, width) => {
          const cut = cutLine(text, width);
          expect(stringWidth(cut)).toBeLessThanOrEqual(width);
          if (stringWidth(text) <= width) expect(cut).toBe(text);
        },
      ),
    );
  });

  test('colours are kept and closed, wide characters are not halved', () => {
    expect(cutLine('\u001b[31mabcdef\u001b[39m', 4)).toBe('\u001b[31mabc…\u001b[0m');
    expect(cutLine('数据库', 4)).toBe('数…\u001b[0m');
  });
});
