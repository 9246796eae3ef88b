import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTemplate } from '#shared/expression/template.ts';
import { type ExecSpec, execJob } from '#shared/job/exec-job.ts';
import { parseJob } from '#shared/job/parse-job.ts';

const spec = (change: Partial<ExecSpec>): ExecSpec => ({
  words: ['uptime'],
  interpreter: 'sh',
  maxFailures: '100%',
  ...change,
});
const operationOf = (change: Partial<ExecSpec>) => execJob(spec(change)).spec.groups[0]?.phases[0]?.operations[0];

describe('the job of exec', () => {
  test('one word is a script', () => {
    expect(operationOf({ words: ['df -h | tail -1'] })).toMatchObject({
      run: 'df -h | tail -1',
      args: [],
      interpreter: 'sh',
    });
  });

  test('several words are a program with its arguments, exactly as they are', () => {
    expect(operationOf({ words: ['ls', 'my file', '$(id)'] })).toMatchObject({
      run: '"$@"',
      args: ['ls', 'my file', '$(id)'],
    });
  });

  test('other interpreters take a script and its arguments', () => {
    expect(operationOf({ words: ['print(1)', 'a'], interpreter: 'python3' })).toMatchObject({
      run: 'print(1)',
      args: ['a'],
    });
  });

  test('nothing in a word is an expression of Drover', () => {
    const word = fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ' ', 'node.id') });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (words) => {
        const args = operationOf({ words: ['echo', ...words] })?.args ?? [];
        const rendered = args.map((arg) =>
          parseTemplate(arg)
            .parts.map((part) => (part.kind === 'literal' ? part.text : 'an expression'))
            .join(''),
        );
        expect(rendered).toEqual(['echo', ...words]);
      }),
    );
  });

  test('it is a job that the server takes, with what the flags say', () => {
    const job = execJob(
      spec({ timeout: '5s', maxConcurrency: '10%', maxFailures: 3, targets: { where: 'true' }, runAs: 'app' }),
    );
    expect(parseJob(job)).toEqual(job);
    expect(job.spec).toMatchObject({
      targets: { where: 'true' },
      groups: [{ maxFailures: 3, maxConcurrency: '10%', phases: [{ operations: [{ timeout: '5s', runAs: 'app' }] }] }],
    });
  });

  test('no command is refused', () => {
    expect(() => execJob(spec({ words: [' '] }))).toThrow('No command is given');
  });
});
