import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { scope } from './scopes.ts';

const render = (text: string, over = {}): string => renderTemplate(parseTemplate(text), scope(over));

describe('renderTemplate', () => {
  it.each([
    ['plain', 'plain'],
    ['', ''],
    ['v${{ params.version }}!', 'v1.2.3!'],
    ['${{params.version}}${{params.count}}', '1.2.35'],
    ['${{ params.ratio }}', '0.5'],
    ['${{ params.on }}', 'true'],
    ['${{ params.list }}', '["a","b"]'],
    ['${{ params.map }}', '{"deep":{"n":1}}'],
    ['${{ params.nothing }}', 'null'],
    ['${{ node.host }}:${{ node.port }}', '10.0.0.1:0'],
    ['${{ node.tags.app }}-${{ node.tags.nope }}', 'shop-'],
    ['${{ node.tags }}', '{"app":"shop","env":"prod","aws:asg":"g1"}'],
    ['${{ outputs.df.free }}', '2000'],
    ['${{ int(outputs.df.free) / 2 }}', '1000'],
    ['${{ run.id }} ${{ run.attempt }}', '01J00000000000000000000000 2'],
    ['${{ {"a": {"b": 1}} }}', '{"a":{"b":1}}'],
    ['${{ {"a":{"b":1}}}}', '{"a":{"b":1}}'],
    ['${{ "}}" }}', '}}'],
    ['${{ "a\\"}}" + \'}}\' }}', 'a"}}}}'],
    ['${{ r"\\d" + "}}" }}', '\\d}}'],
    ['${{ r"\\"}}" }}', '\\"}}'],
    ['${{ """a"}}b""" }}', 'a"}}b'],
    ['${{ params.count > 3 ? "many" : "few" }}', 'many'],
    ['${{ timestamp("2024-01-01T00:00:00Z") }}', '2024-01-01T00:00:00.000Z'],
    ['${{ duration("90s") }}', '90s'],
    ['${{ [1.5, 2, "x", null, true] }}', '[1.5,2,"x",null,true]'],
    ['${{ size(node) == 0 ? 1 : 2 }}', undefined],
    ['$${{ params.version }}', '${{ params.version }}'],
    ['a $${{ b }} ${{ params.count }}', 'a ${{ b }} 5'],
    ['$HOME ${HOME} $(id) {{ x }} $', '$HOME ${HOME} $(id) {{ x }} $'],
  ])('renders %s', (text, expected) => {
    if (expected === undefined) expect(() => render(text)).toThrow(AppError);
    else expect(render(text)).toBe(expected);
  });

  it('shows the whole node without what it does not have', () => {
    const shown: unknown = JSON.parse(render('${{ node }}'));
    expect(shown).toMatchObject({ id: 'i-1', tags: { app: 'shop' } });
    expect(shown).not.toHaveProperty('port');
  });

  it('renders whole numbers beyond 2^53 without an error', () => {
    expect(render('${{ params.big }}', { params: { big: 1e20 } })).toBe('100000000000000000000');
  });

  it.each([
    ['${{ params.missing }}', 'params.missing has no value'],
    ['a ${{ outputs.nope.x }}', 'outputs.nope has no value'],
    ['${{ b"abc" }}', 'has no text form'],
  ])('fails on %s', (text, message) => {
    expect(() => render(text)).toThrow(
      expect.objectContaining({ code: 'expression.failed', message: expect.stringContaining(message) }),
    );
  });

  it('never expands what a value holds', () => {
    expect(render('${{ params.evil }}', { params: { evil: 'x$(id)${{ params.evil }}' } })).toBe(
      'x$(id)${{ params.evil }}',
    );
  });
});

describe('parseTemplate', () => {
  it.each([
    ['a ${{ params.x', 1, 3, "'${{' is not closed"],
    ['a ${{ }}', 1, 6, 'The expression is empty'],
    ['ab ${{ nod.id }} ${{ "x }}', 1, 8, "Unknown name 'nod'"],
    ['line\n  ${{ params. }}', 2, 15, 'Expected IDENTIFIER, got EOF'],
    ['${{ node.hst }}', 1, 5, "node has no field 'hst'"],
  ])('refuses %s', (text, line, column, message) => {
    expect(() => parseTemplate(text)).toThrow(
      expect.objectContaining({
        code: 'expression.invalid',
        places: expect.arrayContaining([expect.objectContaining({ line, column, message })]),
      }),
    );
  });

  it('lists what its expressions refer to, with offsets in the text', () => {
    const { references } = parseTemplate('${{ params.a }} ${{ outputs.df.free + node.tags.x }}');
    expect(references).toEqual([
      { kind: 'param', name: 'a', offset: 4 },
      { kind: 'output', operationId: 'df', name: 'free', offset: 20 },
      { kind: 'node', path: 'tags.x', offset: 38 },
    ]);
  });

  it('keeps any text without an expression as it is, once its openings are escaped', () => {
    const text = fc.array(fc.constantFrom('$', '{', '}', '${{', '}}', 'a', ' ', '"', '\n', '$$'), { maxLength: 20 });
    fc.assert(
      fc.property(text, (pieces) => {
        const plain = pieces.join('');
        fc.pre(!plain.includes('$${{'));
        expect(render(plain.replaceAll('${{', () => '$${{'))).toBe(plain);
      }),
    );
  });

  it('renders any param value between any literals unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, around) => {
        fc.pre(!around.includes('$'));
        expect(render(`${around}\${{ params.v }}${around}`, { params: { v: value } })).toBe(
          `${around}${value}${around}`,
        );
      }),
    );
  });

  it('never throws anything but a coded error', () => {
    const piece = fc.constantFrom('${{', '}}', '{', '}', '"', "'", 'params.x', ' ', '\\', 'r"', '"""', '$');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 15 }), (pieces) => {
        try {
          parseTemplate(pieces.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
