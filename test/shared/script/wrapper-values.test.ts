import { mkdirSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interpreter } from '#shared/model/job.ts';
import { renderWrapper } from '#shared/script/wrapper.ts';
import { OnNode, shells, wrapperInput } from './on-node.ts';

const fragments = fc.constantFrom(
  '{{ssm:x}}',
  '{{',
  "'",
  '"',
  '$(touch pwned)',
  '`touch pwned`',
  '${HOME}',
  '$$',
  '\\',
  '\\n',
  '\n',
  '\r',
  '\t',
  ' ',
  '%s',
  '%',
  '-n',
  '--',
  '\u0001',
  '\u007f',
  '\u0081',
  '\u0088',
  'é',
  '中文',
  '\u{1F600}',
  '*',
  '~',
  '!',
  '#',
  '&',
  '|',
  ';',
  '<',
  '>',
  '(',
  ')',
  '@SCRIPT@',
  '=',
);
const value = fc.oneof(
  fc.array(fragments, { maxLength: 10 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }).map((text) => text.replaceAll('\0', '')),
);
const name = fc.oneof(
  fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/),
  fc.constantFrom(
    'PATH_X',
    'IFS',
    'RANDOM',
    'UID',
    'OPTIND',
    '_0',
    '_a',
    '_',
    'PPID',
    'BASH_X',
    'SECONDS',
    'LINENO',
    'PS4',
    'D',
  ),
);
// What the runtime itself reads, or the shell between the wrapper and the script sets.
const spoilt = /^(?:PATH|LD_.*|GLIBC.*|MALLOC.*|DROVER_.*|PWD|_|BASH_ENV|ENV|TMPDIR|POSIXLY_CORRECT)$/;
const environment = fc
  .dictionary(name, value, { maxKeys: 20 })
  .map((env) => Object.fromEntries(Object.entries(env).filter(([key]) => !spoilt.test(key))));

const asEntries = (environ: Buffer): Record<string, string> =>
  Object.fromEntries(
    environ
      .toString('utf8')
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );

const exact = `x$(touch pwned)y'"\n{{z}} 中文\\ %s -n\n\n`;

describe.each(shells.map((shell) => ({ shell, title: shell.join(' ') })))('values under $title', ({ shell }) => {
  it('arrive as exactly what was given, in environment, arguments and script', async () => {
    using node = new OnNode(shell);
    let round = 0;
    // Perl, because it reads none of these variables for itself, as a shell does.
    const dump = 'open F, "</proc/self/environ"; print <F>; open F, ">args"; print F map { "$_\\0" } @ARGV;\n__END__\n';
    await fc.assert(
      fc.asyncProperty(environment, fc.array(value, { maxLength: 20 }), value, async (env, args, rest) => {
        round += 1;
        await node.finish({
          fence: `${round}`,
          interpreter: 'perl',
          script: dump + rest,
          args,
          env: { ...env, LC_ALL: 'C' },
        });
        expect(asEntries(node.kept(`${round}.o`))).toMatchObject({ ...env, LC_ALL: 'C' });
        expect(node.read('args').split('\0').slice(0, -1)).toEqual(args);
        expect(node.kept(`${round}.pl`).toString('utf8')).toBe(dump + rest);
      }),
      { numRuns: 40 },
    );
    expect(node.read('pwned')).toBe('');
  });

  it('arrive when they are very long', async () => {
    using node = new OnNode(shell);
    const long = `${'{{é\'"\\'.repeat(12_000)}\n`;
    await node.finish({
      script: `printf %s "$V"; printf %s "$1" >&2; : '${'x'.repeat(200_000)}'`,
      env: { V: long },
      args: [long],
    });
    expect(node.kept('run_2F1.o').toString('utf8')).toBe(long);
    expect(node.kept('run_2F1.e').toString('utf8')).toBe(long);
  });

  it('differ per instance, in environment, arguments and fence', async () => {
    const perInstance = {
      'i-1': { nodeKey: 'one', env: { V: exact, PATH: '/usr/bin:/bin:/one' }, args: ['a', exact] },
      'i-2': { nodeKey: 'two', env: { W: '2' } },
      'i-3': {},
    };
    const input = {
      perInstance,
      env: { V: 'all', ALL: exact, IFS: 'x' },
      args: ['common'],
      script: `cat /proc/$$/environ; printf '%s\\0' "$@" >&2`,
    };
    const on = async (id: string, kept: string) => {
      using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: id });
      await node.finish(input);
      return { env: asEntries(node.kept(`${kept}.o`)), args: node.kept(`${kept}.e`).toString('utf8') };
    };
    const one = await on('i-1', 'run_2F1@one');
    expect(one.env).toMatchObject({ V: exact, PATH: '/usr/bin:/bin:/one', ALL: exact, IFS: 'x' });
    expect(one.args).toBe(`a\0${exact}\0`);
    const two = await on('i-2', 'run_2F1@two');
    expect(two.env).toMatchObject({ V: 'all', W: '2', IFS: 'x' });
    expect(two.args).toBe('common\0');
    expect((await on('i-3', 'run_2F1')).env).not.toHaveProperty('W');
  });

  it('come by the instance id that Aliyun’s agent puts into the text', async () => {
    using node = new OnNode(shell);
    const perInstance = { 'i-1': { env: { V: '{{ACS::InstanceId}}' } } };
    const { content } = renderWrapper(
      wrapperInput({ instanceIdFrom: 'aliyun', perInstance, script: 'printf %s "$V"' }),
    );
    const { envelope } = await node.run(content.replaceAll('{{ACS::InstanceId}}', 'i-1'));
    expect(envelope).toMatchObject({ kind: 'finished', stdout: '{{ACS::InstanceId}}' });
  });
});

