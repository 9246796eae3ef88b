import { chmodSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderWrapper } from '#shared/script/wrapper.ts';
import { eventually, isRunning, OnNode, shells, wrapperInput } from './on-node.ts';

const titled = shells.map((shell) => ({ shell, title: shell.join(' ') }));
const once = 'echo ran >> ran; echo out; echo err >&2; echo a=b >> "$DROVER_OUTPUT"; exit 7';

describe.each(titled)('a second arrival under $title', ({ shell }) => {
  it('replays the recorded result and does not run the script', async () => {
    using node = new OnNode(shell);
    const first = await node.run({ script: once });
    const second = await node.run({ script: once });
    expect(first.envelope).toMatchObject({
      exitCode: 7,
      stdout: 'out\n',
      stderr: 'err\n',
      outputs: { a: 'b' },
      replayed: false,
    });
    expect(second.envelope).toEqual({ ...first.envelope, replayed: true });
    expect(second.text).toBe(first.text.replace('drover1 new', 'drover1 replay'));
    expect([first.exitCode, second.exitCode]).toEqual([7, 7]);
    expect(node.read('ran')).toBe('ran\n');
  });

  it('replays large text as it was', async () => {
    using node = new OnNode(shell);
    const script = 'seq 1 20000; seq 1 9 >&2';
    const first = await node.run({ script });
    const second = await node.run({ script });
    expect(second.text).toBe(first.text.replace('drover1 new', 'drover1 replay'));
  });

  it('runs the script again for another fence and for another node on the instance', async () => {
    using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: 'i-1' });
    await node.finish({ script: once });
    await node.finish({ script: once, fence: 'run/2' });
    await node.finish({ script: once, perInstance: { 'i-1': { nodeKey: 'a' } } });
    await node.finish({ script: once, perInstance: { 'i-1': { nodeKey: 'b' } } });
    expect(node.read('ran')).toBe('ran\n'.repeat(4));
  });

  it('waits for the first when both come at once, and both say the same', async () => {
    using node = new OnNode(shell);
    const script = `sleep 0.3; ${once}`;
    const answers = await Promise.all([1, 2, 3].map(() => node.run({ script })));
    expect(node.read('ran')).toBe('ran\n');
    expect(new Set(answers.map(({ text }) => text.replace('drover1 new', 'drover1 replay'))).size).toBe(1);
    const replayed = answers.map(({ envelope }) => envelope?.kind === 'finished' && envelope.replayed);
    expect(replayed.sort()).toEqual([false, true, true]);
  });

  it('says interrupted when the first was killed with its script, and does not run it', async () => {
    using node = new OnNode(shell);
    const script = 'echo $$ $PPID >> pids; exec sleep 60';
    const first = node.start({ script });
    await eventually(() => node.read('pids').includes('\n'));
    const pids = node.read('pids').trim().split(' ').map(Number);
    first.process.kill('SIGKILL');
    await first.answer;
    expect(await node.run({ script })).toMatchObject({
      exitCode: 125,
      envelope: { kind: 'interrupted', running: true },
    });
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await eventually(() => !pids.some(isRunning));
    expect((await node.run({ script })).envelope).toEqual({ kind: 'interrupted', running: false });
    expect(node.read('pids').split('\n')).toHaveLength(2);
  });

  it('says interrupted when the first was killed while it recorded', async () => {
    using node = new OnNode(shell);
    mkdirSync(`${node.stateDir}/f`, { recursive: true });
    writeFileSync(`${node.stateDir}/f/run_2F1`, '999999999 1.00\ndrover1 new 70 finished run_2F1 e 0');
    expect((await node.run({ script: once })).envelope).toEqual({ kind: 'interrupted', running: false });
    expect(node.read('ran')).toBe('');
  });

  it('replays what is recorded although the text behind it is cut', async () => {
    using node = new OnNode(shell);
    const { text } = await node.run({ script: once });
    writeFileSync(`${node.stateDir}/f/run_2F1`, `999999999 1.00\n${text.slice(0, text.indexOf('\n') + 3)}`);
    expect((await node.run({ script: once })).envelope).toMatchObject({
      exitCode: 7,
      stdout: 'ou',
      textComplete: false,
      replayed: true,
    });
  });

  it('never lets the script run twice, whenever the first is killed', async () => {
    using node = new OnNode(shell);
    const kinds = new Set<string | undefined>();
    for (let round = 0; round < 60; round += 1) {
      const input = { fence: `k${round}`, script: `echo ran >> ran-${round}` };
      const first = node.start(input);
      await new Promise((resolve) => setTimeout(resolve, round / 5));
      first.process.kill('SIGKILL');
      await first.answer;
      const { envelope } = await node.run(input);
      kinds.add(envelope?.kind);
      expect(['', 'ran\n']).toContain(node.read(`ran-${round}`));
      if (envelope?.kind === 'finished') expect(node.read(`ran-${round}`)).toBe('ran\n');
    }
    expect(kinds).toContain('finished');
  });

  it('is not deceived by another process that has the pid of the first', async () => {
    using node = new OnNode(shell);
    mkdirSync(`${node.stateDir}/f`, { recursive: true });
    writeFileSync(`${node.stateDir}/f/run_2F1`, `${process.pid} 1.00\n`);
    expect((await node.run({ script: once })).envelope).toEqual({ kind: 'interrupted', running: false });
  });

  it('takes a fence whose owner left no pid for interrupted', async () => {
    using node = new OnNode(shell);
    mkdirSync(`${node.stateDir}/f`, { recursive: true });
    writeFileSync(`${node.stateDir}/f/run_2F1`, '');
    expect((await node.run({ script: once })).envelope).toEqual({ kind: 'interrupted', running: false });
    expect(node.read('ran')).toBe('');
  });
});

