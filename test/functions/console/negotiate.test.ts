import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseCoding, hasAlready } from '#functions/console/negotiate.ts';
import { findEntry, makePage } from '#functions/console/page.ts';

describe('the choice of a compression', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate, zstd', undefined],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br', 'br'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['br;q=0.8,gzip;q=0.8', 'br'],
    ['br ; q=0, *;q=0.1', 'gzip'],
    ['gzip;q=0, br;q=0', undefined],
    ['*;q=0', undefined],
    ['br;q=nonsense', undefined],
  ])('%j: %s', (header, coding) => {
    expect(chooseCoding(header)).toBe(coding);
  });

  it('is never one that the client does not take', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const chosen = chooseCoding(header);
        if (chosen !== undefined) expect(header.toLowerCase()).toMatch(new RegExp(`${chosen}|\\*`));
      }),
    );
  });
});

it('a client has nothing of what it does not name', () => {
  fc.assert(
    fc.property(fc.string(), fc.stringMatching(/^[0-9a-f]{1,22}$/), (header, digest) => {
      if (!header.includes(digest) && !header.includes('*')) expect(hasAlready(header, `"${digest}"`)).toBe(false);
    }),
  );
});

it('whatever is asked for, only files of the page are found', () => {
  const page = makePage(['index.html', 'assets/a.js', 'icon.svg'].map((path) => ({ path, bytes: new Uint8Array(3) })));
  if (page === undefined) throw new Error('There is no page');
  const known = new Set(page.files.values());
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webPath(), fc.constantFrom('__proto__', 'constructor')), (path) => {
      const found = findEntry(page, path);
      if (path.startsWith('assets/') && path !== 'assets/a.js') expect(found).toBeUndefined();
      else expect(known.has(found ?? expect.fail(path))).toBe(true);
    }),
  );
});
