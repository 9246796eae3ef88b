import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { resolveParams } from '#shared/job/params.ts';
import { errorOf, job } from './jobs.ts';

const read = (param: Record<string, unknown>, value: string | number | boolean | null | object): unknown =>
  resolveParams(job({ params: { p: param } }), { p: JSON.parse(JSON.stringify(value)) })['p'];

describe('resolveParams', () => {
  it.each<[string, Record<string, unknown>, string | number | boolean | null | object, unknown]>([
    ['text', {}, 'x', 'x'],
    ['text that looks like a number', {}, '3', '3'],
    ['a number as text', { type: 'number' }, '3', 3],
    ['a fraction as text', { type: 'number' }, ' -1.5e2 ', -150],
    ['a number', { type: 'number' }, 3, 3],
    ['true as text', { type: 'boolean' }, 'true', true],
    ['False as text', { type: 'boolean' }, 'False', false],
    ['a boolean', { type: 'boolean' }, true, true],
    ['a comma list', { type: 'list' }, 'a, b,c', ['a', 'b', 'c']],
    ['an empty list', { type: 'list' }, '', []],
    ['a JSON list', { type: 'list' }, '["a", 1]', ['a', 1]],
    ['a list', { type: 'list' }, ['a'], ['a']],
    ['JSON as text', { type: 'json' }, '{"a": [1]}', { a: [1] }],
    ['a JSON text as text', { type: 'json' }, '"a"', 'a'],
    ['JSON', { type: 'json' }, { a: null }, { a: null }],
    ['null as JSON', { type: 'json' }, null, null],
    ['an option', { type: 'enum', options: ['a', 'b'] }, 'b', 'b'],
    ['a number option as text', { type: 'enum', options: [1, 2] }, '2', 2],
    ['list options as text', { type: 'list', options: [1, 2] }, '2,1', [2, 1]],
    ['what the pattern finds', { pattern: 'b' }, 'abc', 'abc'],
    ['letters, not code units', { max: 1 }, '😀', '😀'],
  ])('takes %s', (_what, param, given, expected) => {
    expect(read(param, given)).toEqual(expected);
  });

  it.each<[string, Record<string, unknown>, string | number | boolean | null | object, string]>([
    ['a number for text', {}, 3, 'expected a text, found the number 3'],
    ['null for text', {}, null, 'expected a text, found nothing'],
    ['words for a number', { type: 'number' }, 'three', "expected a number, found 'three'"],
    ['nothing for a number', { type: 'number' }, '', "expected a number, found ''"],
    ['hexadecimal', { type: 'number' }, '0x10', "expected a number, found '0x10'"],
    ['infinity', { type: 'number' }, '1e999', 'expected a number, found'],
    ['yes for a boolean', { type: 'boolean' }, 'yes', "expected true or false, found 'yes'"],
    ['1 for a boolean', { type: 'boolean' }, 1, 'expected true or false, found the number 1'],
    ['a broken JSON list', { type: 'list' }, '[1', "expected a list (a,b,c or JSON), found '[1'"],
    ['a map for a list', { type: 'list' }, { a: 1 }, 'expected a list (a,b,c or JSON), found a map'],
    ['a bare word for JSON', { type: 'json' }, 'abc', "expected JSON, found 'abc'"],
    ['no option', { type: 'enum', options: ['prod', 'test'] }, 'prdo', "'prdo' is not one of prod, test"],
    ['a text that does not match', { pattern: '^\\d+$' }, '12x', "'12x' does not match ^\\d+$"],
    ['too little', { type: 'number', min: 2 }, '1', 'must be at least 2, found 1'],
    ['too long a list', { type: 'list', max: 1 }, 'a,b', 'must have at most 1 items, found 2'],
    ['too short a text', { min: 3 }, 'ab', 'must have at least 3 characters, found 2'],
  ])('refuses %s', (_what, param, given, message) => {
    const error = errorOf(() => read(param, given));
    expect(error.code).toBe('params.invalid');
    expect(error.places).toEqual([expect.objectContaining({ path: '/p', message: expect.stringContaining(message) })]);
  });

  it('fills in defaults and leaves out what has none', () => {
    const one = job({ params: { a: { default: 'x' }, b: {}, c: { type: 'json', default: null } } });
    expect(resolveParams(one, {})).toEqual({ a: 'x', c: null });
    expect(resolveParams(one, { a: 'y' })).toEqual({ a: 'y', c: null });
  });

  it('tells every problem at once, with suggestions', () => {
    const one = job({
      params: { version: { required: true, description: 'Such as 1.2.3.' }, count: { type: 'number' } },
    });
    const error = errorOf(() => resolveParams(one, { count: 'x', verison: '1', zzz: 1 }));
    expect(error.places.map((place) => [place.path, place.message, place.suggestion])).toEqual([
      ['/version', "param 'version' is required", 'Such as 1.2.3.'],
      ['/count', "param 'count': expected a number, found 'x'", undefined],
      ['/verison', "the job has no param 'verison'", "Did you mean 'version'?"],
      ['/zzz', "the job has no param 'zzz'", 'Its params are version, count.'],
    ]);
  });

  it('does not take inherited names for given values', () => {
    const one = job({ params: { toString: { required: true } } });
    expect(errorOf(() => resolveParams(one, {})).message).toContain('is required');
  });

  it('gives every JSON value of a json param back unchanged, from its text and as itself', () => {
    const one = job({ params: { p: { type: 'json' } } });
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const plain = JSON.parse(JSON.stringify(value));
        expect(resolveParams(one, { p: JSON.stringify(plain) })['p']).toEqual(plain);
        if (typeof plain !== 'string') expect(resolveParams(one, { p: plain })['p']).toEqual(plain);
      }),
    );
  });

  it('never throws anything but a coded error', () => {
    const one = job({
      params: {
        a: { type: 'number' },
        b: { type: 'list', options: ['x'] },
        c: { pattern: '^(a+)$' },
        d: { type: 'boolean' },
      },
    });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'e'), fc.jsonValue()), (given) => {
        try {
          resolveParams(one, JSON.parse(JSON.stringify(given)));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
    );
  });
});
