import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeLine, safeText } from '#cli/output/safe-text.ts';

describe('text of nodes', () => {
  test('nothing that steers a terminal is left; line breaks, tabs and letters are', () => {
    expect(safeText('a\u001b[2Jb\u001b]0;title\u0007\tc\r\nd\u009b31m\u007f')).toBe('a[2Jb]0;title\tc\nd31m');
    expect(safeText('\u001b[31mred\u001b[0m 数据')).toBe('red 数据');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(safeText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });

  test('a line stays a line and is cut where it is too long', () => {
    expect(safeLine(' a\n\n  b\tc ')).toBe('a ↵ b c');
    expect(safeLine('abcdef', 4)).toBe('abc…');
    expect(safeLine('abcd', 4)).toBe('abcd');
  });
});
