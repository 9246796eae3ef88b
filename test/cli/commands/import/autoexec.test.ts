import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseJobFile } from '#shared/job/job-file.ts';
import { cli, embeddedCli, makeFolder } from '../../test-host.ts';

const params = JSON.stringify({
  jobId: 'old-1',
  tenant: 'develop',
  opt: { version: '1.2' },
  runFlow: [
    {
      groupNo: 0,
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
const files = {
  'params.json': params,
  'nodes.json': '{"resourceId": 9, "nodeName": "web-1"}',
  'stop.sh': 'echo stop\n',
  'tool.bin': 'a\0b',
};

describe('drover import autoexec', () => {
  test('prints a job file, and what differs on standard error; needs no server', async () => {
    const folder = await makeFolder(files);
    const { exitCode, stdout, stderr, opened } = await embeddedCli([
      'import',
      'autoexec',
      '--params',
      join(folder, 'params.json'),
      '--scripts',
      folder,
    ]);
    expect(exitCode).toBe(0);
    expect(opened).toEqual([]);
    expect(parseJobFile(stdout, 'out.yaml').spec.groups[0]?.phases[0]?.operations[0]?.run).toContain('echo stop');
    expect(stderr).toContain('note tenant: ');
  });

  test('prints JSON when asked to', async () => {
    const folder = await makeFolder(files);
    const { stdout } = await cli([
      'import',
      'autoexec',
      '--params',
      join(folder, 'params.json'),
      '--scripts',
      folder,
      '-o',
      'json',
    ]);
    expect(parseJobFile(JSON.stringify(JSON.parse(stdout)), 'out.json').metadata.name).toBe('old-1');
  });

  test('writes job and nodes to files', async () => {
    const folder = await makeFolder(files);
    const at = (name: string) => join(folder, name);
    const argv = [
      'import',
      'autoexec',
      '--params',
      at('params.json'),
      '--scripts',
      folder,
      '--nodes',
      at('nodes.json'),
    ];
    const { exitCode, stdout } = await cli([...argv, '--out', at('job.yaml'), '--nodes-out', at('out.json')]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(parseJobFile(await readFile(at('job.yaml'), 'utf8'), 'job.yaml').metadata.name).toBe('old-1');
    expect(JSON.parse(await readFile(at('out.json'), 'utf8'))).toMatchObject({ id: '9', instanceId: 'i-1' });
  });

  test('what is missing or wrong is told', async () => {
    const folder = await makeFolder(files);
    const at = (name: string) => join(folder, name);
    expect(await cli(['import', 'autoexec'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--params: is required'),
    });
    const noScripts = await cli(['import', 'autoexec', '--params', at('params.json')]);
    expect(noScripts).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('scripts') });
    const noFolder = await cli(['import', 'autoexec', '--params', at('params.json'), '--scripts', at('none')]);
    expect(noFolder.stderr).toContain('Cannot read the scripts in');
    const noOut = await cli([
      'import',
      'autoexec',
      '--params',
      at('params.json'),
      '--scripts',
      folder,
      '--out',
      at('none/job.yaml'),
    ]);
    expect(noOut).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('Cannot write') });
    const nodesOut = await cli(['import', 'autoexec', '--params', at('params.json'), '--nodes-out', at('x')]);
    expect(nodesOut.stderr).toContain('--nodes-out needs --nodes');
  });
});
