import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPositions, parsePositions } from '#shared/plan/positions.ts';

const every = (step: number, count: number) => Array.from({ length: count }, (_, index) => index * step);

describe('positions in a list', () => {
  it.each([
    ['none', [], ''],
    ['the first', [0], '0'],
    ['those from the start', every(1, 100), '0.1*2r'],
    ['every third', every(3, 50), '0.3*1d'],
    ['two stretches', [5, 6, 7, 100, 101], '5.1*2.2l.1'],
    ['any order', [3, 1, 1], '3.-2.0'],
  ])('are short: %s', (_, positions, text) => {
    expect(formatPositions(positions)).toBe(text);
    expect(parsePositions(text, positions.length)).toEqual(positions);
  });

  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { maxLength: 200 }), (positions) => {
        expect(parsePositions(formatPositions(positions), positions.length)).toEqual(positions);
      }),
    );
  });

  it('stay below 500 characters for a hundred nodes that are scattered over 100,000', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(99_999), { minLength: 100, maxLength: 100 }), (places) => {
        const text = formatPositions(places.toSorted((a, b) => a - b));
        expect(text.length).toBeLessThanOrEqual(500);
      }),
    );
  });

  it('are no more than there are nodes, whatever the text says', () => {
    expect(parsePositions('0.1*zzzzzz', 3)).toEqual([0, 1, 2]);
  });
});
