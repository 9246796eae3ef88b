import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { OutputPlace, ResultsQuery } from '#shared/contract/requests.ts';
import type { ResultView } from '#shared/contract/run-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { nodeIdSchema, resultIdSchema } from '#shared/model/ids.ts';
import { makeContent, makeMatch, makeResult, makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { cli, makeFolder } from '../../test-host.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const idOf = (node: string) => resultIdSchema.parse(`a1-g0-s0-p0-x0-b0.o0.t0.${node}`);

/** A result of which more is kept than is shown. */
const longResult = (node: string, text: string, change: Partial<ResultView> = {}): ResultView =>
  makeResult({
    resultId: idOf(node),
    nodeId: nodeIdSchema.parse(node),
    name: node.replace('i-', 'web-'),
    stdout: `${text.slice(0, 5)}\n[... ${text.length - 5} bytes omitted ...]\n`,
    stdoutBytes: text.length,
    uploads: { stdout: { bytes: text.length, sha256: sha256(text) } },
    ...change,
  });

const servicesOf = (results: readonly ResultView[], texts: Readonly<Record<string, string>>) => ({
  listResults: async () => ({ items: results }),
  openOutputContent: async (_run: unknown, { result }: OutputPlace) => {
    const text = texts[result];
    if (text === undefined) throw new AppError('output.not-found', `no ${result}`);
    return makeContent(text);
  },
});

describe('long output', () => {
  const text = 'line 1\nline 2 é\nline 3';
  const services = servicesOf([longResult('i-1', text, { stderr: 'oops\n', stderrBytes: 5 })], { [idOf('i-1')]: text });

  test('is shown by head and tail, with a word on the rest', async () => {
    const { stdout } = await cli(['run', 'logs', runId], { services });
    expect(stdout).toBe(
      [
        '── web-1 i-1 roll/restart/start succeeded exit 0 1.2s',
        'line ',
        '[... 17 bytes omitted ...]',
        'stderr oops',
        '… all 22 bytes of stdout are kept: see them with drover run logs --full',
        '',
      ].join('\n'),
    );
  });

  test('is shown whole with --full', async () => {
    const { stdout } = await cli(['run', 'logs', runId, '--full'], { services });
    expect(stdout).toBe(`── web-1 i-1 roll/restart/start succeeded exit 0 1.2s\n${text}\nstderr oops\n`);
  });

  test('cannot steer a terminal, whole or not', async () => {
    const steering = 'a\u001b[2Jb\r\n\u001b[31mred\n';
    const hostile = servicesOf([longResult('i-1', steering)], { [idOf('i-1')]: steering });
    const { stdout } = await cli(['run', 'logs', runId, '--full', '--no-color'], { services: hostile, terminal: true });
    expect(stdout).toContain('\na[2Jb\nred\n');
  });

  test('comes whole and alone with --raw', async () => {
    const { stdout, stderr } = await cli(['run', 'logs', runId, '--raw'], { services });
    expect({ stdout, stderr }).toEqual({ stdout: text, stderr: 'oops\n' });
  });

  test('that is not kept names the reason', async () => {
    const lost = makeResult({ omittedBytes: 77, uploadProblem: 'the node has no curl' });
    const { stdout } = await cli(['run', 'logs', runId], {
      services: { listResults: async () => ({ items: [lost] }) },
    });
    expect(stdout).toContain('\n… 77 bytes of output are not here (the node has no curl)\n');
  });

  test('each line of standard error is marked, however it is cut on its way', async () => {
    const errors = 'one\ntwo\n\nthree';
    const result = longResult('i-1', '', {
      stdout: '',
      uploads: { stderr: { bytes: errors.length, sha256: sha256(errors) } },
    });
    const inPieces = {
      listResults: async () => ({ items: [result] }),
      openOutputContent: async () => ({
        ...makeContent(errors),
        chunks: async function* () {
          for (const letter of errors) yield Buffer.from(letter);
        },
      }),
    };
    const { stdout } = await cli(['run', 'logs', runId, '--full'], { services: inPieces });
    expect(stdout.split('\n').slice(1)).toEqual(['stderr one', 'stderr two', 'stderr ', 'stderr three', '']);
  });
});

describe('run logs --save', () => {
  test('writes each stream of each node to a file, and a list of them with digests', async () => {
    const dir = await makeFolder();
    const results = [
      longResult('i-1', 'all of one'),
      longResult('i-2', 'all of two', { name: 'web-1', stderr: 'err\n', stderrBytes: 4 }),
      makeResult({
        resultId: idOf('i-3'),
        nodeId: nodeIdSchema.parse('i-3'),
        name: '../evil name',
        attempt: 2,
        tryNumber: 1,
        stdout: 'head',
        stdoutBytes: 99,
        omittedBytes: 95,
      }),
    ];
    const services = servicesOf(results, { [idOf('i-1')]: 'all of one', [idOf('i-2')]: 'all of two' });
    const ended = await cli(['run', 'logs', runId, '--save', dir, '-o', 'json'], { services });

    const { files } = JSON.parse(ended.stdout);
    expect(ended.exitCode).toBe(0);
    expect(ended.stderr).toContain('1 of them are cut');
    expect(files).toMatchObject([
      { file: 'web-1/roll.restart.start.a1.stdout', state: 'complete', bytes: 10, sha256: sha256('all of one') },
      { file: 'web-1~i-2/roll.restart.start.a1.stdout', state: 'complete' },
      { file: 'web-1~i-2/roll.restart.start.a1.stderr', state: 'complete', bytes: 4 },
      { file: '.._evil_name/roll.restart.start.a2.t1.stdout', state: 'cut', bytes: 4 },
    ]);
    expect(readdirSync(dir).sort()).toEqual(['.._evil_name', 'files.json', 'web-1', 'web-1~i-2']);
    expect(readFileSync(join(dir, 'web-1~i-2/roll.restart.start.a1.stdout'), 'utf8')).toBe('all of two');
    expect(JSON.parse(readFileSync(join(dir, 'files.json'), 'utf8'))).toEqual(files);
  });

  test('says when bytes are not those that the node printed', async () => {
    const dir = await makeFolder();
    const services = servicesOf([longResult('i-1', 'as printed')], { [idOf('i-1')]: 'as forged!' });
    const ended = await cli(['run', 'logs', runId, '--save', dir], { services });
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('digests differ');
    expect(JSON.parse(readFileSync(join(dir, 'files.json'), 'utf8'))).toMatchObject([{ state: 'damaged' }]);
  });
});

describe('run logs --diff', () => {
  test('shows the largest group, and how the others differ from it, in all of their output', async () => {
    const common = Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n');
    const other = common.replace('line 10', 'changed');
    const texts = { [idOf('i-1')]: common, [idOf('i-2')]: common, [idOf('i-3')]: other };
    const results = Object.entries(texts).map(([id, text]) => longResult(id.slice(-3), text));
    const { stdout } = await cli(['run', 'logs', runId, '--diff'], { services: servicesOf(results, texts) });
    expect(stdout).toContain('── web-[1-2] (2 nodes) succeeded exit 0\n');
    expect(stdout.slice(stdout.indexOf('── web-3'))).toBe(
      [
        '── web-3 succeeded exit 0',
        '--- web-[1-2] stdout',
        '+++ web-3 stdout',
        '@@ -8,7 +8,7 @@',
        ' line 7',
        ' line 8',
        ' line 9',
        '-line 10',
        '+changed',
        ' line 11',
        ' line 12',
        ' line 13',
        '',
      ].join('\n'),
    );
  });

  test('shows no difference where only the exit codes differ', async () => {
    const results = [makeResult(), makeResult({ nodeId: nodeIdSchema.parse('i-2'), name: 'web-2', exitCode: 4 })];
    const { stdout } = await cli(['run', 'logs', runId, '--diff'], {
      services: { listResults: async () => ({ items: results }) },
    });
    expect(stdout).toBe('roll/restart/start\n── web-1 succeeded exit 0\nok\n── web-2 succeeded exit 4\n');
  });
});

describe('run logs --grep', () => {
  test('prints each line with its place', async () => {
    const items = [
      makeMatch({ text: 'an \u001b[31merror' }),
      makeMatch({ name: 'web-2', stream: 'stderr', line: 17, attempt: 2, text: 'error too' }),
    ];
    const { stdout, asked } = await cli(['run', 'logs', runId, '--grep', 'error', '-i', '--node', 'web-1'], {
      services: { searchOutput: async () => ({ items }) },
    });
    expect(stdout).toBe(
      'web-1 roll/restart/start 1: an error\nweb-2 roll/restart/start attempt 2 stderr 17: error too\n',
    );
    expect(asked).toEqual([]);
  });

  test('hands pattern and filters on, and says when nothing matches', async () => {
    const { asked, stdout, stderr, exitCode } = await cli(
      ['run', 'logs', runId, '--grep', 'a|b', '-i', '--attempt', '2', '--all-tries'],
      {},
    );
    expect(asked).toEqual([
      ['searchOutput', runId, { pattern: 'a|b', ignoreCase: true, in: 'both', attempt: 2, tries: 'all', limit: 1000 }],
    ]);
    expect(stdout).toContain('ok');
    const none = await cli(['run', 'logs', runId, '--grep', 'x'], {
      services: { searchOutput: async () => ({ items: [] }) },
    });
    expect({ stdout: none.stdout, stderr: none.stderr, exitCode: none.exitCode }).toEqual({
      ...{ stdout: '', stderr: 'No line matches.\n', exitCode: 0 },
    });
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  test('JSON has the matches', async () => {
    const { stdout } = await cli(['run', 'logs', runId, '--grep', 'x', '-o', 'json'], {});
    expect(JSON.parse(stdout)).toEqual({ items: [makeMatch()] });
  });
});

describe('run logs --follow', () => {
  /** A server that has one result more at each look, and ends the run with the last. */
  const growing = (results: readonly ResultView[]) => {
    let looks = 0;
    const asked: ResultsQuery[] = [];
    return {
      asked,
      services: {
        viewRun: async () => {
          looks += 1;
          return makeRunView({ status: looks >= results.length ? 'succeeded' : 'running' });
        },
        listResults: async (_run: unknown, query: ResultsQuery) => {
          asked.push(query);
          return { items: results.slice(0, looks).filter(({ recordedAt }) => recordedAt >= (query.since ?? '')) };
        },
      },
    };
  };
  const at = (node: number, seconds: number) =>
    makeResult({
      resultId: idOf(`i-${node}`),
      nodeId: nodeIdSchema.parse(`i-${node}`),
      name: `web-${node}`,
      recordedAt: new Date(Date.parse('2026-01-01T00:00:00.000Z') + seconds * 1000).toISOString(),
    });

  test('prints each result once, as they come in, until the run is at its end', async () => {
    const { services, asked } = growing([at(1, 0), at(2, 5), at(3, 4), at(4, 60), at(5, 61)]);
    const { stdout, exitCode, listening } = await cli(['run', 'logs', runId, '--follow', '--phase', 'p'], { services });
    expect(stdout.match(/── \S+/g)).toEqual(['── web-1', '── web-2', '── web-3', '── web-4', '── web-5']);
    expect([exitCode, listening]).toEqual([0, 0]);
    expect(asked.map(({ since }) => since?.slice(11, 19))).toEqual([
      undefined,
      '23:59:50',
      '23:59:55',
      '23:59:55',
      '00:00:50',
    ]);
    expect(asked[0]).toMatchObject({ phase: 'p', tries: 'all' });
  });

  test('as JSON is one result a line', async () => {
    const { services } = growing([at(1, 0), at(2, 5)]);
    const { stdout } = await cli(['run', 'logs', runId, '-f', '-o', 'json'], { services });
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual(['web-1', 'web-2']);
  });

  test('stops at Ctrl-C, and survives a server that is away for a moment', async () => {
    const { services } = growing(Array.from({ length: 50 }, (_, index) => at(index, index)));
    let calls = 0;
    const flaky = {
      ...services,
      viewRun: async () => {
        calls += 1;
        if (calls === 2) throw new AppError('store.unavailable', 'away');
        return services.viewRun();
      },
    };
    const ended = await cli(['run', 'logs', runId, '--follow'], {
      services: flaky,
      onSleep: ({ interrupt, count }) => {
        if (count === 4) interrupt();
      },
    });
    expect(ended.exitCode).toBe(130);
    expect(ended.stdout.match(/── \S+/g)).toEqual(['── web-0', '── web-1', '── web-2']);
    expect(ended.stderr).toContain(`drover run logs ${runId} --follow`);
  });
});

describe('run logs', () => {
  test('tells attempts and tries apart', async () => {
    const items = [makeResult(), makeResult({ attempt: 2, tryNumber: 1, round: 3 })];
    const { stdout } = await cli(['run', 'logs', runId], { services: { listResults: async () => ({ items }) } });
    expect(stdout.match(/── .*/g)).toEqual([
      '── web-1 i-1 roll/restart/start succeeded exit 0 1.2s',
      '── web-1 i-1 roll/restart/start round 3 attempt 2 try 2 succeeded exit 0 1.2s',
    ]);
  });

  test.each([
    [['--grep', 'x', '--follow'], '--grep and --follow'],
    [['--save', 'd', '--diff'], '--diff and --save'],
  ])('prints in one way at a time: %j', async (flags, names) => {
    const { exitCode, stderr } = await cli(['run', 'logs', runId, ...flags], {});
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`${names} cannot be combined`)]);
  });
});
