import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { psSecretPayload } from '#shared/script/render-ps-secrets.ts';
import { renderStop, type SecretText, type WrapperInput } from '#shared/script/wrapper.ts';
import { type BlobSite, openBlobSite } from './blob-site.ts';
import { eventually, isRunning, wrapperInput } from './on-node.ts';
import { OnWindows, powerShells } from './on-windows.ts';
import { everything } from './secret-kit.ts';

let site: BlobSite;
beforeAll(async () => {
  site = await openBlobSite();
});
afterAll(() => site.close());

const sealer = createAesSealer();

const carrying = (
  values: readonly string[],
  secretEnv: Readonly<Record<string, SecretText>>,
  change: (content: string) => string = (content) => content,
): Partial<WrapperInput> => {
  const { content, digest, key } = sealer.seal(psSecretPayload(new Map(values.entries())), 'cbc');
  const sealed = { url: site.offer(change(content)), digest, key };
  return { secretEnv, secrets: { sealed, fromAgent: {}, endWord: sealer.word() } };
};

const show = `import os, sys
for n in sorted(os.environ):
    if n.startswith('V_'): sys.stdout.write(n + '=' + os.environ[n][::-1] + '|')
`;

const reversed = (text: string): string => Array.from(text).toReversed().join('');

describe.each(powerShells)('secrets on Windows with $title', (shell) => {
  it('reach the environment of the script exactly, whole and embedded', async () => {
    using node = new OnWindows(shell);
    const values = [`a'b"c$d\`e\\f{{g}} %s *`, 'line 1\nline 2\n', 'ü中😀', 'x'];
    const secretEnv = { V_A: [0], V_B: [1], V_C: [2, '@', 3, "'$HOME'"], V_D: ['plain'] };
    const { stdout } = await node.finish({ ...carrying(values, secretEnv), env: { V_P: 'p' }, script: show });
    const expected = { V_A: values[0], V_B: values[1], V_C: `ü中😀@x'$HOME'`, V_D: 'plain', V_P: 'p' };
    expect(stdout).toBe(
      Object.entries(expected)
        .map(([name, value]) => `${name}=${reversed(value ?? '')}|`)
        .join(''),
    );
  });

  it('are masked in both streams and the outputs, in whatever form, also in what stays on the node', async () => {
    using node = new OnWindows(shell);
    const token = `s3cr3t/+?&"'$^.[x]*`;
    const script = `import base64, os, sys, urllib.parse
t = os.environ['T']
e = lambda s: base64.b64encode(s.encode()).decode()
print('clear: ' + t + '.')
print(e(t), e('u:' + t), e('uu:' + t + '@h').replace('+', '-').replace('/', '_'))
print(base64.b64encode(t.encode('utf-16-le')).decode(), base64.b64encode(('x' + t).encode('utf-16-le')).decode())
print(urllib.parse.quote(t, safe=''), urllib.parse.quote(t).lower())
print(t.replace("'", "''"), t.replace('&', '&amp;'), t.replace('&', '\\\\u0026').replace("'", '\\\\u0027').replace('"', '\\\\"'))
sys.stdout.flush()
sys.stdout.buffer.write(t.encode('utf-16-le'))
print('error: ' + t, file=sys.stderr)
open(os.environ['DROVER_OUTPUT'], 'w', encoding='utf-16').write('token=' + t + '\\nplain=é\\n')
sys.exit(3)
`;
    const envelope = await node.finish({ ...carrying([token], { T: [0] }), script });
    expect(envelope).toMatchObject({
      exitCode: 3,
      outputs: { token: '******', plain: 'é' },
      stderr: 'error: ******\n',
    });
    expect(envelope.stdout).toMatch(/^clear: \*{6}\.\n\*{6}/);
    const all = JSON.stringify(envelope) + everything(node.folder).replaceAll('\0', '');
    for (const form of [token, 's3cr3t', 'czNjcjN0', 'MzY3IzdC', 'cwAzAGMAcgAz', 'MAYwByADMA'])
      expect(all).not.toContain(form);
    expect(node.files.filter((name) => /\.(?:raw|m)$/.test(name))).toEqual([]);
  });

  it('are masked across the pieces in which long output is read, and nothing else is changed', async () => {
    using node = new OnWindows(shell);
    const token = 'across-the-edge-of-a-piece';
    const script = `import os, sys
w = sys.stdout.buffer.write
w(b'\\xff\\xfe\\x00%41%zz\\r\\n')
w(b'\\xe9' * (1048576 - 22))
w(os.environ['T'].encode())
w(b'y' * 1500000 + b'no line end')
`;
    await node.finish({ ...carrying([token], { T: [0] }), script });
    const head = Buffer.concat([Buffer.from('\xff\xfe\x00%41%zz\r\n', 'latin1'), Buffer.alloc(1_048_554, 0xe9)]);
    const rest = Buffer.concat([Buffer.from('******'), Buffer.alloc(1_500_000, 'y'), Buffer.from('no line end')]);
    expect(node.kept('run_2F1.o').equals(Buffer.concat([head, rest]))).toBe(true);
  });

  it('are fetched once: a second arrival answers from the record', async () => {
    using node = new OnWindows(shell);
    const input = {
      ...carrying(['once only'], { T: [0] }),
      script: `import os; print(os.environ['T']); open('runs', 'a').write('ran\\n')`,
    };
    const before = site.requests.length;
    const answers = [await node.finish(input), await node.finish(input)];
    expect(answers.map(({ stdout, replayed }) => [stdout, replayed])).toEqual([
      ['******\n', false],
      ['******\n', true],
    ]);
    expect(node.read('runs')).toBe('ran\n');
    expect(site.requests.length - before).toBe(1);
  });

  it('differ per instance beside what is embedded in them', async () => {
    using node = new OnWindows(shell, { AWS_SSM_INSTANCE_ID: 'i-2' });
    const perInstance = {
      'i-1': { nodeKey: 'a', secretEnv: { V_U: ['one:', 0] } },
      'i-2': { nodeKey: 'b', secretEnv: { V_U: ['two:', 0, '!'] } },
    };
    const { stdout } = await node.finish({ ...carrying(['the token'], {}), perInstance, script: show });
    expect(stdout).toBe(`V_U=${reversed('two:the token!')}|`);
  });

  it.each([
    ['secretwrong', (content: string) => content.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))],
    ['secretwrong', () => 'something else'],
  ])('that are not those that were sent are refused: %s', async (code, change) => {
    using node = new OnWindows(shell);
    const input = { ...carrying(['never seen'], { T: [0] }, change), script: `open('ran', 'w')` };
    expect((await node.run(input)).envelope).toMatchObject({ kind: 'refused', code });
    expect(existsSync(node.place('ran'))).toBe(false);
  });

  it('that cannot be fetched or opened keep the script from running', async () => {
    using node = new OnWindows(shell);
    const good = carrying(['never seen'], { T: [0] });
    const sealed = good.secrets?.sealed;
    if (sealed === undefined || good.secrets === undefined) throw new Error('Nothing is sealed.');
    const script = `open('ran', 'w')`;
    const gone = { ...good.secrets, sealed: { ...sealed, url: 'http://127.0.0.1:1/gone' } };
    expect((await node.run({ ...good, script, secrets: gone })).envelope).toMatchObject({ code: 'secretfetch' });
    const locked = { ...good.secrets, sealed: { ...sealed, key: 'k'.repeat(43) } };
    expect((await node.run({ ...good, fence: '2', script, secrets: locked })).envelope).toMatchObject({
      code: 'secretopener',
    });
    expect(existsSync(node.place('ran'))).toBe(false);
  });

  it('are masked when the time is over', async () => {
    using node = new OnWindows(shell);
    const script = `import os, time; print('has ' + os.environ['T'], flush=True); time.sleep(30)`;
    const late = await node.finish({ ...carrying(['too late'], { T: [0] }), script, timeoutSeconds: 1 });
    expect(late).toMatchObject({ timedOut: true, stdout: 'has ******\n' });
    expect(everything(node.folder)).not.toContain('too late');
  });

  it('leave no raw output of a wrapper that was killed, once its stop or another operation with secrets comes', async () => {
    using node = new OnWindows(shell);
    const script = `import os, time
print('has ' + os.environ['T'], flush=True)
open(os.environ['DROVER_OUTPUT'], 'w').write('t=' + os.environ['T'])
time.sleep(int(os.environ.get('PAUSE', '60')))
`;
    const input = (fence: string) => ({ ...carrying(['left behind'], { T: [0] }), fence, script, timeoutSeconds: 60 });
    for (const [fence, next] of [
      [
        'stopped',
        () =>
          node.run(
            renderStop(wrapperInput({ shell: 'powershell', ...input('stopped'), interpreter: 'python3' })).content,
          ),
      ],
      ['passed', () => node.run({ ...input('another'), env: { PAUSE: '0' } })],
    ] as const) {
      const { process: child, answer } = await node.start(input(fence));
      const keeps = (name: string, what: RegExp) => node.files.includes(name) && what.test(node.kept(name).toString());
      await eventually(() => keeps(`${fence}.out`, /left behind/) && keeps(`${fence}.pid`, /^\d+ \d+$/));
      child.kill('SIGKILL');
      await answer;
      const [pid = '0'] = node.kept(`${fence}.pid`).toString().split(' ');
      if (fence === 'passed') {
        process.kill(Number(pid), 'SIGKILL');
        await eventually(() => !isRunning(Number(pid)));
      }
      await next();
      expect(everything(node.stateDir)).not.toContain('left behind');
    }
    expect(readdirSync(join(node.stateDir, 'f')).filter((name) => name.endsWith('.raw'))).toEqual([]);
  });
});

describe.each(powerShells)('libraries on Windows with $title', (shell) => {
  it('are files beside the script, where its language looks first', async () => {
    using node = new OnWindows(shell);
    writeFileSync(node.place('shop.py'), 'name = "another"\n');
    const text = '# é\nname = "the library"\n';
    const script = `import os, shop; print(shop.name, os.environ['DROVER_LIB'] == os.path.dirname(shop.__file__))`;
    const libraries = [{ file: 'shop.py', text }];
    expect(await node.finish({ script, libraries })).toMatchObject({ stdout: 'the library True\n' });
    const env = { PYTHONPATH: 'C:\\mine' };
    const path = await node.finish({
      fence: '3',
      script: `import os; print(os.environ['PYTHONPATH'])`,
      env,
      libraries,
    });
    expect(path.stdout).toBe(`${join(node.stateDir, 'f', '3.lib')}${shell.separator}C:\\mine\n`);
    const perl = { interpreter: 'perl', script: 'use Shop; print $Shop::name' } as const;
    const module = { file: 'Shop.pm', text: "package Shop; our $name = 'it''s'; 1;".replace("''", "\\'") };
    expect(await node.finish({ ...perl, fence: '2', libraries: [module] })).toMatchObject({ stdout: "it's" });
  });
});
