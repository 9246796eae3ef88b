import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOutputs } from '#shared/script/outputs.ts';

describe('parseOutputs', () => {
  it('reads name=value lines, keeping the value unchanged', () => {
    expect(parseOutputs('free=12\nurl=http://x/?a=b \nempty=\n')).toEqual({
      values: { free: '12', url: 'http://x/?a=b ', empty: '' },
      error: null,
    });
  });

  it('reads JSON lines, keeping values that are no strings as JSON text', () => {
    expect(parseOutputs('{"a":"é\\n中","n":1.5,"list":[1,"x"],"no":null}\nb=2').values).toEqual({
      a: 'é\n中',
      n: '1.5',
      list: '[1,"x"]',
      no: 'null',
      b: '2',
    });
  });

  it('lets later lines win', () => {
    expect(parseOutputs('a=1\n{"a":"2"}').values).toEqual({ a: '2' });
  });

  it.each(['no equals sign', '=x', '1a=x', '{"a":', '{', '[1]', '"a"'])('reports %j and keeps the rest', (line) => {
    expect(parseOutputs(`a=1\n\n${line}\nb=2`)).toEqual({
      values: { a: '1', b: '2' },
      error: { code: 'invalid', line: 3, text: line },
    });
  });

  it('keeps names that objects have of their own', () => {
    expect(Object.entries(parseOutputs('__proto__=x\nconstructor=y').values)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseOutputs(text)));
  });
});
