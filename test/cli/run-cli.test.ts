import { describe, expect, test } from 'vitest';
import { exitCodes } from '#cli/exit-codes.ts';
import { problemSchema } from '#shared/contract/problem.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { errorCatalogue } from '#shared/errors/catalogue.ts';
import { cli } from './test-host.ts';

describe('help', () => {
  test.each([[['--help']], [['run', '--help']], [['run', 'start', '--help']], [['help']], [['exec', '-h']]])(
    '%j prints usage and the exit codes to standard output',
    async (argv) => {
      const { exitCode, stdout, stderr } = await cli(argv);
      expect(exitCode).toBe(0);
      expect(stderr).toBe('');
      expect(stdout).toContain('Usage: drover');
      const [, codes = ''] = stdout.split('Exit codes:');
      for (const code of Object.keys(exitCodes)) expect(codes).toMatch(new RegExp(`\\b${code} +\\w`));
    },
  );

  test('says at length what exit codes mean, once', async () => {
    const { stdout } = await cli(['--help']);
    for (const [code, meaning] of Object.entries(exitCodes))
      expect(stdout).toContain(`${code.padStart(3)}  ${meaning}`);
  });

  test('keeps what a command can be told apart from what every one can', async () => {
    const { stdout } = await cli(['run', 'start', '--help']);
    const [own = '', everywhere = ''] = stdout.split('Options of every command:');
    expect(own).toContain('--dry-run');
    expect(own).not.toContain('--server');
    expect(everywhere).toContain('--server');
  });

  test('--version prints the version', async () => {
    expect(await cli(['--version'])).toMatchObject({ exitCode: 0, stdout: '1.2.3\n' });
  });

  test('a noun without a verb prints its verbs and exits with 2', async () => {
    const { exitCode, stdout, stderr } = await cli(['run']);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain('continue');
  });
});

describe('wrong usage', () => {
  test.each([
    [['rnu'], 'Did you mean run?'],
    [['run', 'lst'], 'Did you mean list?'],
    [['run', 'list', '--limt', '3'], 'Did you mean --limit?'],
    [['run', 'show'], "missing required argument 'id'"],
    [['run', 'show', 'a', 'b'], 'too many arguments'],
    [['run', 'list', '-o', 'xml'], 'Allowed choices are table, json, yaml'],
    [['run', 'list', '--limit', '0'], '--limit: '],
    [['run', 'watch', 'last', '--timeout', 'soon'], '--timeout: is not a duration'],
    [['run', 'nodes', 'last', '--status', 'broken'], '--status: must be a comma list of: pending'],
    [['run', 'list', '--server', 'ftp://x'], '--server: is not an http or https address'],
    [['run', 'list', '--token-file', '/nowhere/token'], 'Cannot read the token file /nowhere/token'],
    [['run', 'start', '/nowhere/job.yaml'], 'Cannot read /nowhere/job.yaml'],
  ])('%j is told on standard error and exits with 2', async (argv, message) => {
    const { exitCode, stdout, stderr, asked } = await cli(argv);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^error /);
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(asked).toEqual([]);
  });
});

