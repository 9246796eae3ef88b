import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { node, scope } from './scopes.ts';

const holds = (text: string, over = {}): boolean => parseCondition(text).evaluate(scope(over));

const errorOf = (run: () => unknown): AppError => {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('parseCondition', () => {
  it.each([
    ['node.tags.app == "shop" && node.tags.env == "prod"', true],
    ['node.tags["aws:asg"] == "g1"', true],
    ['node.host.startsWith("10.")', true],
    ['int(outputs.df.free) > 1000', true],
    ['int(outputs.df.free) > 5000', false],
    ['params.count > 3', true],
    ['params.count == 5 && params.count == 5.0', true],
    ['params.count + 1 == 6', true],
    ['params.ratio * 100 == 50.0', true],
    ['params.count * params.ratio > 2', true],
    ['params.ratio - 1 < 0', true],
    ['params.count / 2.0 == 2.5', true],
    ['"a" in params.list && size(params.list) == 2', true],
    ['params.list.exists(x, x == "b")', true],
    ['params.map.deep.n == 1', true],
    ['params.nothing == null', true],
    ['params.on', true],
    ['run.attempt == 2 && run.job == "roll-shop"', true],
    ['type(params.version) == string', true],
    ['cel.bind(v, params.version, v == "1.2.3")', true],
    ['[node].exists(node, node.tags.app == "shop")', true],
  ])('%s is %s', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  describe('what a node does not have', () => {
    it.each([
      ['node.tags.nope == "shop"', false],
      ['node.tags.nope == ""', true],
      ['node.tags[params.version] == ""', true],
      ['has(node.tags.app)', true],
      ['has(node.tags.nope)', false],
      ['has((node.tags).nope)', false],
      ['node.tags.nope == "" && has( node . tags . nope )', false],
      ['"app" in node.tags', true],
      ['"nope" in node.tags', false],
      ['size(node.tags) == 3', true],
      ['node.tags.exists(t, t == "env")', true],
      ['node.tags.all(t, t != "nope")', true],
      ['node.tags.exists(t, t == "x" || node.tags[t] == "prod")', true],
      ['node.account == ""', true],
      ['has(node.account)', false],
      ['node.port == 0', true],
      ['has(node.port)', false],
      ['"toString" in node.tags', false],
      ['has(node.tags.constructor)', false],
      ['node.tags.constructor == ""', true],
    ])('%s is %s', (text, expected) => {
      expect(holds(text)).toBe(expected);
    });

    it('sees the port and account that a node has', () => {
      expect(holds('node.port == 8080 && has(node.port)', { node: node({ port: 8080 }) })).toBe(true);
      expect(holds('node.account == "42" && has(node.account)', { node: node({ account: '42' }) })).toBe(true);
    });
  });

  it.each([
    ['node.hots == "x"', 1, "node has no field 'hots'", "Did you mean 'host'?"],
    ['param.x == 1', 1, "Unknown name 'param'", "Did you mean 'params'?"],
    ['true && NODE.id == "x"', 9, "Unknown name 'NODE'", "Did you mean 'node'?"],
    ['run.attempts == 1', 1, "run has no field 'attempts'", "Did you mean 'attempt'?"],
    ['node.port == "80"', 1, 'No such overload: int == string', 'Outputs and tags are text'],
    ['node.tags.app', 1, 'A condition must be true or false; this one gives a string', 'Compare it'],
    ['params.x ==', 12, 'Unexpected token: EOF', undefined],
    ['"abc', 1, 'Unterminated string', undefined],
    ['', 1, 'The expression is empty', undefined],
    ['  ', 1, 'The expression is empty', undefined],
    [`"${'a'.repeat(5000)}" == ""`, 1, 'An expression has at most 4096 characters', undefined],
    ['[1].all(a, [1].all(b, [1].all(c, true)))', 1, 'Loops (all, exists, map, filter) nest at most 2 deep', undefined],
    ['nope(1)', 1, "Found no matching overload for 'nope(int)'", undefined],
  ])('refuses %s', (text, column, message, suggestion) => {
    const error = errorOf(() => parseCondition(text));
    expect(error.code).toBe('expression.invalid');
    expect(error.places[0]).toMatchObject({ message, line: 1, column });
    expect(error.places[0]?.suggestion ?? '').toContain(suggestion ?? '');
  });

  it('names the line and column of a problem in a text of several lines', () => {
    const error = errorOf(() => parseCondition('params.a == 1 &&\n  nod.id == "x" ||\n  rum.id == "y"'));
    expect(error.places.map((place) => [place.line, place.column])).toEqual([
      [2, 3],
      [3, 3],
    ]);
  });

  it('keeps problems of deep nesting a coded error', () => {
    expect(errorOf(() => parseCondition(`${'('.repeat(2000)}true${')'.repeat(2000)}`)).code).toBe('expression.invalid');
    expect(errorOf(() => parseCondition(`${'!'.repeat(4000)}true`)).code).toBe('expression.invalid');
  });

  it.each([
    ['params.missing == 1', 'params.missing has no value'],
    ['outputs.df.nope == "1"', 'outputs.df.nope has no value'],
    ['outputs.dg.free == "1"', 'outputs.dg has no value'],
    ['params.map.deep.m == 1', 'params.map.deep.m has no value'],
    ['params.version', "'params.version' gives a string, not true or false"],
    ['params.count', 'gives a number'],
    ['params.list', 'gives a list'],
    ['1 / 0 == 1', 'division by zero'],
    ['params.version > 3', 'no such overload'],
    ['int(params.version) > 3', 'cannot convert to int'],
  ])('fails on %s with a reason', (text, message) => {
    const error = errorOf(() => holds(text));
    expect(error.code).toBe('expression.failed');
    expect(error.message).toContain(message);
  });

  it('fails when it reads the node where there is none', () => {
    const { node: _, ...nodeless } = scope();
    const error = errorOf(() => parseCondition('has(node.tags.x)').evaluate(nodeless));
    expect(error.message).toContain('node has no value');
  });

  it('never throws anything but a coded error', () => {
    const word = fc.constantFrom(
      'node',
      'params',
      '.tags',
      '.x',
      '==',
      '"a"',
      '1',
      '(',
      ')',
      '[',
      ']',
      '&&',
      'has(',
      '{',
      '}',
      '!',
      ',',
      'NODE',
      "'",
      '?',
      ':',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
          fc.string(),
        ),
        (text) => {
          try {
            return typeof parseCondition(text).evaluate(scope()) === 'boolean';
          } catch (error) {
            return error instanceof AppError;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('evaluates over 10,000 nodes in a second or two', () => {
    const scopes = Array.from({ length: 10_000 }, (_, index) => scope({ node: node({ name: `web-${index}` }) }));
    const text =
      'node.tags.app == "shop" && node.tags.env != "test" && !has(node.tags.hold) && node.name.endsWith("7")';
    const start = performance.now();
    const hits = scopes.filter((one) => parseCondition(text).evaluate(one)).length;
    const elapsedMs = performance.now() - start;
    expect(hits).toBe(1000);
    expect(elapsedMs).toBeLessThan(2000);
  });
});
