import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ApiServices } from '#functions/api/services.ts';
import { makeCommandView } from '#test/functions/api/hand-made-services.ts';
import { cli, makeFolder } from '../../test-host.ts';

const runs: Readonly<Record<string, string>> = {
  ['a'.repeat(64)]: 'echo 1\necho x\n',
  ['b'.repeat(64)]: 'echo 2\necho x\n',
};

const commandOf = (run: string) => ({
  ...{ apiVersion: 'drover/v1', kind: 'Command', metadata: { name: 'ops/restart' } },
  spec: { run },
});

const services: Partial<ApiServices> = {
  viewCommand: async (_name, { version }) => {
    const id = Object.keys(runs).find((one) => one.startsWith(version)) ?? 'b'.repeat(64);
    return { view: makeCommandView({ version: id, command: commandOf(runs[id] ?? '') }), etag: '"2"' };
  },
  listCommandChanges: async () => ({
    items: ['b', 'b', 'a'].map((letter, index) => ({
      ...{ change: 3 - index, action: 'put' as const, version: letter.repeat(64) },
      ...{ actor: 'ada', at: '2026-01-01T00:00:00.000Z' },
    })),
  }),
};

const changed = `@@ -4,5 +4,5 @@
   name: ops/restart
 spec:
   run: |
-    echo 1
+    echo 2
     echo x
`;

describe('drover command diff', () => {
  test('compares two versions', async () => {
    const { exitCode, stdout } = await cli(['command', 'diff', 'ops/restart@aaaaaa', 'ops/restart'], { services });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`--- ops/restart@aaaaaaaaaaaa\n+++ ops/restart@bbbbbbbbbbbb\n${changed}`);
  });

  test('compares a name alone with the version before', async () => {
    const { stdout } = await cli(['command', 'diff', 'ops/restart'], { services });
    expect(stdout).toContain(changed);
  });

  test('compares a command file with what is stored under its name', async () => {
    const folder = await makeFolder({ 'a.json': JSON.stringify(commandOf('echo 3\necho x\n')) });
    const { stdout } = await cli(['command', 'diff', join(folder, 'a.json')], { services });
    expect(stdout).toContain(`--- ops/restart@bbbbbbbbbbbb\n+++ ${join(folder, 'a.json')}\n`);
    expect(stdout).toContain('-    echo 2\n+    echo 3\n');
  });

  test('compares the text alone with a bare script', async () => {
    const folder = await makeFolder({ 'x.sh': 'echo 2\necho y\n' });
    const { stdout } = await cli(['command', 'diff', 'ops/restart', join(folder, 'x.sh')], { services });
    expect(stdout).toContain('@@ -1,2 +1,2 @@\n echo 2\n-echo x\n+echo y\n');
    const alone = await cli(['command', 'diff', join(folder, 'x.sh')], { services });
    expect([alone.exitCode, alone.stderr]).toEqual([2, expect.stringContaining('to be compared?')]);
  });

  test('says that there is no difference, also as JSON', async () => {
    const same = ['command', 'diff', 'ops/restart', 'ops/restart@bbbbbb'];
    const { stdout, stderr } = await cli(same, { services });
    expect([stdout, stderr]).toEqual(['', 'ops/restart@bbbbbbbbbbbb and ops/restart@bbbbbbbbbbbb are the same\n']);
    expect(JSON.parse((await cli([...same, '-o', 'json'], { services })).stdout)).toMatchObject({
      same: true,
      diff: '',
    });
  });

  test('paints on a terminal', async () => {
    const { stdout } = await cli(['command', 'diff', 'ops/restart', '--color'], { services });
    expect(stdout).toContain('\u001b[31m-    echo 1\u001b[39m\n\u001b[32m+    echo 2\u001b[39m\n');
  });
});
