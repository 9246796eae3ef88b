import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '#shared/script/envelope.ts';
import { renderStop } from '#shared/script/wrapper.ts';
import { eventually, OnNode, type Shell, shells, wrapperInput } from './on-node.ts';

/** One node through its boots: the same disk, another boot id each time. */
class Boots implements Disposable {
  readonly node: OnNode;
  readonly #shell: Shell;
  readonly #opened: OnNode[] = [];

  constructor(shell: Shell = shells[0]) {
    this.#shell = shell;
    this.node = new OnNode(shell);
  }

  /** The node as it is in a boot. */
  in(boot: string): OnNode {
    const node = new OnNode(this.#shell, { DROVER_STATE_DIR: this.node.stateDir, DROVER_BOOT_ID: boot });
    this.#opened.push(node);
    return node;
  }

  [Symbol.dispose](): void {
    for (const node of [this.node, ...this.#opened]) node[Symbol.dispose]();
  }
}

const asking = {
  reboot: true,
  script:
    'echo "pass $DROVER_REBOOT_COUNT"; echo "n=$DROVER_REBOOT_COUNT" >> "$DROVER_OUTPUT"; [ "$DROVER_REBOOT_COUNT" = 2 ] || exit 194',
};

describe.each(shells.map((shell) => ({ shell, title: shell.join(' ') })))('a reboot under $title', ({ shell }) => {
  it('is asked of the agent, and the script goes on after each until it is done, with all it printed', async () => {
    using boots = new Boots(shell);
    const first = await boots.in('b1').run(asking);
    expect(first).toMatchObject({ exitCode: 194, envelope: { kind: 'rebooting', reboots: 1, replayed: false } });
    expect(first.text.trim().split('\n')).toHaveLength(1);
    const second = await boots.in('b2').run(asking);
    expect(second).toMatchObject({ exitCode: 194, envelope: { kind: 'rebooting', reboots: 2 } });
    const third = await boots.in('b3').run(asking);
    const done = { kind: 'finished', exitCode: 0, stdout: 'pass 0\npass 1\npass 2\n', outputs: { n: '2' } };
    expect(third).toMatchObject({ exitCode: 0, envelope: { ...done, replayed: false } });
    expect((await boots.in('b4').run(asking)).envelope).toMatchObject({ ...done, replayed: true });
    expect(parseEnvelope(first.text + second.text + third.text, 'run/1')).toEqual(third.envelope);
  });

  it('asks again, and runs nothing, when it is delivered again before the node went down', async () => {
    using boots = new Boots(shell);
    await boots.in('b1').run(asking);
    expect(await boots.in('b1').run(asking)).toMatchObject({
      exitCode: 194,
      envelope: { kind: 'rebooting', reboots: 1, replayed: true },
    });
    expect(boots.node.kept('run_2F1.o').toString()).toBe('pass 0\n');
  });

  it('goes on once, however often it is delivered after the reboot', async () => {
    using boots = new Boots(shell);
    const script = 'echo ran; [ "$DROVER_REBOOT_COUNT" = 1 ] || exit 194; sleep 0.5';
    await boots.in('b1').run({ reboot: true, script });
    const answers = await Promise.all([1, 2, 3, 4].map(() => boots.in('b2').run({ reboot: true, script })));
    expect(answers.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0]);
    const replayed = answers.map(({ envelope }) => envelope?.kind === 'finished' && envelope.replayed);
    expect(replayed.sort()).toEqual([false, true, true, true]);
    expect(boots.node.kept('run_2F1.o').toString()).toBe('ran\nran\n');
  });

  it('happens three times at most; the fourth wish is a failure', async () => {
    using boots = new Boots(shell);
    const script = 'echo "$DROVER_REBOOT_COUNT"; exit 3010';
    for (const reboots of [1, 2, 3])
      expect((await boots.in(`b${reboots}`).run({ reboot: true, script })).envelope).toMatchObject({ reboots });
    expect(await boots.in('b4').run({ reboot: true, script })).toMatchObject({
      exitCode: 1,
      envelope: { kind: 'finished', exitCode: 194, stdout: '0\n1\n2\n3\n' },
    });
  });

  it('is an ordinary failure where the operation does not allow it: the agent hears of no such code', async () => {
    using boots = new Boots(shell);
    expect(await boots.in('b1').run({ script: 'exit 194' })).toMatchObject({
      exitCode: 1,
      envelope: { kind: 'finished', exitCode: 194 },
    });
  });

  it('leaves interrupted what was cut off by a reboot that nobody asked for', async () => {
    using boots = new Boots(shell);
    const script = 'echo ran; [ "$DROVER_REBOOT_COUNT" = 1 ] || exit 194; echo $$ > up; exec sleep 30';
    await boots.in('b1').run({ reboot: true, script });
    const node = boots.in('b2');
    const { process: child, answer } = node.start({ reboot: true, script });
    await eventually(() => node.read('up') !== '');
    child.kill('SIGKILL');
    process.kill(Number(node.read('up')), 'SIGKILL');
    await answer;
    expect((await boots.in('b3').run({ reboot: true, script })).envelope).toEqual({
      kind: 'interrupted',
      running: false,
    });
    expect(boots.node.kept('run_2F1.o').toString()).toBe('ran\nran\n');
  });

  it('is taken away by a stop, which asks for none itself', async () => {
    using boots = new Boots(shell);
    await boots.in('b1').run(asking);
    const stop = renderStop(wrapperInput({ ...asking, killAfterSeconds: 1 })).content;
    expect(await boots.in('b1').run(stop)).toMatchObject({
      exitCode: 125,
      envelope: { kind: 'refused', code: 'stopped' },
    });
    expect(await boots.in('b2').run(asking)).toMatchObject({
      exitCode: 125,
      envelope: { kind: 'refused', code: 'stopped', replayed: true },
    });
    expect(boots.node.kept('run_2F1.o').toString()).toBe('pass 0\n');
  });

  it('has one time limit for all passes together', async () => {
    using boots = new Boots(shell);
    const input = {
      reboot: true,
      timeoutSeconds: 60,
      killAfterSeconds: 1,
      script: '[ "$DROVER_REBOOT_COUNT" = 1 ] || exit 194; sleep 30',
    };
    await boots.in('b1').run(input);
    const fence = `${boots.node.stateDir}/f/run_2F1`;
    const began = Math.floor(Date.now() / 1000) - 59;
    // As if the first pass had begun 59 seconds ago.
    writeFileSync(fence, readFileSync(fence, 'utf8').replace(/ \d{10} 194 \.$/m, ` ${began} 194 .`));
    expect((await boots.in('b2').run(input)).envelope).toMatchObject({ kind: 'finished', timedOut: true });
  });

  it('is given up when the one that went on died before it had taken the fence', async () => {
    using boots = new Boots(shell);
    await boots.in('b1').run(asking);
    writeFileSync(`${boots.node.stateDir}/f/run_2F1.r1`, '999999999 1.00\n');
    expect((await boots.in('b2').run(asking)).envelope).toEqual({ kind: 'interrupted', running: false });
    expect(boots.node.kept('run_2F1.o').toString()).toBe('pass 0\n');
  }, 30_000);
});

describe('a reboot', () => {
  it('goes on as another user, with values of its own instance', async () => {
    using boots = new Boots();
    const input = { ...asking, env: { A: 'x' }, perInstance: { 'i-1': { nodeKey: 'n', args: ['b'] } } };
    const at = (boot: string) =>
      new OnNode(shells[0], {
        DROVER_STATE_DIR: boots.node.stateDir,
        DROVER_BOOT_ID: boot,
        AWS_SSM_INSTANCE_ID: 'i-1',
      });
    for (const boot of ['b1', 'b2']) {
      using node = at(boot);
      await node.run(input);
    }
    using node = at('b3');
    expect((await node.run(input)).envelope).toMatchObject({ kind: 'finished', exitCode: 0 });
    expect(readdirSync(`${boots.node.stateDir}/f`)).toContain('run_2F1@n.r2');
  });

  it('knows the boot of the kernel where the agent says none', async () => {
    using node = new OnNode();
    expect((await node.run(asking)).envelope).toMatchObject({ kind: 'rebooting' });
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    expect(node.kept('run_2F1').toString()).toContain(` ${boot} `);
    expect((await node.run(asking)).envelope).toMatchObject({ kind: 'rebooting', replayed: true });
  });
});
