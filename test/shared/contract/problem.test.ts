import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fallbackCode, fromProblem, problemSchema, toPointer, toProblem } from '#shared/contract/problem.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { type ErrorCode, errorCatalogue } from '#shared/errors/catalogue.ts';

const codes = Object.keys(errorCatalogue) as ErrorCode[];
const optional = <T>(name: string, value: fc.Arbitrary<T>) =>
  fc.option(value, { nil: undefined }).map((v) => (v === undefined ? {} : { [name]: v }));
const place = fc
  .tuple(
    fc.record({ message: fc.string() }),
    optional(
      'path',
      fc.array(fc.stringMatching(/^[a-z0-9]{1,5}$/)).map((parts) => parts.map((part) => `/${part}`).join('')),
    ),
    optional('file', fc.string()),
    optional('line', fc.nat()),
    optional('column', fc.nat()),
    optional('suggestion', fc.string()),
  )
  .map((parts) => Object.assign({}, ...parts));

describe('problems', () => {
  test('an error survives the way over JSON with code, message, places and hint', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.string(),
        fc.array(place),
        optional('hint', fc.string()),
        (code, message, places, hint) => {
          const error = new AppError(code, message, { places, ...hint });
          const back = fromProblem(problemSchema.parse(JSON.parse(JSON.stringify(toProblem(error, 'r1')))));
          expect({ code: back.code, message: back.message, places: back.places, hint: back.hint }).toEqual({
            code,
            message,
            places,
            hint: error.hint,
          });
        },
      ),
    );
  });

  test('a code of a newer server becomes the nearest one known here', () => {
    const problem = { type: '/errors/new.code', title: 'New', status: 404, detail: 'gone', code: 'new.code' };
    expect(fromProblem(problem).code).toBe('route.not-found');
    expect(fallbackCode(401)).toBe('auth.required');
    expect(fallbackCode(418)).toBe('request.invalid');
    expect(fallbackCode(429)).toBe('service.unreachable');
    expect(fallbackCode(500)).toBe('service.protocol');
  });

  test.each([
    ['', ''],
    ['/spec/groups/0', '/spec/groups/0'],
    ['spec.groups[0].name', '/spec/groups/0/name'],
    ['only.groups', '/only/groups'],
    ['a/b.c~d', '/a~1b/c~0d'],
  ])('the path %j is the pointer %j', (path, pointer) => {
    expect(toPointer(path)).toBe(pointer);
  });
});
