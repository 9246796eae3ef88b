import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requireCarriable, shLiteral, utf8Bytes } from '#shared/script/literal.ts';

describe('shLiteral', () => {
  it('quotes so that nothing is expanded', () => {
    expect(shLiteral(`x$(touch pwned)y'"`)).toBe(`'x$(touch pwned)y'\\''"'`);
  });

  it('never leaves two braces together', () => {
    expect(shLiteral('{{{a}}')).toBe("'{''{''{a}}'");
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{', "'", '}', 'x', '\\')), (parts) => {
        expect(shLiteral(parts.join(''))).not.toContain('{{');
      }),
    );
  });
});

describe('requireCarriable', () => {
  it('refuses NUL and half a surrogate pair, naming what holds it', () => {
    expect(() => requireCarriable('Argument 3', 'a\0b')).toThrow(expect.objectContaining({ code: 'script.invalid' }));
    expect(() => requireCarriable('Argument 3', 'a\ud800b')).toThrow(/Argument 3/);
    expect(() => requireCarriable('Argument 3', 'a\u{1F600}b')).not.toThrow();
  });
});

describe('utf8Bytes', () => {
  it('counts bytes, not characters', () => {
    expect(utf8Bytes('aé中😀')).toBe(1 + 2 + 3 + 4);
  });
});
