import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fenceName } from '#shared/script/fence.ts';

describe('fenceName', () => {
  it('is a plain file name for any text', () => {
    expect(fenceName('01J/start.x_1', 'node é')).toBe('01J_2Fstart_2Ex_5F1@node_20_C3_A9');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 }), (fence) => {
        expect(fenceName(fence, fence)).toMatch(/^[A-Za-z0-9_@~-]{3,245}$/);
      }),
    );
  });

  it('differs for different fences and node keys', () => {
    const part = fc.string({
      unit: fc.constantFrom('a', '_', '/', '@', '2', 'F', '-', 'é'),
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        part,
        part,
        fc.option(part, { nil: undefined }),
        fc.option(part, { nil: undefined }),
        (a, b, c, d) => {
          fc.pre(a !== b || c !== d);
          expect(fenceName(a, c)).not.toBe(fenceName(b, d));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('stays below the limit of file systems, and differs for long texts that differ anywhere', () => {
    const long = 'x'.repeat(300);
    const names = [long, `${long}y`, `y${long}`, `${long.slice(1)}y`].map((fence) => fenceName(fence, long));
    expect(new Set(names).size).toBe(4);
    expect(names.every((name) => name.length === 241)).toBe(true);
    expect(fenceName(long, 'k').startsWith(`${fenceName(long)}@`)).toBe(true);
  });

  it('refuses what is no name', () => {
    expect(() => fenceName('')).toThrow(expect.objectContaining({ code: 'script.invalid' }));
    expect(() => fenceName('a', '\ud800')).toThrow(expect.objectContaining({ code: 'script.invalid' }));
  });
});
