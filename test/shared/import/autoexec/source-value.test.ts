import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '#shared/import/autoexec/source-text.ts';
import { parseSource } from '#shared/import/autoexec/source-value.ts';
import { importError } from './old-job.ts';

describe('parseSource', () => {
  it('reads any JSON to the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
        fc.pre(value !== null);
        const text = JSON.stringify(value, null, indent);
        expect(JSON.parse(jsonText(parseSource(text, 'f')))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps numbers as written', () => {
    expect(jsonText(parseSource('{"id": 12345678901234567890, "share": 1.0}', 'f'))).toBe(
      '{"id": 12345678901234567890, "share": 1.0}',
    );
  });

  it('knows path, line and column of a value', () => {
    const source = parseSource('\uFEFF{\n  "runFlow": [\n    {"节点 a": 7}\n  ]\n}', 'f');
    const flow = source.kind === 'map' ? source.entries.get('runFlow') : undefined;
    const group = flow?.kind === 'list' ? flow.items[0] : undefined;
    const seven = group?.kind === 'map' ? group.entries.get('节点 a') : undefined;
    expect(seven?.place).toEqual({ path: 'runFlow[0]["节点 a"]', line: 3, column: 14 });
  });

  it('takes trailing commas and comments', () => {
    expect(jsonText(parseSource('# old job\n{"a": [1, 2,],}', 'f'))).toBe('{"a": [1, 2]}');
  });

  it('keeps the last of a repeated key and names it', () => {
    const source = parseSource('{"a": 1, "a": 2}', 'f');
    expect(source).toMatchObject({ repeated: ['a'] });
    expect(jsonText(source)).toBe('{"a": 2}');
  });

  it.each([
    ['{\n  "a": 1\n  "b": 2\n}', 2],
    ['{\n"a": [1, 2\n}', 3],
    ['{"a": tru}', 1],
    ['{"a": 1}}', 1],
    ['{"a":\n"x\ny"}', 2],
    ['{"a": 1,\n"b": .5}', 2],
    ['{"a": 1,\n"b"}', 2],
    ['{"a": 1,\n"b": *x}', 2],
    ['a: 1', 1],
    ['', 1],
    ['   ', 1],
  ])('refuses %j with the place in line %i', (text, line) => {
    const { code, places } = importError(() => parseSource(text, 'params.json'));
    expect(code).toBe('import.invalid');
    expect(places[0]).toMatchObject({ file: 'params.json', line });
    expect(places[0]?.column).toBeGreaterThan(0);
  });
});
