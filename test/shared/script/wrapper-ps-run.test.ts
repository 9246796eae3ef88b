import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '#shared/script/envelope.ts';
import { renderStop } from '#shared/script/wrapper.ts';
import { eventually, isRunning, wrapperInput } from './on-node.ts';
import { OnWindows, powerShells } from './on-windows.ts';

const once = `import os, sys
open('ran', 'a').write('ran\\n')
sys.stdout.write('out\\n'); sys.stderr.write('err\\n')
open(os.environ['DROVER_OUTPUT'], 'a').write('a=b\\n')
sys.exit(7)
`;

describe.each(powerShells)('a Windows node with $title', (shell) => {
  it('runs a script with its values, and answers with all that came of it', async () => {
    using node = new OnWindows(shell);
    const answer = await node.run({ script: once });
    expect(answer).toMatchObject({
      exitCode: 7,
      envelope: {
        kind: 'finished',
        exitCode: 7,
        signal: null,
        timedOut: false,
        cancelled: false,
        stdout: 'out\n',
        stderr: 'err\n',
        outputs: { a: 'b' },
        outputsError: null,
        omittedBytes: 0,
        textComplete: true,
        replayed: false,
      },
    });
    const { envelope } = answer;
    expect(envelope?.kind === 'finished' && Math.abs((envelope.startedAtMs ?? 0) - Date.now()) < 60_000).toBe(true);
    expect(envelope?.kind === 'finished' && envelope.durationMs > 0).toBe(true);
  });

  it('replays the recorded result to a second arrival and does not run the script', async () => {
    using node = new OnWindows(shell);
    const first = await node.run({ script: once });
    const second = await node.run({ script: once });
    expect(second.envelope).toEqual({ ...first.envelope, replayed: true });
    expect(second.text).toBe(first.text.replace('drover1 new', 'drover1 replay'));
    expect(second.exitCode).toBe(7);
    expect(node.read('ran')).toBe('ran\n');
  });

  it('runs once when several arrive at once, and all say the same', async () => {
    using node = new OnWindows(shell);
    const script = `import time; time.sleep(1)\n${once}`;
    const answers = await Promise.all([1, 2, 3].map(() => node.run({ script })));
    expect(node.read('ran')).toBe('ran\n');
    expect(new Set(answers.map(({ text }) => text.replace('drover1 new', 'drover1 replay'))).size).toBe(1);
    expect(answers.filter(({ envelope }) => envelope?.kind === 'finished' && envelope.replayed)).toHaveLength(2);
  });

  it('says interrupted when the first was killed, and whether the script still runs', async () => {
    using node = new OnWindows(shell);
    const script = "import os, time; open('pids', 'w').write(str(os.getpid()) + '\\n'); time.sleep(60)";
    const first = await node.start({ script });
    await eventually(() => node.read('pids').endsWith('\n') && node.files.includes('run_2F1.pid'));
    const pid = Number(node.read('pids'));
    first.process.kill('SIGKILL');
    await first.answer;
    const running = isRunning(pid);
    expect(await node.run({ script })).toMatchObject({ exitCode: 125, envelope: { kind: 'interrupted', running } });
    if (running) process.kill(pid, 'SIGKILL');
    await eventually(() => !isRunning(pid));
    expect((await node.run({ script })).envelope).toEqual({ kind: 'interrupted', running: false });
  });

  it('never lets the script run twice, whenever the first is killed', async () => {
    using node = new OnWindows(shell);
    for (let round = 0; round < 8; round += 1) {
      const input = { fence: `k${round}`, script: `open('ran-${round}', 'a').write('ran\\n')` };
      const first = await node.start(input);
      await new Promise((resolve) => setTimeout(resolve, 100 + round * 80));
      first.process.kill('SIGKILL');
      await first.answer.catch(() => undefined);
      const { envelope } = await node.run(input);
      await eventually(() => envelope?.kind !== 'finished' || node.read(`ran-${round}`) === 'ran\n');
      expect(['', 'ran\n']).toContain(node.read(`ran-${round}`));
    }
  }, 120_000);

  it('replays what is recorded only when it is whole', async () => {
    using node = new OnWindows(shell);
    mkdirSync(join(node.stateDir, 'f'), { recursive: true });
    for (const content of [
      '',
      '99999 1',
      '99999 1\n',
      '99999 1\ndrover1 new 70 finished run_2F1 x 0',
      `${process.pid} 1\n`,
    ]) {
      writeFileSync(join(node.stateDir, 'f/run_2F1'), content);
      expect((await node.run({ script: once })).envelope).toEqual({ kind: 'interrupted', running: false });
    }
    expect(node.read('ran')).toBe('');
  }, 30_000);
});

