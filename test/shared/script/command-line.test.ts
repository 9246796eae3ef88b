import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowsArguments, windowsCommandLineFault } from '#shared/script/command-line.ts';
import { splitCommandLine } from '#test/kit/powershell/dotnet-process.ts';

const text = fc
  .array(fc.constantFrom('a', ' ', '"', '\\', '\t', '\n', '%', '^', '&', 'é', ''), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('arguments in a command line of Windows', () => {
  it('are read back as what they were', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (args) => {
        expect(splitCommandLine(`program "C:\\a b\\file.py"${windowsArguments('python3', args)}`)).toEqual([
          'program',
          'C:\\a b\\file.py',
          ...args,
        ]);
      }),
    );
  });

  it.each([
    ['', ' ""'],
    ['a b', ' "a b"'],
    ['a"b', ' "a\\"b"'],
    ['a\\', ' "a\\\\"'],
    ['a\\"', ' "a\\\\\\""'],
    ['a\\b', ' "a\\b"'],
  ])('%j is written%s', (value, written) => {
    expect(windowsArguments('perl', [value])).toBe(written);
  });

  it('of a batch file are in quotes, where cmd reads nothing but a quote and a percent sign', () => {
    expect(windowsArguments('bat', ['a & b', '^<>|', 'c\\'])).toBe(' "a & b" "^<>|" "c\\"');
    expect(windowsCommandLineFault('bat', ['a & b ^ ! <'])).toBeUndefined();
    for (const value of ['"', 'a%b', 'a\nb', 'a\rb'])
      expect(windowsCommandLineFault('bat', ['fine', value])).toMatch(/^Argument 2 holds/);
  });

  it('fit what Windows takes, or say so', () => {
    expect(windowsCommandLineFault('node', ['x'.repeat(30_000)])).toBeUndefined();
    expect(windowsCommandLineFault('node', ['"'.repeat(16_000)])).toMatch(/32003 characters/);
    expect(windowsCommandLineFault('bat', ['x'.repeat(8000)])).toMatch(/takes 7500/);
  });
});
