import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asked,
  chosenOf,
  emptyText,
  fieldText,
  fileStates,
  firstTexts,
  paramRule,
  readField,
  readForm,
} from '#console/jobs/start/param-form.ts';
import { type Param, paramSchema } from '#shared/model/param.ts';

const param = (given: Partial<Param>): Param => paramSchema.parse(given);

describe('the fields of params', () => {
  it('hold the defaults at first, and say nothing of them', () => {
    const declared = {
      name: param({ default: 'shop' }),
      count: param({ type: 'number', default: 3 }),
      fast: param({ type: 'boolean', default: false }),
      packages: param({ type: 'list', default: ['a', 'b'] }),
      mixed: param({ type: 'list', default: [1, 'b'] }),
      extra: param({ type: 'json', default: { a: [1] } }),
      free: param({}),
    };
    const texts = firstTexts(declared);
    expect(texts).toMatchObject({
      name: 'shop',
      count: '3',
      fast: 'false',
      packages: 'a\nb',
      mixed: '[1,"b"]',
      free: '',
    });
    expect(readForm(declared, texts)).toEqual({ values: {} });
    expect(readForm(declared, { ...texts, count: ' 4 ', packages: 'c\n\n d ', extra: '{"b":1}', name: '' })).toEqual({
      values: { count: 4, packages: ['c', 'd'], extra: { b: 1 }, name: '' },
    });
  });

  it('say what is wrong, each for itself', () => {
    const declared = {
      version: param({ required: true, pattern: '^\\d+$' }),
      count: param({ type: 'number', min: 1, max: 5 }),
      day: param({ type: 'date' }),
      channel: param({ type: 'enum', options: ['stable', 'beta'], required: true }),
      extra: param({ type: 'json' }),
    };
    const { errors } = readForm(declared, { version: '', count: '9', day: 'tomorrow', channel: 'stabel', extra: '{' });
    expect(errors).toMatchObject({
      version: 'is required',
      count: expect.stringContaining('at most 5'),
      day: expect.stringContaining('2026-12-24'),
      channel: expect.stringContaining('stable'),
      extra: expect.stringContaining('JSON'),
    });
    expect(readField(declared.version, 'x')).toMatchObject({ error: expect.stringContaining('does not match') });
  });

  it('never show what was written in place of a reference to a secret', () => {
    const reading = readField(param({ type: 'secret' }), 'hunter2');
    expect(JSON.stringify(reading)).not.toContain('hunter2');
    expect(reading).toMatchObject({ error: expect.stringContaining('reference') });
    expect(readField(param({ type: 'secret' }), 'ssm:/shop/token')).toEqual({ value: 'ssm:/shop/token' });
  });

  it('do not let a run begin without a file that is on its way', () => {
    const file = param({ type: 'file' });
    expect(readField(file, fileStates.sending)).toEqual({ error: 'is being sent: wait until it is there' });
    expect(readField(file, fileStates.notSent)).toMatchObject({ error: expect.stringContaining('was not sent') });
    expect(readField(file, '')).toEqual({});
    const value = `sha256:${'a'.repeat(64)}/cert.pem`;
    expect(readField(file, value)).toEqual({ value });
  });

  it('of lists can be emptied, also where the job has a default', () => {
    const list = param({ type: 'list', options: ['red', 'green', 7], default: ['red'] });
    expect(chosenOf(fieldText(list, ['red', 7]))).toEqual(['red', '7']);
    expect(readField(list, emptyText(list))).toEqual({ value: [] });
    expect(readField(list, 'green\n7')).toEqual({ value: ['green', 7] });
    expect(chosenOf('[1, ')).toEqual([]);
  });

  it('come with those first that must be given', () => {
    const declared = { a: param({}), b: param({ required: true }), c: param({ required: true, default: 'x' }) };
    expect(asked(declared).map(([name]) => name)).toEqual(['b', 'a', 'c']);
    expect(paramRule(param({ type: 'list', min: 1, max: 2 }))).toBe('at least 1 items, at most 2 items');
  });

  const kinds = [
    [param({ type: 'list' }), fc.array(fc.oneof(fc.string(), fc.integer(), fc.boolean()))],
    [param({ type: 'json' }), fc.jsonValue()],
    [param({ type: 'string' }), fc.string({ minLength: 1 })],
    [param({ type: 'number' }), fc.integer()],
    [param({ type: 'boolean' }), fc.boolean()],
  ] as const;

  it.each(kinds)('give every value back that they were filled with (%#)', (one, values) => {
    fc.assert(
      fc.property(values, (given) => {
        const value = JSON.parse(JSON.stringify(given));
        expect(readField(one, fieldText(one, value))).toEqual({ value });
      }),
    );
  });
});
