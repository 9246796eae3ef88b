import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSecretStore } from '#local/secrets/secret-store.ts';
import { cli, type HostWishes } from '../../test-host.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drover-home-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const drover = (argv: readonly string[], wishes: HostWishes = {}) =>
  cli(argv, { ...wishes, env: { DROVER_HOME: home, ...wishes.env } });
const kept = (name: string) => openSecretStore(join(home, 'secrets'), Date.now).get(name);

describe('drover secret', () => {
  test('set reads the value from the standard input, without the line end of a single line', async () => {
    expect(await drover(['secret', 'set', 'shop/token'], { stdin: 'hunter2\n' })).toMatchObject({
      exitCode: 0,
      stdout: 'local:shop/token\n',
      stderr: '',
    });
    expect(kept('local:shop/token')).toBe('hunter2');
    await drover(['secret', 'set', 'key'], { stdin: 'two\nlines\n' });
    expect(kept('local:key')).toBe('two\nlines\n');
    await drover(['secret', 'set', '--raw', 'raw'], { stdin: 'hunter2\n' });
    expect(kept('local:raw')).toBe('hunter2\n');
  });

  test('set asks at a terminal, twice, and stores nothing when the two differ', async () => {
    const right = await drover(['secret', 'set', 'ssm:/drover/secrets/a'], {
      terminal: true,
      answers: ['typed', 'typed'],
    });
    expect(right.questions).toEqual(['Value of ssm:/drover/secrets/a: ', 'The same again: ']);
    expect(kept('ssm:/drover/secrets/a')).toBe('typed');
    const wrong = await drover(['secret', 'set', 'b'], { terminal: true, answers: ['typed', 'tpyed'] });
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('The two values differ') });
    expect(wrong.stderr).not.toMatch(/typed|tpyed/);
    expect(kept('local:b')).toBeUndefined();
  });

  test.each([
    ['an empty value', ['x'], ''],
    ['a NUL', ['x'], 'a\0b'],
    ['a value that is too long', ['x'], 'x'.repeat(65_537)],
    ['a name that is none', ['not a name'], 'value'],
    ['a kind that keeps itself', ['env:DROVER_SECRET_A'], 'value'],
    ['a key of a JSON object', ['secretsmanager:shop#key'], 'value'],
  ])('set refuses %s', async (_, args, stdin) => {
    const { exitCode, stderr } = await drover(['secret', 'set', ...args], { stdin });
    expect(exitCode).toBe(2);
    expect(stderr).not.toContain('value\n');
  });

  test('set warns of a value that is too short to be masked', async () => {
    const { exitCode, stderr } = await drover(['secret', 'set', 'short'], { stdin: 'abc' });
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('fewer than 4 bytes')]);
  });

  test('ls shows names and times, rm removes', async () => {
    await drover(['secret', 'set', 'b'], { stdin: 'value of b' });
    await drover(['secret', 'set', 'oos-secret:a'], { stdin: 'value of a' });
    const { stdout } = await drover(['secret', 'ls']);
    expect(stdout).toBe(
      'SECRET        SET AT\nlocal:b       2026-01-01T00:00:10.000Z\noos-secret:a  2026-01-01T00:00:10.000Z\n',
    );
    expect(await drover(['secret', 'rm', 'b'])).toMatchObject({ exitCode: 0, stdout: 'local:b\n' });
    expect(await drover(['secret', 'rm', 'b'])).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('drover secret ls'),
    });
    expect(JSON.parse((await drover(['secret', 'ls', '-o', 'json'])).stdout)).toEqual({
      items: [{ name: 'oos-secret:a', updatedAt: '2026-01-01T00:00:10.000Z' }],
    });
  });

  test('a reset of the local cloud leaves them alone', async () => {
    await drover(['secret', 'set', 'a'], { stdin: 'value' });
    await drover(['local', 'reset', '--yes']);
    expect(kept('local:a')).toBe('value');
  });
});
