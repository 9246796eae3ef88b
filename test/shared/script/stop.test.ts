import { describe, expect, it } from 'vitest';
import { renderStop } from '#shared/script/wrapper.ts';
import { eventually, isRunning, OnNode, shells, wrapperInput } from './on-node.ts';

const titled = shells.map((shell) => ({ shell, title: shell.join(' ') }));
const endless = "echo $$ >> pids; setsid sh -c 'echo $$ >> pids; sleep 60; :' & sleep 60; :";
const pidsOf = (node: OnNode): number[] => node.read('pids').trim().split('\n').map(Number);
const stop = (input: Parameters<typeof wrapperInput>[0] = {}): string =>
  renderStop(wrapperInput({ killAfterSeconds: 1, ...input })).content;

describe.each(titled)('renderStop under $title', ({ shell }) => {
  it('ends a running script with its tree; both answers say cancelled', async () => {
    using node = new OnNode(shell);
    const { answer } = node.start({ script: endless, killAfterSeconds: 1 });
    await eventually(() => pidsOf(node).length === 2);
    const stopped = await node.run(stop());
    expect(stopped.envelope).toMatchObject({ kind: 'finished', cancelled: true, replayed: true });
    expect((await answer).envelope).toMatchObject({ kind: 'finished', cancelled: true, replayed: false });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('ends the tree of a wrapper that was killed', async () => {
    using node = new OnNode(shell);
    const { process: child, answer } = node.start({ script: endless });
    await eventually(() => pidsOf(node).length === 2);
    child.kill('SIGKILL');
    await answer;
    expect(pidsOf(node).every(isRunning)).toBe(true);
    expect((await node.run(stop())).envelope).toEqual({ kind: 'interrupted', running: false });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('ends the tree of a wrapper that is killed while it ends its script', async () => {
    using node = new OnNode(shell);
    const { process: child, answer } = node.start({
      script: `trap 'echo told >> told' TERM; echo $$ >> pids; while :; do sleep 0.1; done`,
      killAfterSeconds: 60,
    });
    await eventually(() => pidsOf(node).length === 1 && pidsOf(node)[0] !== 0);
    const stopping = node.run(stop());
    await eventually(() => node.read('told') !== '');
    child.kill('SIGKILL');
    expect((await stopping).envelope).toEqual({ kind: 'interrupted', running: false });
    await answer;
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('ends what is left of a script that was killed, though the wrapper lived to record that', async () => {
    using node = new OnNode(shell);
    const { answer } = node.start({ script: endless });
    await eventually(() => pidsOf(node).length === 2);
    process.kill(pidsOf(node)[0] ?? 0, 'SIGKILL');
    expect((await answer).envelope).toMatchObject({ kind: 'finished', signal: 'SIGKILL' });
    expect(isRunning(pidsOf(node)[1] ?? 0)).toBe(true);
    expect((await node.run(stop())).envelope).toEqual({ kind: 'interrupted', running: false });
    await eventually(() => !pidsOf(node).some(isRunning));
  });

  it('keeps a script that did not come yet from running', async () => {
    using node = new OnNode(shell);
    expect((await node.run(stop())).envelope).toMatchObject({ kind: 'refused', code: 'stopped', replayed: false });
    expect((await node.run({ script: 'echo ran > ran' })).envelope).toMatchObject({
      kind: 'refused',
      code: 'stopped',
      replayed: true,
    });
    expect(node.read('ran')).toBe('');
  });

  it('answers with the result of a script that ended, and leaves alone what that left running', async () => {
    using node = new OnNode(shell);
    await node.finish({ script: 'sleep 30 & echo $! > pids; exit 3' });
    expect((await node.run(stop())).envelope).toMatchObject({ exitCode: 3, cancelled: false, replayed: true });
    const [pid = 0] = pidsOf(node);
    expect(isRunning(pid)).toBe(true);
    process.kill(pid);
  });

  it('finds the fence of its own instance', async () => {
    using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: 'i-2' });
    const perInstance = { 'i-1': { nodeKey: 'a', env: { A: '1' } }, 'i-2': { nodeKey: 'b', args: ['x'] } };
    await node.finish({ perInstance, script: 'exit 5' });
    expect((await node.run(stop({ perInstance }))).envelope).toMatchObject({ exitCode: 5, replayed: true });
  });
});

describe('renderStop', () => {
  it('carries no script and no values', () => {
    const text = stop({
      script: 'secret',
      env: { A: 'secret' },
      perInstance: { 'i-1': { env: { B: 'secret' }, args: ['secret'] } },
    });
    expect(text).not.toContain('secret');
  });
});
