import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ApiServices } from '#functions/api/services.ts';
import { parseJobFile } from '#shared/job/job-file.ts';
import { makeJobView } from '#test/functions/api/hand-made-services.ts';
import { cli, jobYaml, makeFolder } from '../../test-host.ts';

const jobOf = (run: string) => ({
  ...{ apiVersion: 'drover/v1', kind: 'Job', metadata: { name: 'roll-shop', description: 'Rolls' } },
  spec: {
    params: { version: { required: true } },
    groups: [
      {
        name: 'roll',
        phases: [
          {
            name: 'p',
            operations: [
              { id: 'start', run },
              { id: 'u', use: 'ops/x' },
            ],
          },
        ],
      },
    ],
  },
});

const services: Partial<ApiServices> = {
  viewJob: async (_name, { revision = 2 }) => ({
    view: makeJobView({ revision, latest: revision === 2, job: jobOf(`echo ${revision}`) }),
    etag: `"${revision}"`,
  }),
};

describe('drover job apply', () => {
  test('stores files without what is only a default', async () => {
    const folder = await makeFolder({ 'a.yaml': jobYaml });
    const { exitCode, stdout, asked } = await cli([
      ...['job', 'apply', join(folder, 'a.yaml'), '--comment', 'faster', '--if-match', '1'],
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe('JOB        REVISION  WHAT     DIGEST\nroll-shop         2  applied  eeeeeeeeeeee\n');
    const [, name, body, writer] = asked[0] ?? [];
    expect([name, writer]).toEqual(['roll-shop', { actor: 'ada', ifMatch: '"1"' }]);
    expect(body).toMatchObject({ comment: 'faster', job: { spec: { params: { version: { required: true } } } } });
    expect(JSON.stringify(body)).not.toContain('failIgnore');
  });

  test('tells mistakes with their places, and sends nothing', async () => {
    const { exitCode, stderr, asked } = await cli(['job', 'apply', '-'], {
      stdin: jobYaml.replace('operations', 'operation'),
    });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/standard input:13:11 .*Did you mean 'operations'/);
    expect(asked).toEqual([]);
  });
});

describe('drover job ls, show, export, rm', () => {
  test('list', async () => {
    const { stdout, asked } = await cli(['job', 'ls', 'roll']);
    expect(stdout).toBe(
      'JOB        REVISION  APPLIED               BY\nroll-shop         2  2026-01-01T00:00:00Z  ada\n',
    );
    expect(asked).toEqual([['listJobs', { limit: 1000, removed: false, prefix: 'roll' }]]);
  });

  test('show a revision, its outline, and the revisions there are', async () => {
    const { stdout } = await cli(['job', 'show', 'roll-shop@1'], { services });
    expect(stdout).toBe(`job         roll-shop
revision    1
digest      eeeeeeeeeeee
applied     2026-01-01T00:00:00Z by ada: faster
description Rolls

PARAM    TYPE    REQUIRED
version  string  yes

GROUP           PHASE  ON      OPERATIONS
roll (oneShot)  p      target  start (sh), u (ops/x)

REVISION  WHAT     DIGEST        AT                    BY   COMMENT
       2  applied  eeeeeeeeeeee  2026-01-01T00:00:00Z  ada  faster
       1  applied  dddddddddddd  2026-01-01T00:00:00Z  ada
`);
    const json = JSON.parse(
      (await cli(['job', 'show', 'roll-shop', '--revision', '1', '-o', 'json'], { services })).stdout,
    );
    expect(json).toMatchObject({ revision: 1, etag: '"1"' });
    expect((await cli(['job', 'show', 'roll-shop@2', '--revision', '1'], { services })).exitCode).toBe(2);
  });

  test('export a file that reads as the same job', async () => {
    const { stdout } = await cli(['job', 'export', 'roll-shop@1'], { services });
    expect(parseJobFile(stdout, 'x.yaml')).toEqual(parseJobFile(JSON.stringify(jobOf('echo 1')), 'x.json'));
    const file = join(await makeFolder(), 'out.yaml');
    await cli(['job', 'export', 'roll-shop@1', '--out', file], { services });
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    expect(JSON.parse((await cli(['job', 'export', 'roll-shop', '-o', 'json'], { services })).stdout)).toEqual(
      jobOf('echo 2'),
    );
  });

  test('remove, and say what stays; a single revision stays', async () => {
    const { stdout, asked } = await cli(['job', 'rm', 'roll-shop']);
    expect(stdout).toBe(
      "Removed roll-shop; its revisions stay readable, because runs refer to them: drover job show 'roll-shop@2'\n",
    );
    expect(asked).toEqual([['removeJob', 'roll-shop', {}, { actor: 'ada' }]]);
    expect((await cli(['job', 'rm', 'roll-shop@1'])).exitCode).toBe(2);
  });
});

describe('drover job diff', () => {
  test.each([[['roll-shop@1', 'roll-shop@2']], [['roll-shop']]])('compares revisions (%j)', async (sides) => {
    const { exitCode, stdout } = await cli(['job', 'diff', ...sides], { services });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--- roll-shop@1\n+++ roll-shop@2\n');
    expect(stdout).toContain('-              run: echo 1\n+              run: echo 2\n');
  });

  test('compares a file with what is stored, however it is written', async () => {
    const folder = await makeFolder({
      'same.json': JSON.stringify(jobOf('echo 2')),
      'a.json': JSON.stringify(jobOf('x')),
    });
    expect((await cli(['job', 'diff', join(folder, 'same.json')], { services })).stdout).toBe('');
    const { stdout } = await cli(['job', 'diff', join(folder, 'a.json')], { services });
    expect(stdout).toContain(`--- roll-shop@2\n+++ ${join(folder, 'a.json')}\n`);
  });
});
