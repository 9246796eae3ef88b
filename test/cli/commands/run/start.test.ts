import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AppError } from '#shared/errors/app-error.ts';
import { makeNode, makeRunView, runId } from '#test/functions/api/hand-made-services.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';
import { cli, embeddedCli, jobYaml, makeFolder } from '../../test-host.ts';

const params = JSON.stringify({
  jobId: 'old-1',
  runFlow: [
    {
      groupNo: 0,
      execStrategy: 'oneShot',
      phases: [
        {
          phaseName: 'stop',
          operations: [
            {
              opId: 'stop_1',
              opName: 'stop',
              opType: 'target',
              isScript: 1,
              scriptId: 'stop',
              interpreter: 'sh',
              opt: {},
              arg: [],
            },
          ],
        },
      ],
    },
  ],
});

const submitted = (asked: readonly (readonly [string, ...unknown[]])[]) =>
  asked.find(([name]) => name === 'submitRun')?.[1] as {
    idempotencyKey: string;
    request: { job: { metadata: { name: string } }; params: unknown; only: unknown; nodes?: { id: string }[] };
  };

describe('drover run start', () => {
  test('--dry-run shows the plan and starts nothing', async () => {
    const argv = ['run', 'start', '-', '--param', 'version=1', '--dry-run'];
    const { stdout, exitCode, asked } = await cli(argv, { stdin: jobYaml });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('plan bbbbbbbbbbbb');
    expect(asked.map(([name]) => name)).toEqual(['planPreview']);
    expect((await cli([...argv, '--detailed-exitcode'], { stdin: jobYaml })).exitCode).toBe(2);
    const without = await cli(['run', 'start', '-', '--param', 'version=1', '--show', 'nodes'], { stdin: jobYaml });
    expect(without.stderr).toContain('--dry-run');
    expect(without.asked).toEqual([]);
  });

  test('sends the job with its resolved parameters and prints the id of the run', async () => {
    const folder = await makeFolder({ 'job.yaml': jobYaml, 'params.yaml': 'version: "1"\ncount: 7\n' });
    const { exitCode, stdout, stderr, asked } = await cli([
      ...['run', 'start', join(folder, 'job.yaml'), '--params-file', join(folder, 'params.yaml')],
      ...['--param', 'version=2=b', '--group', 'roll', '--phase', 'restart', '--node', 'i-1,i-2', '--node', 'i-3'],
    ]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${runId}\n` });
    expect(stderr).toBe(`Run ${runId} of roll-shop started\n`);
    const { request, idempotencyKey } = submitted(asked);
    expect(idempotencyKey).toBe('key-1');
    expect(request.job.metadata.name).toBe('roll-shop');
    expect(request.params).toEqual({ version: '2=b', count: 7 });
    expect(request.only).toEqual({ groups: ['roll'], phases: ['restart'], nodes: ['i-1', 'i-2', 'i-3'] });
    expect(request).not.toHaveProperty('nodes');
  });

  test('takes the job from standard input, and a key', async () => {
    const { exitCode, asked } = await cli(['run', 'start', '-', '--param', 'version=1', '--key', 'deploy-7'], {
      stdin: jobYaml,
    });
    expect(exitCode).toBe(0);
    expect(submitted(asked).idempotencyKey).toBe('deploy-7');
  });

  test('says when the key was known', async () => {
    const { stderr } = await cli(['run', 'start', '-', '--param', 'version=1', '--key', 'k'], {
      stdin: jobYaml,
      services: { submitRun: async () => ({ runId, created: false }) },
    });
    expect(stderr).toContain('was started under this key before');
  });

  test('errors in the job are told with their places, and nothing is sent', async () => {
    const folder = await makeFolder({ 'job.yaml': jobYaml.replace('phases:', 'phasse:') });
    const { exitCode, stderr, asked } = await cli(['run', 'start', join(folder, 'job.yaml')]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/job\.yaml:11:7 .*phasse.*Did you mean 'phases'/);
    expect(asked).toEqual([]);
  });

  test('missing, unknown and malformed parameters are refused before anything is sent', async () => {
    const flags = ['--param', 'versoin=1', '--param', 'count=x'];
    const { exitCode, stderr, asked } = await cli(['run', 'start', '-', ...flags], { stdin: jobYaml });
    expect(exitCode).toBe(2);
    for (const text of [
      "param 'version' is required",
      "no param 'versoin'",
      "Did you mean 'version'?",
      "param 'count'",
    ])
      expect(stderr).toContain(text);
    expect(asked).toEqual([]);
  });

  test('takes the name of a stored job where there is no such file; its params stay texts', async () => {
    const stored = makeRunView({ job: { name: 'roll-shop', digest: 'd'.repeat(64), revision: 3 } });
    const { exitCode, stderr, asked } = await cli(['run', 'start', 'roll-shop@3', '--param', 'count=7'], {
      services: { viewRun: async () => stored },
    });
    expect(exitCode).toBe(0);
    expect(submitted(asked).request).toEqual({ job: 'roll-shop@3', params: { count: '7' }, only: {} });
    expect(stderr).toBe(`Run ${runId} of roll-shop@3 started\n`);
  });

  test('says that there is neither file nor job', async () => {
    const missing = new AppError('job.not-found', "There is no job 'jb'", { hint: "Did you mean 'job'?" });
    const services = { submitRun: () => Promise.reject(missing) };
    const { exitCode, stderr } = await cli(['run', 'start', 'jb'], { services });
    expect(exitCode).toBe(5);
    expect(stderr).toBe("error There is no file 'jb' and no stored job of that name\nhint Did you mean 'job'?\n");
    for (const file of ['./jb', 'jb.yaml', 'jobs/jb.json'])
      expect(await cli(['run', 'start', file])).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining(`Cannot read ${file}`),
        asked: [],
      });
  });

  test('tells what the server finds wrong in the job with its place in the file', async () => {
    const folder = await makeFolder({ 'job.yaml': jobYaml });
    const path = '/spec/groups/0/phases/0/operations/0/run';
    const wrong = new AppError('job.invalid', 'The job has 2 problems', {
      places: [
        { path, message: 'first' },
        { path: '/spec/params/version', message: 'second' },
      ],
    });
    const argv = ['run', 'start', join(folder, 'job.yaml'), '--param', 'version=1'];
    const { exitCode, stderr } = await cli(argv, { services: { submitRun: () => Promise.reject(wrong) } });
    expect(exitCode).toBe(2);
    expect(stderr.replaceAll(`${folder}/`, '')).toBe(
      'error job.yaml has 2 problems\n  job.yaml:14:32 first\n  job.yaml:6:14 second\n',
    );
  });

  test('takes the nodes from a file', async () => {
    const node = { id: 'svc-1', name: 'svc', host: 'h', agent: 'aws', region: 'r', instanceId: 'i-1' };
    const folder = await makeFolder({
      'nodes.json': `${JSON.stringify(node)}\n`,
      'old.json': '{"resourceId": 9, "nodeName": "web-1"}',
    });
    const start = ['run', 'start', '-', '--param', 'version=1', '--nodes-file'];
    const { asked } = await cli([...start, join(folder, 'nodes.json')], { stdin: jobYaml });
    expect(submitted(asked).request.nodes?.map(({ id }) => id)).toEqual(['svc-1']);
    expect(asked.map(([name]) => name)).not.toContain('listNodes');
    const old = await cli([...start, join(folder, 'old.json')], { stdin: jobYaml });
    expect(submitted(old.asked).request.nodes).toMatchObject([{ id: '9', instanceId: 'i-1', name: 'web-1' }]);
  });

  test('imports a job of autoexec and runs it at once', async () => {
    const folder = await makeFolder({
      'params.json': params,
      'nodes.json': '{"resourceId": 9, "nodeName": "web-1"}',
      stop: 'echo stop\n',
    });
    const { exitCode, asked, stderr } = await cli([
      ...[
        'run',
        'start',
        '--params',
        join(folder, 'params.json'),
        '--nodes',
        join(folder, 'nodes.json'),
        '--scripts',
        folder,
      ],
    ]);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('started') });
    const { request } = submitted(asked);
    expect(request.job).toMatchObject({ spec: { groups: [{ phases: [{ name: 'stop' }] }] } });
    expect(request.nodes?.map(({ id }) => id)).toEqual(['9']);
  });

  test('needs a job, and only one', async () => {
    expect(await cli(['run', 'start'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('No job is given'),
    });
    const both = await cli(['run', 'start', '-', '--params', 'p.json'], { stdin: jobYaml });
    expect(both).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('exclude each other') });
  });

  test('watches on a terminal, when asked to, and not when asked not to', async () => {
    const start = ['run', 'start', '-', '--param', 'version=1'];
    const seen = async (flags: readonly string[], terminal: boolean) =>
      (await cli([...start, ...flags], { stdin: jobYaml, terminal })).stdout.includes('8.0s');
    expect(await seen([], true)).toBe(true);
    expect(await seen([], false)).toBe(false);
    expect(await seen(['--watch'], false)).toBe(true);
    expect(await seen(['--no-watch'], true)).toBe(false);
  });

  test('without a server it stays until the end of the run, and closes the app', async () => {
    const services = { viewRun: async () => makeRunView({ status: 'failed' }) };
    const argv = ['run', 'start', '-', '--param', 'version=1', '--no-watch'];
    const { exitCode, stdout, stderr, closed } = await embeddedCli(argv, { stdin: jobYaml, services });
    expect({ exitCode, closed }).toEqual({ exitCode: 1, closed: 1 });
    expect(stdout).toMatch(/^failed /);
    expect(stderr).toContain('No server runs, so this process runs the job');
  });

  test('a node of autoexec that is nowhere is an error', async () => {
    const folder = await makeFolder({
      'params.json': params,
      'nodes.json': '{"resourceId": 9, "nodeName": "no"}',
      stop: 'echo stop\n',
    });
    const { exitCode, stderr } = await cli(
      [
        'run',
        'start',
        '--params',
        join(folder, 'params.json'),
        '--nodes',
        join(folder, 'nodes.json'),
        '--scripts',
        folder,
      ],
      { services: { listNodes: async () => ({ items: [makeNode()], readAt: fixedReadAt }) } },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('no such instance');
  });
});
