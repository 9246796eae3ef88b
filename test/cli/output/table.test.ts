import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { makeStyle } from '#cli/output/style.ts';
import { type Column, renderTable } from '#cli/output/table.ts';

interface Row {
  readonly name: string;
  readonly count: string;
  readonly last: string;
}
const columns: readonly Column<Row>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'COUNT', cell: ({ count }) => count, align: 'right' },
  { title: 'LAST', cell: ({ last }) => last },
];

describe('tables', () => {
  test('columns are aligned where characters are two wide', () => {
    const rows = [
      { name: '数据库', count: '7', last: 'x' },
      { name: 'web', count: '1200', last: '完成' },
      { name: '👩‍🚀', count: '', last: 'e\u0301' },
    ];
    expect(renderTable(columns, rows)).toBe(
      ['NAME    COUNT  LAST', '数据库      7  x', 'web      1200  完成', '👩‍🚀             e\u0301', ''].join('\n'),
    );
  });

  test('every cell begins at the same place of the screen in every row', () => {
    const text = fc
      .oneof(fc.string({ maxLength: 8 }), fc.constantFrom('中', '数据库', 'ｆｕｌｌ', '🚀', 'é'))
      .map((one) => one.replaceAll(/[\p{C}\s|]/gu, '_'))
      .filter((one) => one !== '');
    const row = fc.record({ name: text, count: text, last: text.map((one) => `|${one}`) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        const lines = renderTable(columns, rows).trimEnd().split('\n').slice(1);
        const starts = lines.map((line) => stringWidth(line.slice(0, line.indexOf('|'))));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });

  test('colours do not count as width', () => {
    const painted: readonly Column<Row>[] = [
      { title: 'NAME', cell: ({ name }) => name, paint: (_, text) => makeStyle(true).red(text) },
      { title: 'LAST', cell: ({ last }) => last },
    ];
    const text = renderTable(painted, [
      { name: 'a', count: '', last: 'x' },
      { name: 'abcdef', count: '', last: 'y' },
    ]);
    expect(text).toContain('\u001b[31ma\u001b[39m       x');
  });

  test('a column without any text is left out; an empty table shows its titles', () => {
    expect(renderTable(columns, [{ name: 'a', count: '', last: 'b' }])).toBe('NAME  LAST\na     b\n');
    expect(renderTable(columns, [])).toBe('NAME  COUNT  LAST\n');
  });

  test('a hundred thousand rows are no problem', () => {
    const rows = Array.from({ length: 100_000 }, (_, i) => ({ name: `n${i}`, count: String(i), last: '' }));
    expect(renderTable(columns, rows).split('\n')).toHaveLength(100_002);
  });
});
