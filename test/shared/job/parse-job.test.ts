import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { jobLevels } from '#shared/job/job-levels.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import { document, errorOf, job } from './jobs.ts';

const isJobOrError = (value: unknown): boolean => {
  try {
    return parseJob(value).kind === 'Job';
  } catch (error) {
    return error instanceof AppError && error.code === 'job.invalid' && error.places.length > 0;
  }
};

describe('parseJob', () => {
  it('gives places with JSON Pointers, in the order of the document', () => {
    const error = errorOf(() =>
      parseJob({ ...document({ params: { 'a/b': {}, c: { typ: 'string' } } }), apiVersion: 'x' }),
    );
    expect(error.code).toBe('job.invalid');
    expect(error.places.map((place) => place.path)).toEqual(['/apiVersion', '/spec/params/a~1b', '/spec/params/c/typ']);
  });

  it.each([[null], [undefined], [1], ['a'], [[]], [{}], [() => 1]])('refuses %s', (value) => {
    expect(errorOf(() => parseJob(value)).code).toBe('job.invalid');
  });

  it('refuses values that hold themselves and values nested too deep', () => {
    const loop: Record<string, unknown> = {};
    loop['a'] = loop;
    loop['b'] = [loop, loop];
    expect(errorOf(() => parseJob(loop)).message).toContain('nested more than 64 levels deep');
    const deep: unknown = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    expect(errorOf(() => parseJob(document({ params: { a: { default: deep } } }))).message).toContain('nested');
  });

  it('makes a job or a coded error of any JSON value', () => {
    fc.assert(fc.property(fc.jsonValue(), isJobOrError), { numRuns: 300 });
  });

  it('makes a job or a coded error of a job with anything put at any place', () => {
    const keys = fc.constantFrom(
      '__proto__',
      'constructor',
      'toString',
      ...jobLevels.flatMap((level) => Object.keys(level.keys)),
    );
    const path = fc.array(fc.oneof(keys, fc.constantFrom('0', '1')), { minLength: 1, maxLength: 8 });
    const value = fc.oneof(fc.jsonValue(), keys, fc.constantFrom('10%', '30s', 'node.id', '${{ params.x }}', '${{'));
    fc.assert(
      fc.property(fc.array(fc.tuple(path, value), { minLength: 1, maxLength: 4 }), (changes) => {
        const changed: unknown = JSON.parse(
          JSON.stringify(job({ params: { x: {} }, env: { A: 'b' }, targets: { where: 'true' } })),
        );
        for (const [at, put] of changes) putAt(changed, at, put);
        expect(isJobOrError(changed)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('reads its own jobs back unchanged', () => {
    const one = job({ params: { x: { default: 'y' } }, env: { A: '${{ params.x }}' } });
    expect(parseJob(JSON.parse(JSON.stringify(one)))).toEqual(one);
  });
});

/** Sets the value at a path as far as the document goes. */
const putAt = (target: unknown, path: readonly string[], value: unknown): void => {
  let at = target;
  for (const key of path.slice(0, -1)) {
    const next: unknown =
      typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined;
    if (typeof next !== 'object' || next === null) break;
    at = next;
  }
  if (typeof at === 'object' && at !== null)
    Object.defineProperty(at, path.at(-1) ?? '', { value, enumerable: true, writable: true, configurable: true });
};
