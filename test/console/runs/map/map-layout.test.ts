import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, layoutMap, moveCell, placeOfCell } from '#console/runs/map/map-layout.ts';

const maps = fc.record({ count: fc.integer({ min: 1, max: 150_000 }), width: fc.integer({ min: 1, max: 4000 }) });

describe('the layout of a map', () => {
  it('has room for every node in the width there is', () => {
    fc.assert(
      fc.property(maps, ({ count, width }) => {
        const { columns, rows, size, gap, ...layout } = layoutMap(count, width, 220);
        expect(columns * rows).toBeGreaterThanOrEqual(count);
        expect(columns * (rows - 1)).toBeLessThan(count);
        expect(layout.width).toBeLessThanOrEqual(Math.max(width, size));
        expect(size - gap).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('keeps to its height while cells do not get too small', () => {
    for (const count of [1, 10, 100, 1000, 10_000, 60_000])
      expect([count, layoutMap(count, 1200, 220).height <= 220]).toEqual([count, true]);
    expect(layoutMap(150_000, 1200, 220)).toMatchObject({ size: 2, height: 500 });
  });

  it('has large cells for few nodes and none for none', () => {
    expect(layoutMap(10, 1200, 220)).toMatchObject({ size: 24, columns: 10, rows: 1, width: 240 });
    expect(layoutMap(0, 1200, 220)).toMatchObject({ rows: 0, height: 0 });
    expect(layoutMap(10, 0, 220).columns).toBe(1);
  });

  it('finds each cell where it is drawn', () => {
    fc.assert(
      fc.property(maps, fc.nat(149_999), ({ count, width }, at) => {
        const layout = layoutMap(count, width, 220);
        const index = at % count;
        const { x, y } = placeOfCell(layout, index);
        expect(cellAt(layout, x, y)).toBe(index);
        expect(cellAt(layout, x + layout.size - 1, y + layout.size - 1)).toBe(index);
      }),
    );
  });

  it('has no cell beside it or behind the last', () => {
    const layout = layoutMap(3, 48, 220);
    expect(cellAt(layout, -1, 0)).toBeUndefined();
    expect(cellAt(layout, 48, 0)).toBeUndefined();
    expect(cellAt(layout, 30, 30)).toBeUndefined();
    expect(cellAt(layout, 0, 48)).toBeUndefined();
  });

  it('is moved about in by keys, and never left', () => {
    const layout = layoutMap(8, 72, 220);
    expect(layout.columns).toBe(3);
    const move = (from: number, key: string) => moveCell(layout, from, key);
    expect([move(4, 'ArrowLeft'), move(4, 'ArrowRight'), move(4, 'ArrowUp'), move(4, 'ArrowDown')]).toEqual([
      3, 5, 1, 7,
    ]);
    expect([move(0, 'ArrowLeft'), move(7, 'ArrowRight'), move(1, 'ArrowUp'), move(5, 'ArrowDown')]).toEqual([
      0, 7, 1, 5,
    ]);
    expect([move(4, 'Home'), move(4, 'End'), move(7, 'End'), move(4, 'PageDown'), move(4, 'PageUp')]).toEqual([
      3, 5, 7, 7, 1,
    ]);
    expect([move(4, 'a'), move(4, 'toString'), moveCell(layoutMap(0, 72, 220), 0, 'ArrowRight')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
