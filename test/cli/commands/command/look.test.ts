import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCommandView } from '#test/functions/api/hand-made-services.ts';
import { cli, makeFolder } from '../../test-host.ts';

const view = makeCommandView({
  command: {
    apiVersion: 'drover/v1',
    kind: 'Command',
    metadata: { name: 'ops/restart', description: 'Restarts', labels: { team: 'shop' } },
    spec: {
      run: 'systemctl restart "$service"\u001b[2J',
      interpreter: 'bash',
      arguments: {
        service: { required: true, pattern: '^[a-z]+$', description: 'Which' },
        mode: { type: 'enum', options: ['soft', 'hard'], default: 'soft' },
      },
      positional: ['mode'],
      libraries: ['lib/log'],
      outputs: { state: { type: 'int', default: '0' } },
      okExitCodes: [0, 3],
    },
  },
});
const services = { viewCommand: async () => ({ view, etag: '"3"' }) };

describe('drover command get', () => {
  test('prints the text exactly as it was put', async () => {
    const { exitCode, stdout, asked } = await cli(['command', 'get', 'ops/restart@abcdef']);
    expect([exitCode, stdout]).toEqual([0, 'systemctl restart "$service"\n']);
    expect(asked).toEqual([['viewCommand', 'ops/restart', { version: 'abcdef' }]]);
  });

  test('prints or writes the command file', async () => {
    const { stdout } = await cli(['command', 'get', 'ops/restart', '-o', 'yaml']);
    expect(stdout).toMatch(/^apiVersion: drover\/v1\nkind: Command\nmetadata:\n {2}name: ops\/restart\n/);
    const file = join(await makeFolder(), 'out.json');
    const written = await cli(['command', 'get', 'ops/restart', '-o', 'json', '--out', file]);
    expect([written.stdout, written.stderr]).toEqual(['', `Wrote ${file}\n`]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(makeCommandView().command);
  });

  test('says what cannot be a command', async () => {
    const { exitCode, stderr, asked } = await cli(['command', 'get', 'ops/restart@new']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("'new' is not a version of a command");
    expect(asked).toEqual([]);
  });
});

describe('drover command show', () => {
  test('shows arguments, outputs, settings and the text, which cannot steer the terminal', async () => {
    const { exitCode, stdout } = await cli(['command', 'show', 'ops/restart'], { services });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`command       ops/restart
version       cccccccccccc (latest)
put           2026-01-01T00:00:00Z by ada
description   Restarts
labels        team=shop
interpreter   bash
timeout       1h
ok exit codes 0, 3
libraries     lib/log

ARGUMENT  PLACE       TYPE    REQUIRED  DEFAULT  RULES       MEANING
service   $service    string  yes                /^[a-z]+$/  Which
mode      argument 1  enum              "soft"   soft|hard

OUTPUT  TYPE  DEFAULT
state   int   0

  systemctl restart "$service"[2J
`);
  });

  test('prints everything with its tag as JSON', async () => {
    const { stdout } = await cli(['command', 'show', 'ops/restart', '-o', 'json'], { services });
    expect(JSON.parse(stdout)).toEqual({ ...view, etag: '"3"' });
  });
});

describe('drover command ls, history, rm', () => {
  test('list names by prefix over all pages', async () => {
    const item = (name: string, more = {}) => ({
      ...{ name, version: 'a'.repeat(64), type: 'script' as const, interpreter: 'sh' as const, removed: false },
      ...{ actor: 'ada', at: '2026-01-01T00:00:00.000Z', ...more },
    });
    const asked: unknown[] = [];
    const { stdout } = await cli(['command', 'ls', 'ops/', '--removed'], {
      services: {
        listCommands: async (query) => {
          asked.push(query);
          return query.cursor === undefined
            ? { items: [item('ops/a')], cursor: 'c1' }
            : { items: [item('ops/b', { removed: true, description: 'Old\none' })] };
        },
      },
    });
    expect(asked).toEqual([
      { limit: 1000, removed: true, prefix: 'ops/' },
      { limit: 1000, removed: true, prefix: 'ops/', cursor: 'c1' },
    ]);
    expect(stdout).toBe(`COMMAND  VERSION       TYPE    INTERPRETER  CHANGED               BY   REMOVED  DESCRIPTION
ops/a    aaaaaaaaaaaa  script  sh           2026-01-01T00:00:00Z  ada
ops/b    aaaaaaaaaaaa  script  sh           2026-01-01T00:00:00Z  ada  yes      Old ↵ one
`);
  });

  test('show who put what when', async () => {
    const { stdout, asked } = await cli(['command', 'history', 'ops/restart']);
    expect(stdout).toBe(`CHANGE  WHAT  VERSION       AT                    BY   COMMENT
     1  put   cccccccccccc  2026-01-01T00:00:00Z  ada  first
`);
    expect(asked).toEqual([['listCommandChanges', 'ops/restart', { limit: 1000 }]]);
  });

  test('remove, and say what stays', async () => {
    const { stdout, asked } = await cli(['command', 'rm', 'ops/restart', '--comment', 'old', '--if-match', '"3"']);
    expect(stdout).toContain('its versions stay readable');
    expect(asked).toEqual([['removeCommand', 'ops/restart', { comment: 'old' }, { actor: 'ada', ifMatch: '"3"' }]]);
  });
});
