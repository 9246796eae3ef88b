import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bodyTooLarge, bytesInJson, fittingCount, maxPageBytes, maxRequestBytes } from '#shared/contract/sizes.ts';

describe('bytes in JSON', () => {
  test('are those of what Lambda is handed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const event = JSON.stringify({ body: text });
        expect(bytesInJson(text)).toBe(Buffer.byteLength(event) - Buffer.byteLength('{"body":}'));
      }),
    );
  });

  test.each([
    ['', 2],
    ['x', 3],
    ['"', 4],
    ['\\', 4],
    ['\u0001', 8],
    ['é', 4],
    ['漢', 5],
    ['😀', 6],
    ['\ud800', 8],
  ])('of %j are %d', (text, bytes) => {
    expect(bytesInJson(text)).toBe(bytes);
  });
});

describe('a page', () => {
  test('has as many items as fit, and one at least', () => {
    const item = 'x'.repeat(96); // 100 bytes: the quotes of the item take two each
    const items = Array.from({ length: 10 }, () => item);
    const each = bytesInJson(JSON.stringify(item));
    expect(fittingCount([], 1)).toBe(0);
    expect(fittingCount(items, 1)).toBe(1);
    expect(fittingCount(items, each * 3 - 1)).toBe(2);
    expect(fittingCount(items, each * 3)).toBe(3);
    expect(fittingCount(items)).toBe(10);
  });

  test('never has more, and never leaves out what would fit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', maxLength: 40 })),
        fc.integer({ min: 1, max: 400 }),
        (items, most) => {
          const bytes = (count: number) =>
            items.slice(0, count).reduce((sum, one) => sum + bytesInJson(JSON.stringify(one)), 0);
          const count = fittingCount(items, most);
          if (count > 1) expect(bytes(count)).toBeLessThanOrEqual(most);
          if (count < items.length) expect(bytes(count + 1)).toBeGreaterThan(most);
        },
      ),
    );
  });
});

test('limits stay below the 6 MiB of Lambda, with room for headers', () => {
  for (const limit of [maxRequestBytes, maxPageBytes]) expect(limit).toBeLessThan(6 * 1024 * 1024 - 200_000);
});

test('what is too large says the limit and what to do instead', () => {
  expect(bodyTooLarge(6_000_001)).toMatchObject({ code: 'request.too-large', kind: { http: 413 } });
  expect(bodyTooLarge(6_000_001).message).toMatch(/6000001 bytes.*5500000/);
  expect(bodyTooLarge().hint).toMatch(/targets.where.*job apply.*command put/);
});
