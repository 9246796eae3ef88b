import { describe, expect, it } from 'vitest';
import { parseCondition } from '#shared/expression/condition.ts';
import { referencesOf } from '#shared/expression/expression.ts';
import { outputReferences, type Reference } from '#shared/expression/references.ts';

const brief = (reference: Reference): string => {
  switch (reference.kind) {
    case 'param':
    case 'run':
    case 'env':
    case 'each':
    case 'unknown':
      return `${reference.kind} ${reference.name}`;
    case 'node':
      return `node ${reference.path}`;
    case 'output':
      return `output ${reference.operationId}.${reference.name}`;
    case 'whole':
      return `whole ${reference.root}`;
  }
};

describe('referencesOf', () => {
  it.each([
    ['params.a == params["b"]', ['param a', 'param b']],
    ['params.a.deep.er[0] == 1', ['param a']],
    ['params.namespace == ""', ['param namespace']],
    ['outputs.df.free == "1" || outputs["df"]["used"] == "2"', ['output df.free', 'output df.used']],
    ['has(outputs.df.free)', ['output df.free']],
    ['node.tags.app == node.tags["aws:x"]', ['node tags.app', 'node tags.aws:x']],
    ['"a" in node.tags', ['node tags']],
    ['run.attempt > 1', ['run attempt']],
    ['params[node.id] == 1', ['whole params', 'node id']],
    ['size(outputs.df) == 1', ['whole outputs']],
    ['params.list.exists(x, x == params.y)', ['param list', 'param y']],
    ['params.list.map(params, params.z) == []', ['param list']],
    ['cel.bind(x, params.a, x + params.b) == 1', ['param a', 'param b']],
    ['params.a ? outputs.o.x == "1" : node.host == "h"', ['param a', 'output o.x', 'node host']],
    ['{"k": params.a}.k == [params.b][0]', ['param a', 'param b']],
    ['!params.a && -params.b < 0', ['param a', 'param b']],
    ['type(params.a) == string', ['param a']],
    ['foo.bar == 1', ['unknown foo']],
    ['params.', []],
  ])('of %s', (text, expected) => {
    expect(referencesOf(text).map(brief)).toEqual(expected);
  });

  it('says where each stands', () => {
    expect(referencesOf('true && params.a').map((one) => one.offset)).toEqual([8]);
  });

  it('picks the outputs out of a condition', () => {
    const condition = parseCondition('params.a == 1 && outputs.df.free == "2"');
    expect(outputReferences(condition)).toEqual([{ kind: 'output', operationId: 'df', name: 'free', offset: 17 }]);
  });
});
