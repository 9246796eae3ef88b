import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCondition } from '#shared/expression/condition.ts';
import { translateCondition } from '#shared/import/autoexec/condition.ts';

const values: Readonly<Record<string, string>> = {
  A: '1',
  B: 'blue',
  N: '10',
  L: '007',
  E: '',
  V: '1.2.3',
  C: 'a "q" \\ b',
};

const translated = (source: string) =>
  translateCondition(source, (name) => (Object.hasOwn(values, name) ? { cel: `params.${name}` } : undefined));

/** What a condition comes to. */
const evaluate = (source: string, params = values): boolean => {
  const read = translated(source);
  if ('why' in read) throw new Error(read.why);
  return parseCondition(read.cel).evaluate({ params, run: { id: 'r', attempt: 1, job: 'j' }, outputs: {} });
};

describe('translateCondition', () => {
  it.each([
    ['$B = "blue"', true],
    ["$B == 'blue'", true],
    ['${B} != "blue"', false],
    ['$A = 1', true],
    ['$A = "1"', true],
    ['"01" = 1', true],
    ['$L = 7', true],
    ['$L = $A', false],
    ['$B = 1', false],
    ['$B != 1', true],
    ['$E = ""', true],
    ['$V = "1.2.3"', true],
    ['1 = 1', true],
    ["'a' = 'b'", false],
    ['$N > 9', true],
    ['$N >= 11', false],
    ['9 < $N', true],
    ['$A < $N', true],
    ['$B < "c"', true],
    ['$B contains "lu"', true],
    ['"blueish" contains $B', true],
    ['$B startswith "b"', true],
    ['$N startswith 1', true],
    ['"x$A" = "x1"', true],
    ['"${A}" = 1', true],
    ['"$A$N" = 110', true],
    ['$C = \'a "q" \\ b\'', true],
    ['not $A = 1', false],
    ['NOT $A = 2 AND $B = "blue"', true],
    ['$A = 2 and $B = "x" or $B = "blue"', true],
    ['$A = 2 and ($B = "x" or $B = "blue")', false],
    ['not ($A = 2 or $B = "x")', true],
    ['not not $A = 1', true],
  ])('%s is %s', (source, expected) => {
    expect(evaluate(source)).toBe(expected);
  });

  it.each([
    ['', /it is empty/],
    ['$FLAG = 1', /\$FLAG is neither a parameter/],
    ['"$FLAG" = 1', /\$FLAG is neither a parameter/],
    ['$A', /a value alone/],
    ['"x"', /a value alone/],
    ['$A = blue', /"blue" is no value: texts stand in quotes/],
    ['$A + 1 = 2', /several operators in a row/],
    ['$A = 1 = 1', /several operators in a row/],
    ['$A = 3.4', /read 3\.4 as 3/],
    ['$A = -1', /"-" is no value/],
    ['$A = 1 garbage', /ignored all of it from "garbage" on/],
    ['$A=1&&$B="x"', /ignored all of it from "&&\$B/],
    ['$A = 1 $B = 2', /ignored all of it from "\$B = 2"/],
    ['-f "/etc/passwd"', /tested a file of the runner/],
    ['($A = 1', /a parenthesis is not closed/],
    ['$A =', /it ends too early/],
    ['$B CONTAINS "l"', /a value alone/],
    ['$A = "open', /is no value/],
  ])('refuses %j and says why and what to do', (source, why) => {
    const read = translated(source);
    expect(read).toEqual({ why: expect.stringMatching(why), instead: expect.stringMatching(/\w/) });
  });

  it('compares texts as the old engine did, whatever they are', () => {
    const text = fc.oneof(fc.stringMatching(/^[0-9]{0,4}$/), fc.stringMatching(/^[ -!#-~é中]{0,6}$/));
    const number = (one: string) => (/^\d+$/.test(one) ? BigInt(one) : one);
    fc.assert(
      fc.property(text, text, (A, B) => {
        const expected = number(A) === number(B);
        expect(evaluate('$A = $B', { ...values, A, B })).toBe(expected);
        expect(evaluate('$A != $B', { ...values, A, B })).toBe(!expected);
        if (!/[$"]/.test(B)) expect(evaluate(`$A = "${B}"`, { ...values, A, B })).toBe(expected);
      }),
    );
  });

  it('never throws and gives only conditions that Drover can read, whatever the text is', () => {
    const piece = fc.constantFrom(
      '$A',
      '${B}',
      '"x"',
      "'$A'",
      '1',
      '3.4',
      '=',
      '<',
      '+',
      'and',
      'or',
      'not',
      '(',
      ')',
      '-f',
      'contains',
      '&&',
      '"',
      '$',
      'é',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const read = translated(pieces.join(' '));
        if ('cel' in read) expect(() => parseCondition(read.cel)).not.toThrow();
      }),
      { numRuns: 1000 },
    );
  });
});