const pieces = [
  '{{',
  "'",
  "''",
  '"',
  '\\',
  '\\"',
  '$(x)',
  '`',
  '$env:A',
  '%A%',
  '\n',
  '\r\n',
  '\t',
  'é',
  '中文',
  '\u{1F600}',
  '’',
  '@SCRIPT@',
  '@ARGS@',
  '-x',
  ' ',
  '/c',
  '&',
  '|',
  '^',
  ';',
  '#',
  '\u0001',
  '=',
];
const value = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((parts) => parts.join(''));

describe.each(powerShells)('values with $title', (shell) => {
  it('arrive as exactly what was given, in environment, arguments and script', async () => {
    using node = new OnWindows(shell);
    const names = fc.stringMatching(/^[A-Z][A-Z0-9_]{2,8}$/).map((name) => `V_${name}`);
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, value, { maxKeys: 6 }),
        fc.array(value, { maxLength: 6 }),
        value,
        async (env, args, rest) => {
          round += 1;
          const script = `require('fs').writeFileSync('seen', JSON.stringify([process.argv.slice(2), process.env]));\n/* ${rest} */`;
          await node.finish({ fence: `${round}`, interpreter: 'node', script, args, env });
          const [seenArgs, seenEnv]: [string[], Record<string, string>] = JSON.parse(node.read('seen'));
          expect(seenArgs).toEqual(args);
          expect(seenEnv).toMatchObject(env);
          expect(node.kept(`${round}.js`).toString('utf8')).toBe(script);
        },
      ),
      { numRuns: 8 },
    );
  }, 120_000);

  it('arrive the same when the agent ended the lines of the wrapper with CRLF', async () => {
    using node = new OnWindows(shell);
    const script = 'import sys\nsys.stdout.write(sys.argv[1])\n';
    const content = node.render({ script, args: ['a\nb\té'] }).replaceAll('\n', '\r\n');
    expect((await node.run(content)).envelope).toMatchObject({ exitCode: 0, stdout: 'a\nb\té' });
    expect(node.kept('run_2F1.py').toString()).toBe(script);
  });

  it('are those of the instance, which refuses when it is not in the table', async () => {
    const perInstance = {
      'i-1': { nodeKey: 'a', env: { WHO: 'one' }, args: ['x'] },
      'i-2': { nodeKey: 'b', env: { WHO: 'two' } },
    };
    const script = 'import os, sys; print(os.environ["WHO"], os.environ["ALL"], sys.argv[1:])';
    using first = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'i-1' });
    using second = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'i-2' });
    using third = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'I-1' });
    const input = { script, perInstance, env: { ALL: 'all', WHO: 'nobody' }, args: ['d'] };
    expect(await first.finish(input)).toMatchObject({ stdout: "one all ['x']\n" });
    expect(await second.finish(input)).toMatchObject({ stdout: "two all ['d']\n" });
    expect(first.files).toContain('run_2F1@a');
    expect((await third.run(input)).envelope).toMatchObject({ kind: 'refused', code: 'instance' });
    expect(third.files).toEqual([]);
  });

  it('are never the ones of another node whose name is as long', async () => {
    using node = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'i-1' });
    const key = 'k'.repeat(110);
    for (const nodeKey of [`${key}1`, `${key}2`]) {
      const { envelope } = await node.run({ script: once, perInstance: { 'i-1': { nodeKey } } });
      expect(envelope).toMatchObject({ kind: 'finished', replayed: false });
    }
    expect(node.files.every((name) => name.length <= 110)).toBe(true);
    expect(node.read('ran')).toBe('ran\nran\n');
  });
});