describe('errors', () => {
  const throwing = (error: Error) => ({
    services: {
      listRuns: async () => {
        throw error;
      },
    },
  });

  test.each([
    ['run.conflict', 6],
    ['run.not-found', 5],
    ['auth.forbidden', 4],
    ['agent.throttled', 7],
    ['job.invalid', 2],
    ['internal.bug', 1],
  ] as const)('%s exits with %i', async (code, exitCode) => {
    const result = await cli(['run', 'list'], throwing(new AppError(code, 'Not so')));
    expect(result.exitCode).toBe(exitCode);
    expect(result.stdout).toBe('');
  });

  test('every error of the registry has an exit code that help explains', () => {
    for (const [code, { exit }] of Object.entries(errorCatalogue)) expect(exitCodes, code).toHaveProperty(String(exit));
  });

  test('places come one a line with their position and what was meant, then the hint', async () => {
    const error = new AppError('job.invalid', 'a.yaml has 2 problems', {
      hint: 'Correct them.',
      places: [
        {
          message: "unknown key 'grups'",
          file: 'a.yaml',
          line: 3,
          column: 5,
          path: '/spec/grups',
          suggestion: "Did you mean 'groups'?",
        },
        { message: 'is missing', path: '/spec' },
      ],
    });
    expect((await cli(['run', 'list'], throwing(error))).stderr).toBe(
      [
        'error a.yaml has 2 problems',
        "  a.yaml:3:5 unknown key 'grups' (Did you mean 'groups'?)",
        '  /spec is missing',
        'hint Correct them.',
        '',
      ].join('\n'),
    );
  });

  test.each([[['run', 'list', '-o', 'json']], [['run', 'list', '--output=json']], [['-ojson', 'run', 'list']]])(
    '%j tells an error as one JSON problem on standard error',
    async (argv) => {
      const error = new AppError('run.conflict', 'Busy', { hint: 'Wait.', places: [{ message: 'here', path: '/x' }] });
      const { stderr, stdout, exitCode } = await cli(argv, throwing(error));
      const problem = problemSchema.parse(JSON.parse(stderr));
      expect(problem).toMatchObject({
        code: 'run.conflict',
        detail: 'Busy',
        hint: 'Wait.',
        errors: [{ detail: 'here', pointer: '/x' }],
      });
      expect([exitCode, stdout, stderr.split('\n').length]).toEqual([6, '', 2]);
    },
  );

  test('wrong usage is a JSON problem too', async () => {
    const { stderr } = await cli(['run', 'list', '--limt', '3', '-o', 'json']);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage.invalid' });
  });

  test('a defect in the CLI says that it is one, with its stack when debugging', async () => {
    const broken = {
      host: {
        newKey: () => {
          throw new TypeError('x is not a function');
        },
      },
    };
    const argv = ['exec', '--where', 'true', '--', 'true'];
    const result = await cli(argv, broken);
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toBe(
      'error x is not a function\nhint This is a defect of Drover. Please report it with the request id and the command you ran.\n',
    );
    expect((await cli(argv, { ...broken, env: { DROVER_DEBUG: '1' } })).stderr).toContain(
      'TypeError: x is not a function\n    at',
    );
  });

  test('a wrong token exits with 4', async () => {
    const { exitCode, stderr } = await cli(['run', 'list'], { env: { DROVER_TOKEN_FILE: '' } });
    expect(exitCode).toBe(4);
    expect(stderr).toContain('A token is needed');
  });
});

describe('colours', () => {
  const esc = '\u001b[';
  test.each([
    [{ terminal: true }, [], true],
    [{ terminal: false }, [], false],
    [{ terminal: true, env: { NO_COLOR: '1' } }, [], false],
    [{ terminal: true, env: { TERM: 'dumb' } }, [], false],
    [{ terminal: false, env: { FORCE_COLOR: '1' } }, [], true],
    [{ terminal: true, env: { FORCE_COLOR: '0' } }, [], false],
    [{ terminal: false, env: { FORCE_COLOR: '1', NO_COLOR: '1' } }, [], false],
    [{ terminal: true }, ['--no-color'], false],
    [{ terminal: false, env: { NO_COLOR: '1' } }, ['--color'], true],
  ])('%j with %j: %s', async (wishes, flags, colored) => {
    const good = await cli(['run', 'list', ...flags], wishes);
    expect(good.stdout.includes(esc)).toBe(colored);
    const bad = await cli(['run', 'list', '--limit', '0', ...flags], wishes);
    expect(bad.stderr.includes(esc)).toBe(colored);
  });

  test('the flag may stand before the noun', async () => {
    expect((await cli(['--no-color', 'run', 'list'], { terminal: true })).stdout).not.toContain(esc);
  });
});
