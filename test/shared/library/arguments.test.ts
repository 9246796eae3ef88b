import { describe, expect, it } from 'vitest';
import { argumentValues, checkArguments } from '#shared/library/arguments.ts';
import type { CommandInput } from '#shared/model/command.ts';
import { operationSchema } from '#shared/model/operation.ts';
import { errorOf } from '#test/shared/job/jobs.ts';
import { command } from './commands.ts';

const rules = (spec: Partial<CommandInput['spec']>) => ({ name: 'ops/restart', ...command(spec).spec });

const complaints = (operation: object, spec: Partial<CommandInput['spec']>) =>
  checkArguments(['o'], operationSchema.parse({ id: 'a', use: 'ops/restart', ...operation }), rules(spec)).map(
    ({ path, message, suggestion }) => [path.join('/'), message, suggestion],
  );

const values = (spec: Partial<CommandInput['spec']>, given: Readonly<Record<string, string>>) =>
  argumentValues(rules(spec), { with: given, render: (text) => text.replace('${{ x }}', 'from the node') });

describe('checking what is given to a command', () => {
  const spec: Partial<CommandInput['spec']> = {
    arguments: {
      service: { required: true, description: 'Which service' },
      tries: { type: 'number', max: 9 },
      mode: { type: 'enum', options: ['soft', 'hard'] },
    },
  };

  it('finds nothing wrong with what fits, and with what only a node knows', () => {
    expect(complaints({ with: { service: 'web', tries: 3, mode: '${{ node.name }}' } }, spec)).toEqual([]);
  });

  it('names arguments that there are not, and the nearest one', () => {
    expect(complaints({ with: { servce: 'web', service: 'a', x: 1 } }, spec)).toEqual([
      ['o/with/servce', "ops/restart has no argument 'servce'", "Did you mean 'service'?"],
      ['o/with/x', "ops/restart has no argument 'x'", 'Its arguments are service, tries, mode.'],
    ]);
    expect(complaints({ with: { x: 1 } }, {})).toEqual([
      ['o/with/x', "ops/restart has no argument 'x'", 'It takes no arguments.'],
    ]);
  });

  it('names arguments that are missing', () => {
    expect(complaints({}, spec)).toEqual([['o', "ops/restart needs the argument 'service'", 'Which service']]);
    expect(complaints({ with: {} }, { arguments: { a: { required: true, default: 'x' } } })).toEqual([]);
  });

  it('checks fixed values by their type', () => {
    expect(complaints({ with: { service: 'web', tries: 'ten', mode: 'sotf' } }, spec)).toEqual([
      ['o/with/tries', "expected a number, found 'ten'", undefined],
      ['o/with/mode', "'sotf' is not one of soft, hard", "Did you mean 'soft'?"],
    ]);
    expect(complaints({ with: { service: 'web', tries: 10 } }, spec)).toEqual([
      ['o/with/tries', 'must be at most 9, found 10', undefined],
    ]);
  });

  it('takes an escaped expression for the text that it stands for', () => {
    expect(complaints({ with: { a: '$${{ x' } }, { arguments: { a: { pattern: '^\\$\\{\\{ x$' } } })).toEqual([]);
  });

  it('refuses a variable of the name of an argument, unless it comes by position', () => {
    const both = { arguments: { a: {} } };
    expect(complaints({ env: { a: 'b' } }, both)).toEqual([
      ['o/env/a', "'a' is an argument of ops/restart", "Give it under 'with'."],
    ]);
    expect(complaints({ env: { a: 'b' } }, { ...both, positional: ['a'] })).toEqual([]);
  });
});

describe('the values of arguments on a node', () => {
  it('are environment variables of exactly their names; lists are JSON, numbers as numbers are written', () => {
    const spec: Partial<CommandInput['spec']> = {
      arguments: {
        Service: {},
        tries: { type: 'number' },
        hosts: { type: 'list' },
        on: { type: 'boolean' },
        data: { type: 'json' },
      },
    };
    expect(
      values(spec, { Service: 'x$(id)y', tries: ' 1.50 ', hosts: 'a, b', on: 'TRUE', data: '{"a": [1]}' }),
    ).toEqual({
      env: { Service: 'x$(id)y', tries: '1.5', hosts: '["a","b"]', on: 'true', data: '{"a":[1]}' },
      args: [],
    });
  });

  it('come from the node, else from the default, else are absent', () => {
    const spec: Partial<CommandInput['spec']> = { arguments: { a: {}, b: { default: 'c' }, d: {} } };
    expect(values(spec, { a: '${{ x }}' })).toEqual({ env: { a: 'from the node', b: 'c' }, args: [] });
  });

  it('come by position in the declared order; gaps are empty, the end is cut', () => {
    const spec: Partial<CommandInput['spec']> = {
      arguments: { a: {}, b: {}, c: {}, d: { default: 'dd' }, e: {} },
      positional: ['c', 'a', 'b', 'e'],
    };
    expect(values(spec, { a: '1' })).toEqual({ env: { d: 'dd' }, args: ['', '1'] });
    expect(values(spec, {})).toEqual({ env: { d: 'dd' }, args: [] });
    expect(values(spec, { b: '', e: 'x' })).toEqual({ env: { d: 'dd' }, args: ['', '', '', 'x'] });
  });

  it('that do not fit are told with the argument and the command', () => {
    const error = errorOf(() => values({ arguments: { n: { type: 'number' } } }, { n: '${{ x }}' }));
    expect(error.code).toBe('argument.invalid');
    expect(error.message).toBe("argument 'n' of ops/restart: expected a number, found 'from the node'");
  });

  it('do not come from the prototype of what is given', () => {
    expect(values({ arguments: { toString: {} } }, {})).toEqual({ env: {}, args: [] });
  });
});
