import { describe, expect, it } from 'vitest';
import { paintCells, readRgb } from '#console/runs/map/map-pixels.ts';

const colors = new Map([
  ['s', [1, 2, 3]],
  ['f', [4, 5, 6]],
  ['.', [7, 8, 9]],
] as const);

describe('the pixels of a map', () => {
  it('are one for each node in the colour of its status, and nothing behind the last', () => {
    expect([...paintCells('sf', 3, { colors, shown: undefined })]).toEqual([1, 2, 3, 255, 4, 5, 6, 255, 0, 0, 0, 0]);
  });

  it('are faint for what a filter leaves out, and for what is in no phase or unknown', () => {
    const alphas = [...paintCells('sf.Z', 4, { colors, shown: new Set(['f', '.']) })].filter((_, at) => at % 4 === 3);
    expect(alphas[0]).toBeLessThan(60);
    expect(alphas[1]).toBe(255);
    expect(alphas[2]).toBeLessThan(60);
    expect(alphas[3]).toBeLessThan(60);
  });

  it('have the colours that browsers compute', () => {
    expect(readRgb('rgb(211, 57, 47)')).toEqual([211, 57, 47]);
    expect(readRgb('rgba(211, 57, 47, 0.5)')).toEqual([211, 57, 47]);
    expect(readRgb('rgb(211 57 47)')).toEqual([211, 57, 47]);
    expect(readRgb('light-dark(#fff, #000)')).toBeUndefined();
  });
});
