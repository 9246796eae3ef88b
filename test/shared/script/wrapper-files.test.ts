import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WrapperInput } from '#shared/script/wrapper.ts';
import { type FileSite, openFileSite, sha256 } from './file-site.ts';
import { OnNode } from './on-node.ts';
import { OnWindows, powerShells } from './on-windows.ts';
import { onlyTools, titledShells } from './secret-kit.ts';

let site: FileSite;
beforeAll(async () => {
  site = await openFileSite();
});
afterAll(async () => site[Symbol.asyncDispose]());

/** Where each kind of node runs a wrapper, and what makes digests there. */
interface Place extends Disposable {
  run(input: Partial<WrapperInput>): ReturnType<OnNode['run']>;
  finish(input: Partial<WrapperInput>): ReturnType<OnNode['finish']>;
  readonly stateDir: string;
}

const places: readonly { readonly title: string; readonly open: (env?: Record<string, string>) => Place }[] = [
  ...titledShells.map(({ shell, title }) => ({ title, open: (env = {}) => new OnNode(shell, env) })),
  ...powerShells.map((shell) => ({ title: shell.title, open: (env = {}) => new OnWindows(shell, env) })),
];

/** Says path, permissions of others, and digest of the files in `F_…` and in the arguments. */
const look: Partial<WrapperInput> = {
  interpreter: 'python3',
  script: `import hashlib, os, sys
for p in [v for n, v in sorted(os.environ.items()) if n.startswith('F_')] + sys.argv[1:]:
    p = p.removeprefix('at:').removesuffix(':end')
    print(os.path.basename(p), oct(os.stat(p).st_mode & 0o77), hashlib.sha256(open(p, 'rb').read()).hexdigest())
`,
};
const bytes = (text: string): Buffer => Buffer.from(text);

describe.each(places)('files under $title', ({ title, open }) => {
  const isWindows = title.includes('PowerShell');

  it('lie at the path that variables and arguments get, whatever they are called and hold', async () => {
    using node = open();
    const files = [
      site.offer("it's 中文 {{x}} é.pem", randomBytes(3000)),
      site.offer('empty', bytes('')),
      site.offer('empty', bytes('same name, other content\r\n\0')),
    ];
    const [one, two, three] = files.map(({ value }) => value);
    const { stdout } = await node.finish({
      ...look,
      files,
      env: { F_A: one ?? '', F_B: `at:${two}:end`, PLAIN: 'p' },
      args: [three ?? '', one ?? ''],
    });
    const mode = isWindows ? expect.any(String) : '0o0';
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => [line.replace(/ \S+ \S+$/, ''), line.split(' ').at(-2), line.split(' ').at(-1)]),
    ).toEqual([files[0], files[1], files[2], files[0]].map((file) => [file?.name, mode, file?.sha256]));
    expect(readdirSync(join(node.stateDir, 'f')).filter((name) => name.endsWith('.in'))).toEqual([]);
  });

  it('are fetched once for several operations, and each has a copy of its own', async () => {
    using node = open();
    const file = site.offer('conf', bytes('content'));
    const before = site.requests.length;
    const spoil = { interpreter: 'python3', script: 'import sys; open(sys.argv[1], "a").write("spoiled")' } as const;
    await node.finish({ ...spoil, files: [file], args: [file.value] });
    const { stdout } = await node.finish({ ...look, fence: '2', files: [file], args: [file.value] });
    expect(stdout).toContain(file.sha256);
    expect(site.requests.length - before).toBe(1);
    expect((await node.finish({ ...look, fence: '2', files: [file], args: [file.value] })).replayed).toBe(true);
  });

  it('differ per instance', async () => {
    using node = open({ AWS_SSM_INSTANCE_ID: 'i-2' });
    const files = [site.offer('one', bytes('1')), site.offer('two', bytes('2'))];
    const perInstance = {
      'i-1': { nodeKey: 'a', env: { F_X: files[0]?.value ?? '' } },
      'i-2': { nodeKey: 'b', env: { F_X: files[1]?.value ?? '' }, args: [files[0]?.value ?? ''] },
    };
    const { stdout } = await node.finish({ ...look, files, perInstance });
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['two', 'one', '']);
  });

  it.each([
    ['filefetch', { url: 'http://127.0.0.1:1/gone' }],
    ['filewrong', { sha256: sha256(bytes('another')) }],
  ])('keep the script from running when they do not come: %s', async (code, change) => {
    // Trying again takes its time, which is none of this test's.
    using node = open();
    const file = site.offer('x', bytes(code), change);
    const input = { ...look, files: [file], args: [file.value] };
    expect((await node.run(input)).envelope).toMatchObject({ kind: 'refused', code });
    expect(readdirSync(join(node.stateDir, 'f')).filter((name) => name.endsWith('.in'))).toEqual([]);
    expect((await node.run(input)).envelope).toMatchObject({ kind: 'refused', code, replayed: true });
  });

  it('go when the time of the script is over', async () => {
    using node = open();
    const file = site.offer('x', bytes('x'));
    const script = 'import time; time.sleep(30)';
    const late = await node.finish({
      interpreter: 'python3',
      script,
      timeoutSeconds: 1,
      files: [file],
      args: [file.value],
    });
    expect(late.timedOut).toBe(true);
    expect(readdirSync(join(node.stateDir, 'f')).filter((name) => name.endsWith('.in'))).toEqual([]);
  });
});

describe.each(titledShells.slice(0, 1))('files under $title', ({ shell }) => {
  it.each(['curl', 'wget', 'python3', 'perl'])('of 20 MB need no tool but %s, and a digest', async (tool) => {
    using tools = new OnNode();
    const bin = onlyTools(tools, [tool, 'cp', 'find']);
    using node = new OnNode(shell, bin);
    const file = site.offer('big', randomBytes(20 * 1024 * 1024));
    const script = 'sha256sum <"$1"';
    const { stdout } = await node.finish({ script, files: [file], args: [file.value] });
    expect(stdout).toBe(`${file.sha256}  -\n`);
  });

  it('are looked at by no other user: neither the kept one nor its address', async () => {
    using node = new OnNode(shell);
    const bin = node.path('bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'curl'), `#!/bin/sh\necho "$*" >>'${node.path('seen')}'\nexec /usr/bin/curl "$@"\n`);
    chmodSync(join(bin, 'curl'), 0o755);
    using watched = new OnNode(shell, { PATH: `${bin}:${process.env['PATH']}` });
    const file = site.offer('key', bytes('private'));
    await watched.finish({ script: 'true', files: [file], args: [file.value] });
    expect(node.read('seen')).toContain('-o ');
    expect(node.read('seen')).not.toContain('X-Sig');
    const kept = join(watched.stateDir, 'c', file.sha256);
    expect(existsSync(kept) && statSync(kept).mode & 0o077).toBe(0);
  });
});