describe.each<[Interpreter, string]>([
  ['sh', 'printf "%s|%s" "$1" "$V"; exit 3'],
  ['bash', 'a=("$@" "$V"); [[ ${#a[@]} == 2 ]] && printf "%s|%s" "${a[@]}"; exit 3'],
  [
    'python3',
    'import os, sys\nsys.stdout.buffer.write(("%s|%s" % (sys.argv[1], os.environ["V"])).encode())\nsys.exit(3)',
  ],
  ['perl', 'print "$ARGV[0]|$ENV{V}"; exit 3'],
  ['node', "process.stdout.write(`${process.argv[2]}|${process.env.V}`); require('node:path'); process.exitCode = 3"],
])('a script in %s', (interpreter, script) => {
  it('gets arguments and environment, prints, and its status is kept', async () => {
    using node = new OnNode(shells[0], { LC_ALL: 'C.UTF-8' });
    const { PATH = '' } = process.env;
    const envelope = await node.finish({ interpreter, script, args: [exact], env: { V: exact, PATH } });
    expect(envelope).toMatchObject({ stdout: `${exact}|${exact}`, stderr: '', exitCode: 3, signal: null });
  });
});

describe('the script’s surroundings', () => {
  it('are its directory, an empty standard input, a group of its own and no other open file', async () => {
    using node = new OnNode();
    const script = 'pwd; cat; ls -l /proc/self/fd | grep -c run_2F1; echo $PPID; cut -d" " -f5 /proc/self/stat';
    const { stdout } = await node.finish({ script, workingDirectory: '/usr' });
    const [directory, openFiles, timer, group] = stdout.split('\n');
    expect([directory, openFiles]).toEqual(['/usr', '1']);
    expect(group).toBe(timer);
  });

  it('hold no variable of the wrapper', async () => {
    using node = new OnNode();
    await node.finish({ script: 'cat /proc/$$/environ' });
    const env = asEntries(node.kept('run_2F1.o'));
    expect(
      Object.keys(env)
        .filter((key) => !['PWD', '_', 'OLDPWD', 'SHLVL'].includes(key))
        .sort(),
    ).toEqual(['DROVER_OUTPUT', 'DROVER_STATE_DIR', 'PATH']);
  });

  it('take a relative directory from where the agent starts scripts, whatever it is called', async () => {
    using node = new OnNode(shells[0], { OLDPWD: '/usr', CDPATH: '/' });
    mkdirSync(node.path('-'));
    mkdirSync(node.path('usr'));
    expect((await node.finish({ fence: 'a', script: 'pwd', workingDirectory: '-' })).stdout).toBe(
      `${node.path('-')}\n`,
    );
    expect((await node.finish({ fence: 'b', script: 'pwd', workingDirectory: 'usr' })).stdout).toBe(
      `${node.path('usr')}\n`,
    );
  });
});

describe.each(shells.map((shell) => ({ shell, title: shell.join(' ') })))('pwsh under $title', ({ shell }) => {
  // Stands where PowerShell would be: says what it was started with.
  const stand = '#!/bin/sh\nfor word; do printf "%s\\\\0" "$word"; done\ncat "$5"\n';
  const withStand = (node: OnNode): string => {
    mkdirSync(node.path('bin'));
    writeFileSync(node.path('bin/pwsh'), stand, { mode: 0o755 });
    return `${node.path('bin')}:${process.env['PATH']}`;
  };

  it('is started with the script as a file, and without anything of the user', async () => {
    using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: 'i-1' });
    const PATH = withStand(node);
    const script = '"$PSVersionTable {{é}}"\n';
    const words = ['-NoLogo', '-NoProfile', '-NonInteractive', '-File'];
    for (const input of [
      { args: ["a 'b"] },
      { fence: '2', perInstance: { 'i-1': { args: ["a 'b"], env: { A: '1' } } } },
      { fence: '3', args: ["a 'b"], perInstance: { 'i-1': { env: { IFS: 'N' } } } },
    ]) {
      const { stdout } = await node.finish({ interpreter: 'pwsh', script, env: { PATH }, ...input });
      const [file, rest] = stdout.split('\0').slice(4, 6);
      expect(stdout.split('\0').slice(0, 4)).toEqual(words);
      expect(file).toMatch(/\.ps1$/);
      expect(rest).toBe("a 'b");
      expect(stdout.endsWith(script)).toBe(true);
    }
  });

  it('is missed where it is not installed', async () => {
    using node = new OnNode(shell);
    expect((await node.run({ interpreter: 'pwsh', script: '1' })).envelope).toMatchObject({
      kind: 'refused',
      code: 'interpreter',
    });
  });
});
