import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { debianCrontab } from '#test/shared/import/crontab/debian.ts';
import { cli, makeFolder } from '../../test-host.ts';

const script = 'class ViriScript(object):\n    def run(self):\n        return "hi"\n';
const id = createHash('sha1').update(script).digest('hex');

describe('drover import crontab', () => {
  test('shows what the lines of a Debian machine become, and stores nothing', async () => {
    const folder = await makeFolder({ crontab: debianCrontab });
    const { stdout, stderr, asked, exitCode } = await cli([
      ...['import', 'crontab', join(folder, 'crontab'), '--zone', 'Europe/Madrid'],
    ]);
    expect([exitCode, asked]).toEqual([0, []]);
    expect(stdout.split('\n')).toHaveLength(6);
    expect(stdout).toMatch(/cron-20 +25 6 \* \* \* +2026-01-01T06:25:00\+01:00 +2026-01-02T06:25/);
    expect(stderr).toContain('Nothing is stored yet');
  });

  test('stores jobs and schedules', async () => {
    const folder = await makeFolder({ tab: 'PATH=/opt\n5 4 * * * echo "${{ not ours }}"%in\n' });
    const { asked, exitCode } = await cli([
      ...['import', 'crontab', join(folder, 'tab'), '--apply', '--tag', 'app=shop', '--prefix', 'old'],
    ]);
    expect(exitCode).toBe(0);
    expect(asked.map(([name, what]) => [name, what])).toEqual([
      ['applyJob', 'old-2'],
      ['putSchedule', 'old-2'],
    ]);
    expect(JSON.stringify(asked[0])).toContain(
      `export PATH='/opt'\\nprintf %s 'in\\n' | {\\necho \\"$\${{ not ours }}\\"\\n}`,
    );
    expect(asked[1]?.[2]).toMatchObject({
      ...{ job: 'old-2', expression: '5 4 * * *', dialect: 'unix', zone: 'UTC', overlap: 'allow' },
    });
  });

  test('finds scripts by their ids, and refuses what it cannot take over, with 2', async () => {
    const folder = await makeFolder({
      tab: `30 * * * * ${id}\n59 23 31 12 * 2015 ${id}\n1 1 * * * ${'0'.repeat(40)}\n`,
      'hi.py': script,
    });
    const found = await cli(['import', 'crontab', join(folder, 'tab'), '--scripts', folder]);
    expect(found.exitCode).toBe(2);
    expect(found.stdout).toContain(`script ${id}`);
    expect(found.stderr).toContain('line 2 is refused');
    expect(found.stderr).toContain('its time is over');
    expect(found.stderr).toMatch(/line 3 is refused: the script 0{40} is not there/);
  });

  test('asks where the jobs are to run before it stores them', async () => {
    const folder = await makeFolder({ tab: '5 4 * * * true\n' });
    const { exitCode, asked, stderr } = await cli(['import', 'crontab', join(folder, 'tab'), '--apply']);
    expect([exitCode, asked]).toEqual([2, []]);
    expect(stderr).toContain('on which nodes');
  });
});