describe.each(powerShells)('interpreters with $title', (shell) => {
  const shown = async (node: OnWindows, input: Parameters<OnWindows['run']>[0]) => {
    const { envelope } = await node.run(input);
    return envelope?.kind === 'finished' ? envelope.stdout.split('\0') : [];
  };

  it('get PowerShell scripts with a byte order mark, and without anything of the user', async () => {
    using node = new OnWindows(shell);
    for (const interpreter of ['powershell', 'pwsh'] as const) {
      const words = await shown(node, { fence: interpreter, interpreter, script: "'é'\n", args: ['a b', '-c'] });
      expect(words.slice(0, 6)).toEqual([
        '-NoLogo',
        '-NoProfile',
        '-NonInteractive',
        '-ExecutionPolicy',
        'Bypass',
        '-File',
      ]);
      expect(words.slice(6)).toEqual([join(node.stateDir, 'f', `${interpreter}.ps1`), 'a b', '-c', '']);
      expect(node.kept(`${interpreter}.ps1`).toString('utf8')).toBe("\uFEFF'é'\n");
    }
  });

  it('get batch files in UTF-8 with Windows line ends', async () => {
    using node = new OnWindows(shell);
    const words = await shown(node, { interpreter: 'bat', script: 'echo é\nexit /b 3\r\nrem', args: ['a b'] });
    expect(words.slice(0, 5)).toEqual(['/d', '/e:on', '/v:off', '/s', '/c']);
    expect(node.kept('run_2F1.cmd').toString('utf8')).toBe(
      '@echo off\r\n@chcp 65001 >nul\r\necho é\r\nexit /b 3\r\nrem',
    );
  });

  it('run classes of viri', async () => {
    using node = new OnWindows(shell);
    const script = 'class A(ViriScript):\n  def run(self):\n    return self.args\n';
    expect(await node.finish({ interpreter: 'viri', script, args: ['é'] })).toMatchObject({
      outputs: { result: '["é"]' },
    });
  });

  it('are looked for along the PATH of the script; the placeholders of the Store are none', async () => {
    using node = new OnWindows(shell);
    const store = node.place('Local\\WindowsApps');
    mkdirSync(store);
    writeFileSync(join(store, `perl${shell.ending}`), '#!/bin/sh\necho store\n', { mode: 0o755 });
    const mine = node.place('mine');
    mkdirSync(mine);
    const input = { interpreter: 'perl' as const, script: 'print 1' };
    const PATH = [store, mine].join(shell.separator);
    expect((await node.run({ ...input, env: { PATH } })).envelope).toMatchObject({
      kind: 'refused',
      code: 'interpreter',
    });
    symlinkSync(join(node.bin, `perl${shell.ending}`), join(mine, `perl${shell.ending}`));
    expect(await node.finish({ ...input, fence: '2', env: { PATH } })).toMatchObject({ stdout: '1' });
  });

  it('start in the working directory, or not at all', async () => {
    using node = new OnWindows(shell);
    mkdirSync(node.place('here'));
    const script = 'import os; print(os.getcwd())';
    expect(await node.finish({ script, workingDirectory: 'here' })).toMatchObject({
      stdout: `${node.place('here')}\n`,
    });
    const absolute = await node.finish({ fence: '2', script, workingDirectory: node.place('here') });
    expect(absolute.stdout).toBe(`${node.place('here')}\n`);
    expect((await node.run({ fence: '3', script, workingDirectory: 'no where' })).envelope).toMatchObject({
      kind: 'refused',
      code: 'directory',
    });
  });

  it('get no standard input', async () => {
    using node = new OnWindows(shell);
    expect(await node.finish({ script: 'import sys; print(len(sys.stdin.read()))' })).toMatchObject({ stdout: '0\n' });
  });

  it('do not start without a place for state', async () => {
    using node = new OnWindows(shell, { DROVER_STATE_DIR: 'relative' });
    expect((await node.run({ script: once })).envelope).toMatchObject({ kind: 'refused', code: 'state' });
    writeFileSync(node.place('file'), '');
    using other = new OnWindows(shell, { DROVER_STATE_DIR: node.place('file') });
    expect((await other.run({ script: once })).envelope).toMatchObject({ kind: 'refused', code: 'state' });
  });
});

const endless = `import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
open('pids', 'w').write('%d %d\\n' % (os.getpid(), child.pid))
time.sleep(60)
`;
const pidsOf = (node: OnWindows): readonly number[] => node.read('pids').trim().split(' ').map(Number);
const stop = (input: Parameters<typeof wrapperInput>[0] = {}): string =>
  renderStop(wrapperInput({ shell: 'powershell', interpreter: 'python3', ...input })).content;

