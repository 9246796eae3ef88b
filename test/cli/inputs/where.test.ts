import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKeyValues } from '#cli/inputs/key-values.ts';
import { tagsCondition, targetsOfFlags } from '#cli/inputs/where.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { nodeSchema } from '#shared/model/node.ts';

const holds = (condition: string, tags: Record<string, string>): boolean => {
  const node = nodeSchema.parse({
    id: 'i-1',
    name: 'a',
    host: 'h',
    agent: 'aws',
    region: 'r',
    instanceId: 'i-1',
    tags,
  });
  return parseCondition(condition).evaluate({ node, params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} });
};

describe('targets of flags', () => {
  test('a tag condition holds for exactly the nodes with all of the tags, whatever characters they have', () => {
    const text = fc.string({
      minLength: 1,
      maxLength: 6,
      unit: fc.constantFrom('a', '"', "'", '\\', '=', '$', '{', '}', '数', '\n', '.'),
    });
    fc.assert(
      fc.property(fc.dictionary(text, text, { minKeys: 1, maxKeys: 3 }), text, (tags, other) => {
        const condition = tagsCondition(tags);
        expect(holds(condition, { ...tags, more: 'x' })).toBe(true);
        const [name = '', ...rest] = Object.keys(tags);
        const { [name]: value, ...without } = tags;
        expect(holds(condition, without)).toBe(false);
        expect(holds(condition, { ...tags, [name]: `${value}${other}` })).toBe(false);
        expect(rest.length).toBe(Object.keys(tags).length - 1);
      }),
    );
  });

  test.each([
    [{}, undefined],
    [{ where: 'a || b' }, { where: 'a || b' }],
    [{ node: ['i-1,i-2', 'i-3'] }, { nodes: ['i-1', 'i-2', 'i-3'] }],
    [{ where: 'a || b', tag: ['x=y'] }, { where: '(a || b) && ("x" in node.tags && node.tags["x"] == "y")' }],
  ])('%j becomes %j', (flags, targets) => {
    expect(targetsOfFlags(flags)).toEqual(targets);
  });

  test('ids and conditions exclude each other, and ids must be ids', () => {
    expect(() => targetsOfFlags({ node: ['i-1'], where: 'true' })).toThrow('--node cannot be combined');
    expect(() => targetsOfFlags({ node: ['i 1'] })).toThrow("--node 'i 1' is not a node id");
  });
});

describe('name=value', () => {
  test('the first = divides; a value may be empty; of a repeated name the last counts', () => {
    expect(parseKeyValues(['a=b=c', 'x=', 'a=2'], '--param')).toEqual({ a: '2', x: '' });
    expect(() => parseKeyValues(['ab'], '--param')).toThrow("--param 'ab' is not name=value");
    expect(() => parseKeyValues(['=b'], '--param')).toThrow('is not name=value');
  });
});
