import { describe, expect, it } from 'vitest';
import { nextDueTimes } from '#shared/schedule/firings.ts';
import { parseExpression } from '#shared/schedule/read-expression.ts';
import { vectors } from './vectors.ts';

const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

describe('due times of every dialect', () => {
  it('has all vectors', () => expect(vectors).toHaveLength(33));

  it.each(vectors)('$id: $dialect `$expression` in $zone', ({ dialect, expression, zone, start, next }) => {
    const { form } = parseExpression({ dialect, expression, zone, anchorMs: 0 });
    const found = nextDueTimes(form, { afterMs: Date.parse(start) }, 3).map(({ atMs }) => iso(atMs));
    expect(found).toEqual(next);
  });
});
