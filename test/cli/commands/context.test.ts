import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, makeFolder } from '../test-host.ts';

/** Commands of a user whose contexts are in a folder of the test. */
const user = async () => {
  const file = join(await makeFolder(), 'drover', 'contexts.yaml');
  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    cli(argv, { env: { DROVER_CONTEXTS: file, DROVER_SERVER: '', DROVER_TOKEN_FILE: '', ...env } });
  return { file, run };
};

describe('contexts', () => {
  test('are added, listed, used and forgotten; the first is used at once', async () => {
    const { run } = await user();
    expect((await run(['context', 'ls'])).stdout).toContain('There are no contexts');
    await run(['context', 'add', 'prod', '--server', 'https://api.test', '--region', 'eu-west-1', '--profile', 'ops']);
    await run(['context', 'add', 'laptop', '--state-dir', '/srv/drover']);
    await run(['context', 'add', 'lab', '--server', 'http://lab.test', '--token-file', '/etc/lab.token']);

    expect(JSON.parse((await run(['context', 'use', 'lab', '-o', 'json'])).stdout)).toEqual({
      current: 'lab',
      contexts: {
        prod: { kind: 'aws', server: 'https://api.test', region: 'eu-west-1', profile: 'ops' },
        laptop: { kind: 'local', stateDir: '/srv/drover' },
        lab: { kind: 'token', server: 'http://lab.test', tokenFile: '/etc/lab.token' },
      },
    });
    expect((await run(['context', 'ls'])).stdout).toMatch(
      /\* +lab +token +http:\/\/lab.test +token of \/etc\/lab.token/,
    );
    const { stdout } = await run(['context', 'rm', 'lab', '-o', 'json']);
    expect(Object.keys(JSON.parse(stdout).contexts)).toEqual(['prod', 'laptop']);
    expect(JSON.parse(stdout).current).toBeUndefined();
  });

  test('say which one was probably meant, what is missing, and when the file is damaged', async () => {
    const { run } = await user();
    await run(['context', 'add', 'prod', '--server', 'https://api.test', '--region', 'eu-west-1']);
    const wrong = await run(['context', 'use', 'prd']);
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining("Did you mean 'prod'?")]);
    expect((await run(['nodes', 'list', '--context', 'other'])).stderr).toContain("no context 'other'");
    expect((await run(['context', 'add', 'a b'])).stderr).toContain("'a b' is no name");
    expect((await run(['context', 'add', 'x', '--region', 'eu-west-1'])).stderr).toContain('needs its address');
    expect((await run(['context', 'add', 'x', '--server', 'ftp://x', '--region', 'eu'])).stderr).toMatch(
      /--server: is not an http/,
    );
    const damaged = join(await makeFolder({ c: 'contexts: [1' }), 'c');
    expect((await run(['context', 'ls'], { DROVER_CONTEXTS: damaged })).stderr).toContain('is no file of contexts');
  });

  test('are for their user alone, and hold no secret', async () => {
    const { run, file } = await user();
    await run(['context', 'add', 'lab', '--server', 'http://lab.test', '--token-file', '/etc/lab.token']);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(
      'current: lab\ncontexts:\n  lab:\n    kind: token\n    server: http://lab.test\n    tokenFile: /etc/lab.token\n',
    );
  });

  test('lead a command where they say, unless a flag or the environment says otherwise', async () => {
    const { run } = await user();
    const { opened } = await run(['nodes', 'list']);
    expect(opened).toHaveLength(1);
    await run(['context', 'add', 'here', '--state-dir', '/srv/a', '--fleet', '/srv/f.yaml']);
    await run(['context', 'add', 'there', '--state-dir', '/srv/b']);
    expect((await run(['nodes', 'list'])).opened).toEqual([{ stateDir: '/srv/a', fleetFile: '/srv/f.yaml' }]);
    expect((await run(['nodes', 'list', '--context', 'there'])).opened).toEqual([{ stateDir: '/srv/b' }]);
    expect((await run(['nodes', 'list'], { DROVER_CONTEXT: 'there' })).opened).toEqual([{ stateDir: '/srv/b' }]);
    expect((await run(['nodes', 'list', '--state-dir', '/srv/c'])).opened).toMatchObject([{ stateDir: '/srv/c' }]);
    expect((await run(['nodes', 'list', '--server', 'http://drover.test'])).opened).toEqual([]);
  });
});