describe.each(powerShells.slice(0, 1))('ending with $title', (shell) => {
  it.each([
    ['its job object', {}],
    ['taskkill where no class can be compiled', { NO_ADD_TYPE: '1' }],
  ])('comes to the whole tree when the time is over, by %s', async (_, env) => {
    using node = new OnWindows(shell, env);
    expect(await node.run({ script: endless, timeoutSeconds: 2 })).toMatchObject({
      exitCode: 124,
      envelope: { kind: 'finished', exitCode: null, signal: null, timedOut: true, cancelled: false },
    });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('comes with a stop; both answers say cancelled', async () => {
    using node = new OnWindows(shell);
    const { answer } = await node.start({ script: endless });
    await eventually(() => node.read('pids').endsWith('\n'));
    expect((await node.run(stop())).envelope).toMatchObject({ kind: 'finished', cancelled: true, replayed: true });
    expect((await answer).envelope).toMatchObject({ kind: 'finished', cancelled: true, replayed: false });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('comes with a stop also when the wrapper was killed', async () => {
    using node = new OnWindows(shell);
    const { process: child, answer } = await node.start({ script: endless });
    await eventually(() => node.read('pids').endsWith('\n') && node.files.includes('run_2F1.pid'));
    child.kill('SIGKILL');
    await answer;
    expect((await node.run(stop())).envelope).toEqual({ kind: 'interrupted', running: false });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('keeps a script that did not come yet from running', async () => {
    using node = new OnWindows(shell);
    expect((await node.run(stop())).envelope).toMatchObject({ kind: 'refused', code: 'stopped', replayed: false });
    expect((await node.run({ script: once })).envelope).toMatchObject({
      kind: 'refused',
      code: 'stopped',
      replayed: true,
    });
    expect(node.read('ran')).toBe('');
  });

  it('leaves alone what a script that ended left running', async () => {
    using node = new OnWindows(shell);
    const script = `import subprocess, sys
child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
open('pids', 'w').write(str(child.pid))
sys.exit(3)
`;
    expect(await node.finish({ script })).toMatchObject({ exitCode: 3 });
    expect((await node.run(stop())).envelope).toMatchObject({ exitCode: 3, cancelled: false, replayed: true });
    const [pid = 0] = pidsOf(node);
    expect(isRunning(pid)).toBe(true);
    process.kill(pid);
  });

  it('finds the fence of its own instance', async () => {
    using node = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'i-2' });
    const perInstance = { 'i-1': { nodeKey: 'a' }, 'i-2': { nodeKey: 'b' } };
    await node.finish({ perInstance, script: 'import sys; sys.exit(5)' });
    expect((await node.run(stop({ perInstance }))).envelope).toMatchObject({ exitCode: 5, replayed: true });
  });
});

describe.each(powerShells)('what a script prints with $title', (shell) => {
  const printing = (out: string, err = ''): string =>
    `import sys\nsys.stdout.buffer.write(${out})\nsys.stderr.buffer.write(${err === '' ? "b''" : err})\n`;

  it('is shown whole up to the room for it, then head and tail of each stream', async () => {
    using node = new OnWindows(shell);
    const small = await node.finish({ textBytes: 100, script: printing("b'o' * 60", "b'e' * 40") });
    expect(small).toMatchObject({
      stdout: 'o'.repeat(60),
      stderr: 'e'.repeat(40),
      omittedBytes: 0,
      textComplete: true,
    });
    const both = await node.finish({
      fence: '2',
      textBytes: 100,
      script: printing("b'a' + b'o' * 198 + b'z'", "b'e' * 300"),
    });
    expect(both).toMatchObject({
      stdout: `a${'o'.repeat(24)}\n[... 150 bytes omitted ...]\n${'o'.repeat(24)}z`,
      stderr: `${'e'.repeat(25)}\n[... 250 bytes omitted ...]\n${'e'.repeat(25)}`,
      stdoutBytes: 200,
      stderrBytes: 300,
      omittedBytes: 400,
      textComplete: true,
    });
    const one = await node.finish({ fence: '3', textBytes: 100, script: printing("b'o' * 200", "b'e' * 10") });
    expect(one).toMatchObject({ stderr: 'e'.repeat(10), omittedBytes: 110, textComplete: true });
    expect(node.kept('2.e').length).toBe(300);
  });

  it('is not split by what looks like the mark', async () => {
    using node = new OnWindows(shell);
    const script = 'import sys\nsys.stdout.buffer.write(b"a\\r\\n\\n=1-2.00=o\\n=x==e\\n")';
    expect(await node.finish({ script })).toMatchObject({ stdout: 'a\r\n\n=1-2.00=o\n=x==e\n', textComplete: true });
  });

  it('comes in base64 from an agent that changes code pages, and only when it is not ASCII', async () => {
    using node = new OnWindows(shell);
    const text = '中文 é \u{1F600}\n';
    const script = printing(`'${text.trim()}\\n'.encode()`, "b'plain'");
    const answer = await node.run({ instanceIdFrom: 'aliyun', script });
    expect(answer.text).toMatch(/^[\t\r\n -~]*$/);
    expect(answer.envelope).toMatchObject({ stdout: text, stderr: 'plain', textComplete: true });
    const cut = await node.run({
      instanceIdFrom: 'aliyun',
      fence: '2',
      textBytes: 100,
      script: printing("'é'.encode() * 100"),
    });
    expect(cut.envelope).toMatchObject({ stdoutBytes: 200, omittedBytes: 126, textComplete: true });
    expect(cut.text.length).toBeLessThan(350);
    const plain = await node.run({ instanceIdFrom: 'aliyun', fence: '3', script: printing("b'plain'") });
    expect(plain.text).toContain('plain\n=');
    for (let length = answer.text.indexOf('\n') + 1; length < answer.text.length - 1; length += 3) {
      const part = parseEnvelope(answer.text.slice(0, length));
      expect(part?.kind === 'finished' && text.startsWith(part.stdout.replace(/\uFFFD.*/s, ''))).toBe(true);
      expect(part?.kind === 'finished' && part.textComplete && length < answer.text.lastIndexOf('e\n')).toBe(false);
    }
    expect((await node.run({ fence: '4', script })).envelope).toMatchObject({ stdout: text, textComplete: true });
  });
});

describe.each(powerShells)('outputs with $title', (shell) => {
  const writing = (bytes: string): string => `import os\nopen(os.environ['DROVER_OUTPUT'], 'ab').write(${bytes})\n`;

  it.each([
    ['UTF-8', "'a=é\\nb={}%'.encode()", { a: 'é', b: '{}%' }],
    ['a byte order mark', "'a=é\\n'.encode('utf-8-sig')", { a: 'é' }],
    ['Windows line ends', "b'a=1\\r\\nb=2\\r\\n'", { a: '1', b: '2' }],
    ['what PowerShell 5.1 redirects into a new file', "'a=é\\r\\n'.encode('utf-16')", { a: 'é' }],
    [
      'what it appends to a file that holds something',
      "b'a=1\\n' + 'b=2\\r\\n'.encode('utf-16-le')",
      { a: '1', b: '2' },
    ],
  ])('are read in %s', async (_, bytes, outputs) => {
    using node = new OnWindows(shell);
    expect(await node.finish({ script: writing(bytes) })).toMatchObject({ outputs, outputsError: null });
  });

  it('that are more than an answer carries are an error', async () => {
    using node = new OnWindows(shell);
    expect(await node.finish({ script: writing("b'a=' + b'x' * 3000") })).toMatchObject({
      outputs: {},
      outputsError: { code: 'tooLarge', bytes: 3002 },
    });
    expect(await node.finish({ fence: '2', script: writing("b'a=' + b'x' * 20000") })).toMatchObject({
      outputsError: { code: 'tooLarge', bytes: 20_002 },
    });
  });
});

describe.each(powerShells)('exit codes with $title', (shell) => {
  it.each([
    [137, 1],
    [194, 1],
    [255, 255],
  ])('%i is %i to the agent', async (code, agentCode) => {
    using node = new OnWindows(shell);
    expect(await node.run({ script: `import sys; sys.exit(${code})` })).toMatchObject({
      exitCode: agentCode,
      envelope: { exitCode: code, signal: null },
    });
  });
});

describe.each(powerShells)('a reboot with $title', (shell) => {
  const script = `import os, sys
count = os.environ['DROVER_REBOOT_COUNT']
print('pass', count)
open(os.environ['DROVER_OUTPUT'], 'a').write('n=%s\\n' % count)
sys.exit(0 if count == '2' else 194)
`;
  const asking = { reboot: true, script };
  const boots = (dir: string) => (boot: string) =>
    new OnWindows(shell, { DROVER_STATE_DIR: dir, DROVER_BOOT_ID: boot });

  it('is asked of the agent, and the script goes on after each until it is done', async () => {
    using home = new OnWindows(shell);
    const at = boots(home.stateDir);
    for (const reboots of [1, 2]) {
      using node = at(`b${reboots}`);
      const answer = await node.run(asking);
      // 3010 in eight bits.
      expect(answer).toMatchObject({ exitCode: 194, envelope: { kind: 'rebooting', reboots, replayed: false } });
      expect(answer.text).toMatch(/ 3010 \.\n$/);
      expect(await node.run(asking)).toMatchObject({ envelope: { kind: 'rebooting', reboots, replayed: true } });
    }
    using last = at('b3');
    const done = { exitCode: 0, stdout: 'pass 0\npass 1\npass 2\n', outputs: { n: '2' } };
    expect(await last.finish(asking)).toMatchObject(done);
    using later = at('b4');
    expect(await later.finish(asking)).toMatchObject({ ...done, replayed: true });
  });

  it('goes on once, however often it is delivered after the reboot', async () => {
    using home = new OnWindows(shell);
    const at = boots(home.stateDir);
    using first = at('b1');
    await first.run(asking);
    using node = at('b2');
    const answers = await Promise.all([1, 2, 3].map(() => node.run(asking)));
    expect(answers.every(({ envelope }) => envelope?.kind === 'rebooting' && envelope.reboots === 2)).toBe(true);
    expect(home.kept('run_2F1.o').toString()).toBe('pass 0\npass 1\n');
  });

  it('happens three times at most, is taken away by a stop, and is nothing without a boot to know it by', async () => {
    using home = new OnWindows(shell);
    const at = boots(home.stateDir);
    const always = { reboot: true, script: 'import sys; sys.exit(194)' };
    for (const boot of ['b1', 'b2', 'b3']) {
      using node = at(boot);
      expect((await node.run(always)).envelope).toMatchObject({ kind: 'rebooting' });
    }
    using fourth = at('b4');
    expect(await fourth.run(always)).toMatchObject({ exitCode: 1, envelope: { kind: 'finished', exitCode: 194 } });
    await fourth.run({ ...always, fence: 'stopped' });
    expect((await fourth.run(stop({ ...always, fence: 'stopped' }))).envelope).toMatchObject({ code: 'stopped' });
    using fifth = at('b5');
    expect((await fifth.run({ ...always, fence: 'stopped' })).envelope).toMatchObject({
      code: 'stopped',
      replayed: true,
    });
    using odd = at('no boot');
    expect((await odd.run({ ...always, fence: 'odd' })).envelope).toMatchObject({ kind: 'finished', exitCode: 194 });
  }, 30_000);

  it('has one time limit for all passes together', async () => {
    using home = new OnWindows(shell);
    const at = boots(home.stateDir);
    const input = {
      reboot: true,
      timeoutSeconds: 60,
      script: "import os, sys, time\nif os.environ['DROVER_REBOOT_COUNT'] == '0': sys.exit(194)\ntime.sleep(30)",
    };
    using first = at('b1');
    await first.run(input);
    const fence = join(home.stateDir, 'f/run_2F1');
    const began = Math.floor(Date.now() / 1000) - 59;
    writeFileSync(
      fence,
      home
        .kept('run_2F1')
        .toString()
        .replace(/ \d{10} 3010 \.$/m, ` ${began} 3010 .`),
    );
    using second = at('b2');
    expect((await second.run(input)).envelope).toMatchObject({ kind: 'finished', timedOut: true });
  });
});

describe.each(powerShells)('old state with $title', (shell) => {
  it('goes after a week, now and then', async () => {
    using node = new OnWindows(shell);
    await node.finish({ fence: 'old', script: '1' });
    await node.finish({ fence: 'new', script: '1' });
    for (const name of node.files.filter((one) => one.startsWith('old')))
      utimesSync(join(node.stateDir, 'f', name), 1, 1);
    // One arrival in a hundred cleans, by the hundredths of its start; here every one does.
    await node.run(node.render({ fence: 'newer', script: '1' }).replace(`EndsWith('.37'`, `EndsWith(''`));
    expect(node.files.filter((one) => one.startsWith('old'))).toEqual([]);
    expect(node.files).toContain('new');
  });
});
