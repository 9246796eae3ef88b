import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStop } from '#shared/script/wrapper.ts';
import { type BlobSite, openBlobSite } from './blob-site.ts';
import { eventually, OnNode, wrapperInput } from './on-node.ts';
import { carryingFrom, everything, titledShells } from './secret-kit.ts';

let site: BlobSite;
beforeAll(async () => {
  site = await openBlobSite();
});
afterAll(() => site.close());
const carrying = carryingFrom(() => site);

const pem = `-----BEGIN KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(2)}\nq7K2wN/+zz\n-----END KEY-----\n`;

describe.each(titledShells)('secrets under $title', ({ shell, title }) => {
  it('reach the environment exactly, whole and embedded', async () => {
    using node = new OnNode(shell);
    const values = [`a'b"c$d\`e\\f{{g}} %s *`, pem, 'ü中😀', 'x'];
    const { stdout } = await node.finish({
      ...carrying(values, { A: [0], B: [1], C: [2, '@', 3, "'$HOME'"], D: ['plain'] }),
      env: { PLAIN: 'p' },
      script: 'printf "%s|" "$A" "$B" "$C" "$D" "$PLAIN" | sha256sum; printf %s "$B" | wc -l',
    });
    const expected = [values[0], values[1], `ü中😀@x'$HOME'`, 'plain', 'p'].map((one) => `${one}|`).join('');
    expect(stdout).toBe(`${createHash('sha256').update(expected).digest('hex')}  -\n4\n`);
  });

  it('are masked in both streams and in the outputs, however the script writes them', async () => {
    using node = new OnNode(shell);
    const token = `s3cr3t/+?&"'$^.[x]*`;
    const envelope = await node.finish({
      ...carrying([token, pem], { TOKEN: [0], PEM: [1] }),
      script: `
        echo "clear: $TOKEN."
        printf %s "$TOKEN" | base64
        printf 'u:%s' "$TOKEN" | base64
        printf 'uu:%s@h' "$TOKEN" | base64 | tr '+/' '-_'
        printf '%s' "$PEM" | base64
        python3 -c 'import os,urllib.parse as u; t=os.environ["TOKEN"]; print(u.quote(t,safe="")); print(u.quote(t).lower()); print(u.quote_plus(t))'
        echo "$PEM" | sed 's/^/  | /'
        echo "error: $TOKEN" >&2
        set -x; : "$TOKEN"; set +x
        echo "token=$TOKEN" >> "$DROVER_OUTPUT"
        printf 'encoded=%s\\n' "$(printf %s "$TOKEN" | base64)" >> "$DROVER_OUTPUT"
        printf 'plain=yes' >> "$DROVER_OUTPUT"
        exit 3`,
    });
    expect(envelope).toMatchObject({ exitCode: 3, outputs: { token: '******', plain: 'yes' }, textComplete: true });
    expect(envelope.stdout).toMatch(/^clear: \*{6}\.\n/);
    expect(envelope.stderr).toMatch(/^error: \*{6}\n/);
    const all = JSON.stringify(envelope) + everything(node.folder);
    for (const form of [
      token,
      'MIIEvQIBADANBgk',
      'q7K2wN/+zz',
      's3cr3t',
      'czNjcjN0',
      'MzY3IzdC',
      's3cr3t%2',
      Buffer.from(pem).toString('base64').slice(60, 90),
    ])
      expect(all).not.toContain(form);
  });

  it('leave what is no secret as it is, byte by byte', async () => {
    using node = new OnNode(shell);
    const nul = title.startsWith('busybox') ? '' : '\\0';
    const bytes = `printf '\\377\\376%s${nul}%%41%%zz\\r\\n\\n' ok; head -c 200000 /dev/zero | tr '\\0' '\\351'; printf 'no line end'`;
    await node.finish({ ...carrying(['not there at all'], { T: [0] }), script: bytes, fence: 'with' });
    await node.finish({ script: bytes, fence: 'without' });
    expect(node.kept('with.o').equals(node.kept('without.o'))).toBe(true);
  });

  it('are fetched once: a second arrival answers from the record', async () => {
    using node = new OnNode(shell);
    const input = {
      ...carrying(['once only'], { T: [0] }),
      script: 'echo "$T"; echo ran >> "$1"',
      args: [node.path('runs')],
    };
    const before = site.requests.length;
    const first = await node.finish(input);
    const second = await node.finish(input);
    expect([first.stdout, first.replayed, second.stdout, second.replayed]).toEqual([
      '******\n',
      false,
      '******\n',
      true,
    ]);
    expect(node.read('runs')).toBe('ran\n');
    expect(site.requests.length - before).toBe(1);
  });

  it('differ per instance beside what is embedded in them', async () => {
    using node = new OnNode(shell, { AWS_SSM_INSTANCE_ID: 'i-2' });
    const { secrets = undefined } = carrying(['the token'], {});
    const perInstance = {
      'i-1': { nodeKey: 'a', secretEnv: { URL: ['one:', 0] } },
      'i-2': { nodeKey: 'b', secretEnv: { URL: ['two:', 0, '!'] } },
    };
    const { stdout } = await node.finish({
      ...(secrets === undefined ? {} : { secrets }),
      perInstance,
      env: {},
      script: 'printf %s "${URL%%token*}" | tr a-z n-za-m; printf %s "${#URL}"',
    });
    expect(stdout).toBe('gjb:gur 14');
  });

  it('are in no argument and no environment but that of the script', async () => {
    using node = new OnNode(shell);
    const started = node.start({
      ...carrying(['argument-less'], { T: [0] }),
      script: `for p in /proc/[0-9]*; do tr '\\0' ' ' <$p/cmdline | sed "s|^|\${p##*/} |" >> "$1"; echo >> "$1"; done; while [ ! -e "$2" ]; do sleep 0.05; done`,
      args: [node.path('ps'), node.path('go')],
    });
    await eventually(() => node.read('ps').includes('drover') && readdirSync(node.folder).includes('ps'));
    const wrapperEnv = readFileSync(`/proc/${started.process.pid}/environ`, 'latin1');
    writeFileSync(node.path('go'), '');
    await started.answer;
    expect(wrapperEnv).not.toContain('argument-less');
    expect(node.read('ps')).not.toContain('argument-less');
  });

  it('do not show when the shell traces what it does', async () => {
    const [command, ...options] = shell;
    using node = new OnNode([command, ...options, '-x']);
    const { text } = await node.run({
      ...carrying(['traced-secret'], { T: [0] }),
      script: 'set -x; : "$T"; sh -xc : "$T"',
    });
    expect(text).not.toContain('traced-secret');
    expect(everything(node.folder)).not.toContain('traced-secret');
  });

  it('are masked when time runs out, and when the script is cancelled', async () => {
    using node = new OnNode(shell);
    const script = 'echo "has $T"; echo "t=$T" >> "$DROVER_OUTPUT"; sleep 30';
    const timedOut = await node.finish({
      ...carrying(['too late'], { T: [0] }),
      script,
      timeoutSeconds: 1,
      killAfterSeconds: 1,
    });
    expect(timedOut).toMatchObject({ timedOut: true, stdout: 'has ******\n', outputs: { t: '******' } });
    const { process: child, answer } = node.start({
      ...carrying(['too late'], { T: [0] }),
      fence: 'c',
      script,
      killAfterSeconds: 1,
    });
    await eventually(() => existsSync(join(node.stateDir, 'f', 'c.out')));
    child.kill('SIGTERM');
    expect((await answer).envelope).toMatchObject({ kind: 'finished', cancelled: true, stdout: 'has ******\n' });
    expect(everything(node.folder)).not.toContain('too late');
  });

  it('leave no raw output behind a wrapper that was killed, once anything of that fence arrives again', async () => {
    using node = new OnNode(shell);
    const input = {
      ...carrying(['left behind'], { T: [0] }),
      script: 'echo "has $T"; echo "t=$T" >> "$DROVER_OUTPUT"; sleep 60',
    };
    const { process: child, answer } = node.start(input);
    await eventually(() => existsSync(join(node.stateDir, 'f', 'run_2F1.out')));
    child.kill('SIGKILL');
    await answer;
    expect(everything(node.folder)).toContain('left behind');
    const stop = renderStop(wrapperInput({ ...input, killAfterSeconds: 1 })).content;
    expect((await node.run(stop)).envelope).toMatchObject({ kind: 'interrupted', running: false });
    expect(everything(node.stateDir)).not.toContain('left behind');
  });

  it('leave no raw output behind it either once another operation with secrets comes', async () => {
    using node = new OnNode(shell);
    const script = 'echo "has $T"; echo "t=$T" >> "$DROVER_OUTPUT"; sleep 60';
    const { process: child, answer } = node.start({ ...carrying(['left behind'], { T: [0] }), script });
    const { process: alive, answer: later } = node.start({
      ...carrying(['still at work'], { T: [0] }),
      fence: 'alive',
      script: `echo "has $T"; while [ ! -e "$1" ]; do sleep 0.05; done`,
      args: [node.path('go')],
    });
    await eventually(() => existsSync(join(node.stateDir, 'f', 'run_2F1.out')));
    await eventually(() => everything(node.stateDir).includes('still at work'));
    child.kill('SIGKILL');
    await answer;
    await node.finish({ ...carrying(['the next one'], { T: [0] }), fence: 'next' });
    expect(everything(node.stateDir)).not.toContain('left behind');
    writeFileSync(node.path('go'), '');
    expect((await later).envelope).toMatchObject({ stdout: 'has ******\n' });
    expect(alive.exitCode).toBe(0);
    expect(readdirSync(join(node.stateDir, 'f')).filter((name) => name.endsWith('.raw'))).toEqual([]);
    const stop = renderStop(wrapperInput({ killAfterSeconds: 1 })).content;
    await node.run(stop);
  });

  it('go on with a process that outlives the script, without its output', async () => {
    using node = new OnNode(shell);
    const script = `(while [ ! -e "$1" ]; do sleep 0.05; done; echo "late $T"; : > "$2") & echo "early $T"`;
    const args = [node.path('go'), node.path('done')];
    const { stdout } = await node.finish({ ...carrying(['late secret'], { T: [0] }), script, args });
    writeFileSync(node.path('go'), '');
    await eventually(() => existsSync(node.path('done')));
    expect(stdout).toBe('early ******\n');
    expect(everything(node.folder)).not.toContain('late secret');
  });
});
