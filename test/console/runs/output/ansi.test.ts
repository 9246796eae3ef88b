import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainText, readAnsi } from '#console/runs/output/ansi.ts';

const looksOf = (text: string) => readAnsi(text).map(({ text: part, look }) => [part, look]);

describe('what a node printed', () => {
  it('has its colours and weights', () => {
    expect(looksOf('a\u001b[1;31mred\u001b[22mthin\u001b[0m end')).toEqual([
      ['a', {}],
      ['red', { bold: true, front: 1 }],
      ['thin', { bold: false, dim: false, front: 1 }],
      [' end', {}],
    ]);
  });

  it('has colours of the table of 256 and any others, in both ways of writing', () => {
    expect(looksOf('\u001b[38;5;208ma')).toEqual([['a', { front: [255, 135, 0] }]]);
    expect(looksOf('\u001b[38;5;9ma')).toEqual([['a', { front: 9 }]]);
    expect(looksOf('\u001b[48;5;255ma')).toEqual([['a', { back: [238, 238, 238] }]]);
    expect(looksOf('\u001b[38;2;1;2;3;4ma')).toEqual([['a', { front: [1, 2, 3], underline: true }]]);
    expect(looksOf('\u001b[38:2::1:2:3ma')).toEqual([['a', { front: [1, 2, 3] }]]);
    expect(looksOf('\u001b[38:5:196;1ma')).toEqual([['a', { front: [255, 0, 0], bold: true }]]);
    expect(looksOf('\u001b[97;104ma')).toEqual([['a', { front: 15, back: 12 }]]);
  });

  it('stays readable when numbers are nonsense', () => {
    for (const codes of ['38;5;999', '38;5', '38', '38;2;1;2', '48;2;300;0;0', '99999999999', ';;;', '38;9;1', '-1'])
      expect([codes, plainText(`a\u001b[${codes}mb`).endsWith('b')]).toEqual([codes, true]);
  });

  it('never hides itself', () => {
    expect(looksOf('\u001b[8mhidden')).toEqual([['hidden', {}]]);
    // A string to the terminal that never ends must not swallow what comes after.
    expect(plainText('\u001b]0;no end\nnext line')).toBe('0;no end\nnext line');
    expect(plainText(`\u001bP${'x'.repeat(5000)}`)).toContain('x'.repeat(5000));
    expect(plainText('good\rEVIL')).toBe('good\nEVIL');
  });

  it('loses what steers a terminal: cursor, screen, titles, links, clipboard, keyboard', () => {
    expect(plainText('a\u001b[2J\u001b[H\u001b[?25l\u001b[10Ab')).toBe('ab');
    expect(plainText('a\u001b]0;title\u0007b\u001b]8;;http://evil.example\u001b\\link\u001b]8;;\u001b\\c')).toBe(
      'ablinkc',
    );
    expect(plainText('a\u001b]52;c;ZXZpbA==\u0007b\u001bPq#0\u001b\\c\u001b_app\u001b\\d')).toBe('abcd');
    expect(plainText('a\u009b31mb\u009d0;t\u009cc\u0090x\u009cd')).toBe('abcd');
    expect(plainText('a\u001bcb\u001b(Bc\u001b7d\u0007\u0000\u0008e')).toBe('abcde');
    expect(looksOf('\u009b31mred')).toEqual([['red', { front: 1 }]]);
  });

  it('names what turns text round', () => {
    expect(plainText('if admin\u202e\u2066 {')).toBe('if admin⟨U+202E⟩⟨U+2066⟩ {');
  });

  it('keeps lines, tabs and every script', () => {
    expect(plainText('a\tb\r\nc\n')).toBe('a\tb\nc\n');
    expect(plainText('日本語 🚀 é\n')).toBe('日本語 🚀 é\n');
    expect(readAnsi('')).toEqual([]);
  });

  const hostile = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '\u001b',
          '[',
          ']',
          '\u009b',
          '\u009d',
          '\u0007',
          '\u001b\\',
          'm',
          ';',
          '38',
          '5',
          '\r',
          '\n',
          '\u202e',
          '\u001bP',
          'x',
        ),
        fc.string(),
      ),
    )
    .map((parts) => parts.join(''));

  it('has no control but tab and line feed, whatever it is', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(plainText(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('loses no printable text that is outside of sequences', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9 ]*$/)), (words) => {
        expect(plainText(words.join('\u001b[1;32m'))).toBe(words.join(''));
      }),
    );
  });

  it('is read in time that grows with its length only', () => {
    const nasty = ['\u001b]', '\u001b[', '\u009d', '\u009b', '\u001b[0;', '\u001bP1', '\r', '\u001b[38;5;'];
    for (const part of nasty) {
      const text = part.repeat(Math.ceil(1_000_000 / part.length));
      const before = performance.now();
      readAnsi(text);
      // Ten times what it takes: a pattern that backtracks would take minutes.
      expect(performance.now() - before).toBeLessThan(5000);
    }
  });
});