describe.each(titled)('a refusal under $title', ({ shell }) => {
  it.each([
    ['interpreter', { interpreter: 'python3', env: { PATH: '/nonexistent' } }],
    ['directory', { workingDirectory: '/nonexistent' }],
    ['user', { runAs: 'no-such-user' }],
  ] as const)('says why: %s; the script does not run, and a second arrival hears the same', async (code, input) => {
    using node = new OnNode(shell);
    const first = await node.run({ script: once, ...input });
    expect(first).toMatchObject({ exitCode: 125, envelope: { kind: 'refused', code, replayed: false } });
    expect((await node.run({ script: once, ...input })).envelope).toMatchObject({
      kind: 'refused',
      code,
      replayed: true,
    });
    expect(node.read('ran')).toBe('');
  });

  it('comes from an instance that is not in the table, before any fence', async () => {
    using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: 'i-9' });
    const { envelope } = await node.run({ perInstance: { 'i-1': {} } });
    expect(envelope).toMatchObject({ kind: 'refused', code: 'instance' });
    expect(() => readdirSync(node.stateDir)).toThrow();
  });

  it('comes from a state directory that is no absolute path', async () => {
    using node = new OnNode(shell, { DROVER_STATE_DIR: 'state' });
    expect((await node.run({})).envelope).toMatchObject({ kind: 'refused', code: 'state' });
  });

  it('comes where the time limit has no tool', async () => {
    using node = new OnNode(shell);
    mkdirSync(node.path('bin'));
    for (const tool of ['mkdir', 'sh', 'dash', 'bash']) symlinkSync(`/bin/${tool}`, node.path(`bin/${tool}`));
    using poor = new OnNode(shell, { PATH: node.path('bin') });
    expect((await poor.run({ script: once })).envelope).toMatchObject({ kind: 'refused', code: 'timeout' });
  });
});

