import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregateValues, maxAggregateBytes } from '#shared/built-in/aggregate.ts';
import { extractFrom, isJsonPath } from '#shared/built-in/extract.ts';
import { listOf } from '#shared/built-in/list-of.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import { aggregateSchema, extractSchema } from '#shared/model/operation.ts';

const wrote = (id: string, value: string, name = id) => ({
  node: { id: nodeIdSchema.parse(id), name, host: 'h' },
  value,
});

describe('aggregateValues', () => {
  const how = (more: object) => aggregateSchema.parse({ from: 'a.b', ...more });

  it('keeps the order of the nodes and every character', () => {
    const values = [wrote('i-2', '中\n"x"'), wrote('i-1', '')];
    expect(aggregateValues(how({}), values)).toEqual({ value: '{"i-2":"中\\n\\"x\\"","i-1":""}' });
    expect(aggregateValues(how({ as: 'list' }), values)).toEqual({ value: '["中\\n\\"x\\"",""]' });
    expect(aggregateValues(how({ as: 'text', separator: ',' }), values)).toEqual({ value: '中\n"x",' });
    expect(aggregateValues(how({ as: 'first' }), values)).toEqual({ value: '中\n"x"' });
  });

  it('of nothing is an empty map, list and text, and no first', () => {
    expect(aggregateValues(how({}), [])).toEqual({ value: '{}' });
    expect(aggregateValues(how({ as: 'list' }), [])).toEqual({ value: '[]' });
    expect(aggregateValues(how({ as: 'first' }), [])).toEqual({ reason: 'No node has an output a.b.' });
  });

  it('refuses to lose a value under a name that two nodes have', () => {
    const twins = [wrote('i-1', 'x', 'web'), wrote('i-2', 'y', 'web')];
    expect(aggregateValues(how({ by: 'name' }), twins)).toEqual({
      reason: "Two nodes have the name 'web': gather them by id.",
    });
  });

  it('says when it is too long', () => {
    const long = [wrote('i-1', 'x'.repeat(maxAggregateBytes + 1))];
    expect(aggregateValues(how({ as: 'text' }), long)).toEqual({
      reason: `What was gathered is ${maxAggregateBytes + 1} bytes long; at most ${maxAggregateBytes} are kept.`,
    });
  });
});

describe('extractFrom', () => {
  const how = (more: object) => extractSchema.parse({ from: '', ...more });

  it.each([
    ['{"a":[{"b":1},{"b":"x"}]}', { path: '$.a[*].b' }, '1'],
    ['{"a":[{"b":1},{"b":"x"}]}', { path: '$.a[*].b', all: true }, '[1,"x"]'],
    ['{"a":{"b":null}}', { path: '$.a' }, '{"b":null}'],
    ['v=12 v=13', { pattern: 'v=(\\d+)' }, '12'],
    ['v=12\nv=13', { pattern: '^v=\\d+', all: true }, '["v=12","v=13"]'],
    ['', { pattern: 'x', all: true }, '[]'],
  ])('%s with %o is %s', (text, more, expected) => {
    expect(extractFrom(text, how(more))).toEqual({ value: expected });
  });

  it('says what did not match', () => {
    expect(extractFrom('abc', how({ pattern: 'x' }))).toEqual({ reason: 'Nothing matches x in: abc' });
    expect(extractFrom('{}', how({ path: '$.a' }))).toEqual({ reason: 'Nothing matches $.a in: {}' });
    expect(extractFrom('abc', how({ path: '$.a' }))).toEqual({ reason: 'The text is not JSON: abc' });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, path) => {
        if (isJsonPath(path)) extractFrom(text, how({ path }));
      }),
    );
  });
});

describe('listOf', () => {
  it.each([
    ['[1, "a b", {"k": 2}]', [1, 'a b', { k: 2 }]],
    ['a b\n\n c \r\nd', ['a b', 'c', 'd']],
    ['[not json', ['[not json']],
    ['', []],
    ['{"a":1}', ['{"a":1}']],
  ])('%j is %j', (text, expected) => {
    expect(listOf(text)).toEqual(expected);
  });
});
