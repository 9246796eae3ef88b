import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import {
  commandJsonSchema,
  commandVersion,
  parseCommand,
  readCommandFile,
  storedCommand,
} from '#shared/library/command-document.ts';
import { commandLevels } from '#shared/library/command-levels.ts';
import type { CommandInput } from '#shared/model/command.ts';
import { errorOf } from '#test/shared/job/jobs.ts';
import { command, commandInput, complaintsOf } from './commands.ts';

const full: CommandInput['spec'] = {
  interpreter: 'bash',
  run: 'systemctl restart "$service"\n',
  arguments: {
    service: { required: true, pattern: '^[a-z-]+$', description: 'Which service' },
    tries: { type: 'number', min: 1, max: 9, default: 3 },
    mode: { type: 'enum', options: ['soft', 'hard'], default: 'soft' },
  },
  positional: ['mode'],
  libraries: ['lib/log', 'lib/net@latest', 'lib/http@0123456789ab'],
  env: { LC_ALL: 'C' },
  timeout: '5m',
  failOn: { patterns: ['ERROR'] },
  okExitCodes: [0, 3],
  outputs: { state: { type: 'int', default: '0' } },
  runAs: 'shop',
  workingDirectory: '/srv',
};

describe('a command file', () => {
  it('is YAML or JSON', () => {
    const json = JSON.stringify(commandInput(full));
    const yaml = `apiVersion: drover/v1
kind: Command
metadata: {name: ops/restart}
spec:
  run: |
    echo hi
`;
    expect(readCommandFile(json, 'a.json').value).toEqual(command(full));
    expect(readCommandFile(yaml, 'a.yaml').value).toEqual(command({ run: 'echo hi\n' }));
  });

  it('has errors with file, line, column and what was meant', () => {
    const text = `apiVersion: drover/v1
kind: Command
metadata: {name: ops/restart}
spec:
  run: 'true'
  argument:
    service: {requird: true}
`;
    const error = errorOf(() => readCommandFile(text, 'restart.yaml'));
    expect(error.code).toBe('command.invalid');
    expect(error.places).toEqual([
      {
        file: 'restart.yaml',
        line: 6,
        column: 3,
        path: '/spec/argument',
        message: "'argument' is not a key of spec",
        suggestion: "Did you mean 'arguments'?",
      },
    ]);
    const inner = errorOf(() => readCommandFile(text.replace('argument:', 'arguments:'), 'restart.yaml'));
    expect(inner.places[0]).toMatchObject({ line: 7, column: 15, suggestion: "Did you mean 'required'?" });
  });

  it('that is no YAML says where', () => {
    const error = errorOf(() => readCommandFile('spec: {', 'x.yaml'));
    expect(error.code).toBe('command.syntax');
    expect(error.places[0]).toMatchObject({ file: 'x.yaml', line: 1 });
  });

  it('says that a job is not a command', () => {
    expect(complaintsOf({ ...commandInput(), kind: 'Job' })).toEqual(["/kind: expected Command, found 'Job'"]);
  });

  it('becomes a command or a coded error, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('metadata', 'spec', 'kind', 'x'), (value, key) => {
        try {
          return parseCommand({ ...commandInput(full), [key]: value }).kind === 'Command';
        } catch (error) {
          return error instanceof AppError && error.code === 'command.invalid' && error.places.length > 0;
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('checking a command', () => {
  it.each([
    ['a name with a way out', { metadata: { name: '../etc' } }, '/metadata/name'],
    ['an absolute name', { metadata: { name: '/ops' } }, '/metadata/name'],
    ['a name with @', { metadata: { name: 'a@b' } }, '/metadata/name'],
    ['nine parts', { metadata: { name: 'a/b/c/d/e/f/g/h/i' } }, '/metadata/name'],
  ])('refuses %s', (_, change, path) => {
    expect(complaintsOf({ ...commandInput(), ...change })[0]).toMatch(new RegExp(`^${path}: .*is not a command name`));
  });

  it.each<[string, Partial<CommandInput['spec']>, string]>([
    [
      'a default that breaks its rules',
      { arguments: { n: { type: 'number', min: 2, default: 1 } } },
      '/spec/arguments/n/default: must be at least 2, found 1',
    ],
    [
      'an argument of Drover’s own',
      { arguments: { DROVER_X: {} } },
      '/spec/arguments/DROVER_X: variables that begin with DROVER_ are set by Drover itself',
    ],
    [
      'an argument that is also a variable',
      { arguments: { a: {} }, env: { a: 'b' } },
      "/spec/env/a: 'a' is an argument and an environment variable; the script could see only one of them",
    ],
    [
      'a secret by position',
      { arguments: { t: { type: 'secret' } }, positional: ['t'] },
      '/spec/arguments/t: a secret cannot come by position',
    ],
    [
      'a secret in the file',
      { arguments: { t: { type: 'secret', default: 'env:TOKEN' } } },
      '/spec/arguments/t/default: a secret comes from the job',
    ],
    ['a position for nothing', { positional: ['a'] }, "/spec/positional/0: there is no argument 'a'"],
    [
      'two positions',
      { arguments: { a: {} }, positional: ['a', 'a'] },
      "/spec/positional/1: 'a' has a position already",
    ],
    ['an expression in the text', { run: 'echo ${{ params.x }}' }, "/spec/run: '${{' is not replaced here"],
    ['an expression in a variable', { env: { A: '${{ node.id }}' } }, "/spec/env/A: '${{' is not replaced here"],
    [
      'an expression in a default',
      { outputs: { o: { default: '${{ node.id }}' } } },
      "/spec/outputs/o/default: '${{' is not replaced here",
    ],
    ['a file name for a script', { file: 'x.sh' }, "/spec/file: 'file' is for libraries, and this is a script"],
    [
      'arguments for a library',
      { type: 'library', arguments: { a: {} } },
      "/spec/arguments: 'arguments' is for scripts, and this is a library",
    ],
    [
      'a time for a library',
      { type: 'library', timeout: '2h' },
      "/spec/timeout: 'timeout' is for scripts, and this is a library",
    ],
    ['a way out of the folder', { type: 'library', file: '../x.sh' }, '/spec/file: '],
    [
      'a module that cannot be imported',
      { type: 'library', interpreter: 'python3', file: 'a-b.py' },
      "/spec/file: Python cannot import 'a-b.py'",
    ],
    [
      'a library that is no reference',
      { libraries: ['lib/net@1'] },
      "/spec/libraries/0: '1' is not a version of a command",
    ],
    [
      'a library twice',
      { libraries: ['lib/net', 'lib/net@latest'] },
      "/spec/libraries/1: library 'lib/net' is there twice",
    ],
    ['itself as library', { libraries: ['ops/restart'] }, '/spec/libraries/0: a command cannot be its own library'],
    ['a failOn of nothing', { failOn: {} }, "/spec/failOn: needs 'patterns' or 'exitCodes'"],
  ])('refuses %s', (_, spec, complaint) => {
    expect(complaintsOf(commandInput(spec)).join('\n')).toContain(complaint);
  });

  it('takes an argument by position that has the name of a variable', () => {
    expect(complaintsOf(commandInput({ arguments: { a: {} }, positional: ['a'], env: { a: 'b' } }))).toEqual([]);
  });
});

describe('the version of a command', () => {
  it('is the SHA-256 of its content and settings, without defaults', () => {
    const expected = createHash('sha256').update('{"interpreter":"bash","run":"true"}').digest('hex');
    expect(commandVersion(command({ interpreter: 'bash' }).spec)).toBe(expected);
    expect(commandVersion(command({ interpreter: 'bash', timeout: '1h', env: {}, type: 'script' }).spec)).toBe(
      expected,
    );
  });

  it.each<[Partial<CommandInput['spec']>]>([
    [{ run: 'false' }],
    [{ interpreter: 'bash' }],
    [{ arguments: { a: {} } }],
    [{ arguments: { a: {}, b: {} }, positional: ['a', 'b'] }],
    [{ arguments: { a: {}, b: {} }, positional: ['b', 'a'] }],
    [{ libraries: ['lib/net'] }],
    [{ env: { A: 'b' } }],
    [{ timeout: '2h' }],
    [{ okExitCodes: [0] }],
    [{ outputs: { o: {} } }],
    [{ runAs: 'root' }],
    [{ workingDirectory: '/' }],
  ])('differs with %j', (spec) => {
    const versions = new Set(
      [{}, { arguments: { a: {}, b: {} } }, spec].map((one) => commandVersion(command(one).spec)),
    );
    expect(versions.size).toBe(3);
  });

  it('does not know the name, the description and the labels', () => {
    const described = { ...commandInput(full), metadata: { name: 'other', description: 'x', labels: { a: 'b' } } };
    expect(commandVersion(parseCommand(described).spec)).toBe(commandVersion(command(full).spec));
  });

  it('is the same after a command was stored and read', () => {
    const one = command(full);
    const read = parseCommand(JSON.parse(JSON.stringify(storedCommand(one))));
    expect(read).toEqual(one);
    expect(commandVersion(read.spec)).toBe(commandVersion(one.spec));
  });
});

describe('the JSON Schema of commands', () => {
  it('is what docs/command.schema.json holds', () => {
    const file: unknown = JSON.parse(readFileSync('docs/command.schema.json', 'utf8'));
    expect(file, "docs/command.schema.json is out of date: run 'npm run schema'").toEqual(commandJsonSchema());
  });

  it.each(commandLevels.map((level) => [level.title, level] as const))('knows every key of %s', (_title, level) => {
    expect(Object.keys(level.keys).sort()).toEqual(Object.keys(level.schema.shape).sort());
    for (const description of Object.values(level.keys))
      expect(JSON.stringify(commandJsonSchema())).toContain(JSON.stringify(description));
  });
});
