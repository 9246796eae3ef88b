import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { embeddedCli, jobYaml, makeFolder } from '../test-host.ts';

describe('drover validate', () => {
  test('tells each file on its own, and needs no server', async () => {
    const folder = await makeFolder({ 'good.yaml': jobYaml, 'bad.yaml': jobYaml.replace('phases:', 'phasse:') });
    const good = join(folder, 'good.yaml');
    const bad = join(folder, 'bad.yaml');
    const { exitCode, stdout, stderr, opened } = await embeddedCli(['validate', bad, good, '/nowhere.yaml']);
    expect({ exitCode, opened }).toEqual({ exitCode: 2, opened: [] });
    expect(stdout).toMatch(new RegExp(`^${good}: job roll-shop is valid \\([0-9a-f]{12}\\)\n$`));
    expect(stderr).toContain(`${bad}:11:7`);
    expect(stderr).toContain('Cannot read /nowhere.yaml');
  });

  test('a valid job exits with 0', async () => {
    expect((await embeddedCli(['validate', '-'], { stdin: jobYaml })).exitCode).toBe(0);
  });

  test('JSON has a verdict for each file', async () => {
    const folder = await makeFolder({ 'good.yaml': jobYaml });
    const { stdout, stderr } = await embeddedCli([
      'validate',
      join(folder, 'good.yaml'),
      '/nowhere.yaml',
      '-o',
      'json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({
      items: [
        { valid: true, job: 'roll-shop', digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
        { file: '/nowhere.yaml', valid: false, problem: { code: 'usage.invalid' } },
      ],
    });
    expect(stderr).toBe('');
  });

  test('checks command files too', async () => {
    const { exitCode, stdout } = await embeddedCli([
      'validate',
      'examples/library/service.yaml',
      'examples/library/restart.yaml',
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /service\.yaml: command ops\/service is valid \(\w{12}\)\n.*restart\.yaml: job restart-web is valid/,
    );
    const wrong = await embeddedCli(['validate', '-'], { stdin: 'apiVersion: drover/v1\nkind: Command\n' });
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("'metadata' is missing")]);
  });
});
