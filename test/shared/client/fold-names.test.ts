import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldNames } from '#shared/client/fold-names.ts';

/** The names that a folded one stands for. */
const expand = (folded: string): string[] => {
  const parts = folded.match(/^(.*)\[([\d,-]+)\]([^\]]*)$/s);
  if (parts === null) return [folded];
  const [, prefix = '', ranges = '', suffix = ''] = parts;
  return ranges.split(',').flatMap((range) => {
    const [first = '', last = first] = range.split('-');
    const width = first.startsWith('0') ? first.length : 0;
    const count = Number(last) - Number(first) + 1;
    return Array.from(
      { length: count },
      (_, i) => `${prefix}${String(Number(first) + i).padStart(width, '0')}${suffix}`,
    );
  });
};

describe('folding names', () => {
  test.each([
    [[], []],
    [['web-1'], ['web-1']],
    [['web-1', 'web-1'], ['web-1']],
    [['web-2', 'web-1', 'web-3', 'web-42'], ['web-[1-3,42]']],
    [['web-9', 'web-10', 'web-11'], ['web-[9-11]']],
    [['web-08', 'web-09', 'web-10'], ['web-[08-10]']],
    [['web-8', 'web-08'], ['web-[08,8]']],
    [
      ['web-1.prod', 'web-2.prod', 'web-1.test'],
      ['web-[1-2].prod', 'web-1.test'],
    ],
    [
      ['db', 'web-10', 'web-2'],
      ['db', 'web-[2,10]'],
    ],
    [['数据库-1', '数据库-2'], ['数据库-[1-2]']],
    [
      ['ip-10-0-0-1', 'ip-10-0-0-2', 'ip-10-0-1-1'],
      ['ip-10-0-0-[1-2]', 'ip-10-0-1-1'],
    ],
  ])('%j becomes %j', (names, folded) => {
    expect(foldNames(names)).toEqual(folded);
  });

  test('loses no name and invents none', () => {
    const name = fc.oneof(
      fc
        .tuple(
          fc.constantFrom('web-', 'db', '', 'a1b'),
          fc.stringMatching(/^\d{1,3}$/),
          fc.constantFrom('', '.prod', 'x'),
        )
        .map((p) => p.join('')),
      fc.stringMatching(/^[a-z0-9-]{1,20}$/),
      fc.stringMatching(/^\d{14,20}$/),
    );
    fc.assert(
      fc.property(fc.array(name), (names) => {
        expect(foldNames(names).flatMap(expand).toSorted()).toEqual([...new Set(names)].toSorted());
      }),
      { numRuns: 500 },
    );
  });

  test('a name with brackets or commas is left as it is', () => {
    expect(foldNames(['a[1]', 'a[2]', 'b,1'])).toEqual(['a[1]', 'a[2]', 'b,1']);
  });

  test('ten thousand names fold quickly into one', () => {
    expect(foldNames(Array.from({ length: 10_000 }, (_, i) => `n${i}`))).toEqual(['n[0-9999]']);
  });
});