describe.each(titled)('the state directory under $title', ({ shell }) => {
  it('is closed to others', async () => {
    using node = new OnNode(shell);
    await node.finish({ script: `stat -c %a '${node.stateDir}' '${node.stateDir}/f'` });
    expect(node.kept('run_2F1.o').toString()).toBe('700\n700\n');
  });

  it('is under the temporary directory when it cannot be made, unless another prepared that', async () => {
    using node = new OnNode();
    using blocked = new OnNode(shell, { DROVER_STATE_DIR: '/proc/drover', TMPDIR: node.folder });
    expect((await blocked.run({ script: 'true' })).envelope).toMatchObject({ kind: 'finished', replayed: false });
    expect((await blocked.run({ script: 'true' })).envelope).toMatchObject({ kind: 'finished', replayed: true });
    const own = node.path(`drover-${process.getuid?.()}`);
    expect(readdirSync(`${own}/f`)).toContain('run_2F1');

    using other = new OnNode();
    symlinkSync(own, other.path(`drover-${process.getuid?.()}`));
    using deceived = new OnNode(shell, { DROVER_STATE_DIR: '/proc/drover', TMPDIR: other.folder });
    expect((await deceived.run({ fence: 'x' })).envelope).toMatchObject({ kind: 'refused', code: 'state' });
  });

  it('loses what is older than a week, now and then', async () => {
    using node = new OnNode(shell);
    await node.finish({ fence: 'old' });
    await node.finish({ fence: 'new' });
    const old = (name: string) => utimesSync(`${node.stateDir}/f/${name}`, 1, 1);
    for (const name of readdirSync(`${node.stateDir}/f`).filter((file) => file.startsWith('old'))) old(name);
    const gone = () => !readdirSync(`${node.stateDir}/f`).includes('old');
    // One arrival in a hundred cleans, by the hundredths of its start; here every one does.
    const { content } = renderWrapper(wrapperInput({ fence: 'newer' }));
    await node.run(content.replace('*.37)', '*)'));
    await eventually(gone);
    expect(readdirSync(`${node.stateDir}/f`)).toContain('new');
  });
});

describe.skipIf(process.getuid?.() !== 0)('runAs', () => {
  const script =
    'id -un; cat "$0" >/dev/null && echo readable; echo me=$(id -un) >> "$DROVER_OUTPUT"; echo "$V|$1" >&2';
  const input = { script, runAs: 'nobody', env: { V: 'v {{', RANDOM: 'x' }, args: ["a 'b"] };

  it.each(titled)('runs as that user, who can read the script and write outputs: $title', async ({ shell }) => {
    using node = new OnNode(shell);
    chmodSync(node.folder, 0o755);
    const expected = { stdout: 'nobody\nreadable\n', stderr: "v {{|a 'b\n", outputs: { me: 'nobody' }, exitCode: 0 };
    expect(await node.finish(input)).toMatchObject(expected);
    expect(await node.finish(input)).toMatchObject({ ...expected, replayed: true });
  });

  it('does so through su where runuser is missing', async () => {
    using tools = new OnNode();
    mkdirSync(tools.path('bin'));
    for (const folder of ['/bin', '/usr/bin']) {
      for (const tool of ['id', 'su', 'sh', 'mkdir', 'chmod', 'chown', 'timeout', 'cat', 'env']) {
        if (readdirSync(folder).includes(tool) && !readdirSync(tools.path('bin')).includes(tool)) {
          symlinkSync(`${folder}/${tool}`, tools.path(`bin/${tool}`));
        }
      }
    }
    using node = new OnNode(['/bin/dash'], { PATH: tools.path('bin') });
    chmodSync(node.folder, 0o755);
    chmodSync(tools.folder, 0o755);
    expect(await node.finish(input)).toMatchObject({
      stdout: 'nobody\nreadable\n',
      stderr: "v {{|a 'b\n",
      outputs: { me: 'nobody' },
    });
  });

  it('needs nothing when the agent is that user', async () => {
    using node = new OnNode();
    expect(await node.finish({ ...input, runAs: 'root' })).toMatchObject({ stdout: 'root\nreadable\n' });
  });

  it('refuses when the agent is neither root nor that user', async () => {
    using node = new OnNode(['runuser', '-u', 'nobody', '--', 'dash']);
    chmodSync(node.folder, 0o777);
    expect((await node.run({ ...input, runAs: 'root' })).envelope).toMatchObject({ kind: 'refused', code: 'runas' });
    expect((await node.run({ ...input, fence: 'own' })).envelope).toMatchObject({ stdout: 'nobody\nreadable\n' });
  });
});
