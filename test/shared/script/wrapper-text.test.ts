import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '#shared/script/envelope.ts';
import { OnNode, shells } from './on-node.ts';

const titled = shells.map((shell) => ({ shell, title: shell.join(' ') }));
const bytes = (text: string): number => Buffer.byteLength(text);

describe.each(titled)('printed text under $title', ({ shell }) => {
  it.each([
    ['nothing', '', ''],
    ['one line', 'out\n', ''],
    ['no line end', 'out', 'err'],
    ['blank lines', '\n\n a\n\n', '\n'],
    ['only stderr', '', ' \t x\\n\n'],
    ['backslashes and percent signs', 'a\\b%s\\\\\n-n\n', '-e\\c'],
    ['unicode', '中文 é 😀\n', '\u0081\u0088\u0001'],
    ['CRLF', 'a\r\nb\r\n', '\r'],
    ['more than builtins read', `${'0123456789abcdef\n'.repeat(500)}`, 'x'.repeat(5000)],
  ])('arrives exactly: %s', async (_, stdout, stderr) => {
    using node = new OnNode(shell);
    const envelope = await node.finish({ script: 'printf %s "$1"; printf %s "$2" >&2', args: [stdout, stderr] });
    expect(envelope).toMatchObject({
      stdout,
      stderr,
      stdoutBytes: bytes(stdout),
      stderrBytes: bytes(stderr),
      omittedBytes: 0,
      textComplete: true,
    });
  });

  it('is not printed before the script ended', async () => {
    using node = new OnNode(shell);
    const { process: child, answer } = node.start({
      script: 'echo early; echo early >&2; while [ ! -e go ]; do sleep 0.02; done',
    });
    let printed = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await node.run({ fence: 'other', script: 'sleep 0.1; : > "$1/go"', args: [node.folder] });
    await answer;
    expect(printed.startsWith('drover1 new ')).toBe(true);
  });

  it('keeps NUL bytes in the count, and bytes that are no UTF-8 in the file', async () => {
    using node = new OnNode(shell);
    const envelope = await node.finish({ script: `printf 'a\\0b'; printf '\\377\\376ok\\200' >&2` });
    expect(envelope).toMatchObject({
      stdout: 'a\0b',
      stdoutBytes: 3,
      stderr: '\ufffd\ufffdok\ufffd',
      stderrBytes: 5,
      textComplete: true,
    });
    expect([...node.kept('run_2F1.e')]).toEqual([255, 254, 111, 107, 128]);
  });

  it.each([30_000, 5_000_000])('keeps head and tail of %d bytes, and counts the rest', async (size) => {
    using node = new OnNode(shell);
    const script = `echo HEAD; head -c ${size} /dev/zero | tr '\\0' x; echo TAIL; echo err >&2`;
    const { text, envelope } = await node.run({ script });
    if (envelope?.kind !== 'finished') throw new Error(text.slice(0, 200));
    expect(envelope).toMatchObject({ stdoutBytes: size + 10, stderr: 'err\n', textComplete: true });
    expect(envelope.stdout).toMatch(/^HEAD\nx+\n\[\.\.\. \d+ bytes omitted \.\.\.\]\nx+TAIL\n$/);
    const gap = `\n[... ${envelope.omittedBytes} bytes omitted ...]\n`;
    expect(bytes(envelope.stdout) - gap.length + envelope.omittedBytes).toBe(size + 10);
    expect(bytes(text)).toBeGreaterThan(15_900);
    expect(bytes(text)).toBeLessThan(16_700);
    expect(node.kept('run_2F1.o')).toHaveLength(size + 10);
  });

  it('shares the room between both streams', async () => {
    using node = new OnNode(shell);
    const fill = (letter: string, size: number) => `head -c ${size} /dev/zero | tr '\\0' ${letter}`;
    const both = await node.finish({
      fence: 'a',
      script: `${fill('o', 9000)}; ${fill('e', 9000)} >&2`,
      textBytes: 10_000,
    });
    expect(both).toMatchObject({ omittedBytes: 8000, textComplete: true });
    expect(both.stdout.replaceAll(/[^o]/g, '')).toHaveLength(5001);
    const one = await node.finish({
      fence: 'b',
      script: `${fill('o', 9000)}; ${fill('e', 1000)} >&2`,
      textBytes: 10_000,
    });
    expect(one).toMatchObject({ omittedBytes: 0, stderr: 'e'.repeat(1000) });
    const none = await node.finish({ fence: 'c', script: fill('o', 9000), textBytes: 0 });
    expect(none).toMatchObject({ omittedBytes: 9000, stdout: '\n[... 9000 bytes omitted ...]\n' });
  });

  it('stays below what agents return, at the most that can be asked for', async () => {
    using node = new OnNode(shell);
    const script = `head -c 50000 /dev/zero | tr '\\0' x; seq 1 9999 >&2; { printf o=; head -c 2990 /dev/zero | tr '\\0' '\\351'; } >> "$DROVER_OUTPUT"`;
    const { text } = await node.run({ script, textBytes: 19_300, fence: 'é'.repeat(300) });
    expect(bytes(text)).toBeLessThanOrEqual(24_000);
    expect(parseEnvelope(text)).toMatchObject({ textComplete: true, outputsError: null });
  });

  it('is not split by text that looks like the mark', async () => {
    using node = new OnNode(shell);
    const script = `w=$(cut -d' ' -f1 "\${0%.sh}"); read -r u _ </proc/uptime; s=\${u%.*}
      for d in 0 1; do c=100; while [ $c -lt 200 ]; do m==$w-$((s+d)).\${c#1}=; printf '\\n%so\\n%se\\n' $m $m; c=$((c+1)); done; done; echo x >&2`;
    const { text, envelope } = await node.run({ script });
    expect(text.slice(0, text.indexOf('\n'))).toMatch(/=\d+-[\d.]+== /);
    expect(envelope).toMatchObject({ textComplete: true, stdout: node.kept('run_2F1.o').toString(), stderr: 'x\n' });
    const small = `w=$(cut -d' ' -f1 "\${0%.sh}"); sleep 0.015; read -r u _ </proc/uptime; s=\${u%.*}; c=1\${u#*.}; for d in 0 1 2 3 4 5 6 7 8 9; do e=$((c+d)); printf '\\n=%s-%s.%s=o\\n' $w $s \${e#1}; done`;
    const quick = await node.finish({ fence: 'small', script: small });
    expect(quick).toMatchObject({ textComplete: true, stdout: node.kept('small.o').toString(), stderr: '' });
  });

  it('survives what the agents do to it', async () => {
    using node = new OnNode(shell);
    const { text } = await node.run({
      script: 'seq 1 20000; seq 1 9 >&2; echo a=b >> "$DROVER_OUTPUT"; exit 4',
      textBytes: 19_000,
    });
    const known = { exitCode: 4, outputs: { a: 'b' }, stdoutBytes: 108_894, textComplete: false };
    const head = (limit: number) => parseEnvelope(text.slice(0, limit));
    expect(head(2500)).toMatchObject(known);
    expect(head(24_000)).toMatchObject({ ...known, textComplete: true });
    expect(parseEnvelope(`${text.slice(0, 2400)}\n---Output truncated---`)).toMatchObject(known);
    const hole = `${text.slice(0, 7000)}${text.slice(-9000)}`;
    expect(parseEnvelope(hole)).toMatchObject({ ...known, stderr: '1\n2\n3\n4\n5\n6\n7\n8\n9\n' });
    expect(parseEnvelope(text.slice(-9000))).toBeUndefined();
    expect(parseEnvelope(`noise\n${text.replaceAll('\n', '\r\n')}`)).toMatchObject({ ...known, textComplete: true });
  });
});

describe.each(titled)('outputs under $title', ({ shell }) => {
  it.each([
    ['plain lines', 'a=1\nb=x y "z" \'q\' \\ {{ }} = %d\n', { a: '1', b: 'x y "z" \'q\' \\ {{ }} = %d' }],
    ['no last line end', 'a=1\nb=2', { a: '1', b: '2' }],
    ['unicode', 'name=中文 é 😀\n', { name: '中文 é 😀' }],
    ['tabs and control characters', 'a=\t\u0001\u007f\r\n', { a: '\t\u0001\u007f\r' }],
    ['JSON lines', '{"a":"x\\ny","n":3}\nb=2\n', { a: 'x\ny', n: '3', b: '2' }],
    ['nothing', '', {}],
  ])('arrive exactly: %s', async (_, content, expected) => {
    using node = new OnNode(shell);
    const envelope = await node.finish({ script: 'printf %s "$1" >> "$DROVER_OUTPUT"', args: [content] });
    expect(envelope).toMatchObject({ outputs: expected, outputsError: null });
    expect(Object.keys(envelope.outputs)).toHaveLength(Object.keys(expected).length);
  });

  it('are taken up to the limit, and refused as a whole above it', async () => {
    using node = new OnNode(shell);
    const write = (fence: string, content: string) =>
      node.finish({ fence, script: 'printf %s "$1" >> "$DROVER_OUTPUT"; exit 1', args: [content], outputsBytes: 100 });
    expect(await write('a', `a=${'x'.repeat(97)}\n`)).toMatchObject({
      outputs: { a: 'x'.repeat(97) },
      outputsError: null,
    });
    expect(await write('b', `a=${'x'.repeat(98)}`)).toMatchObject({
      outputs: { a: 'x'.repeat(98) },
      outputsError: null,
    });
    expect(await write('c', `a=${'x'.repeat(98)}\n`)).toMatchObject({
      exitCode: 1,
      outputs: {},
      outputsError: { code: 'tooLarge', bytes: 101 },
    });
    expect(await write('d', `a=é\n${'b=1\n'.repeat(100)}`)).toMatchObject({
      outputsError: { code: 'tooLarge', bytes: 405 },
    });
  });

  it('with a line that means nothing keep the others', async () => {
    using node = new OnNode(shell);
    const envelope = await node.finish({ script: 'printf "a=1\\noops\\nb=2\\n" >> "$DROVER_OUTPUT"' });
    expect(envelope).toMatchObject({
      outputs: { a: '1', b: '2' },
      outputsError: { code: 'invalid', line: 2, text: 'oops' },
    });
  });
});

describe.each(titled)('exit status under $title', ({ shell }) => {
  it.each([
    [0, 0],
    [3, 3],
    [124, 124],
    [125, 125],
    [127, 127],
    [255, 255],
    [137, 1],
    [168, 1],
    [169, 1],
    [193, 1],
    [194, 1],
  ])('%d of the script is %d of the wrapper', async (code, shown) => {
    using node = new OnNode(shell);
    const { exitCode, envelope } = await node.run({ script: `exit ${code}` });
    expect(exitCode).toBe(shown);
    expect(envelope).toMatchObject({ kind: 'finished', exitCode: code, timedOut: false });
    expect((await node.run({})).exitCode).toBe(shown);
  });

  it('keeps the signal that ended the script', async () => {
    using node = new OnNode(shell);
    expect(await node.finish({ fence: 'a', script: 'kill -9 $$' })).toMatchObject({
      exitCode: 137,
      signal: 'SIGKILL',
      timedOut: false,
    });
    expect(await node.finish({ fence: 'b', script: 'kill -USR1 $$' })).toMatchObject({
      exitCode: 138,
      signal: 'SIGUSR1',
    });
  });
});

describe.each(titled)('the usual path under $title', ({ shell }) => {
  it('starts no process but the time limit and the interpreter', async () => {
    using tools = new OnNode();
    mkdirSync(tools.path('bin'));
    symlinkSync('/usr/bin/timeout', tools.path('bin/timeout'));
    symlinkSync('/bin/sh', tools.path('bin/sh'));
    using node = new OnNode([`/bin/${shell[0]}`, ...shell.slice(1)], { PATH: tools.path('bin') });
    mkdirSync(`${node.stateDir}/f`, { recursive: true });
    const envelope = await node.finish({
      script: 'echo out; echo err >&2; echo a=1 >> "$DROVER_OUTPUT"; exit 2',
      env: { V: '1' },
      workingDirectory: '/',
    });
    expect(envelope).toMatchObject({
      exitCode: 2,
      stdout: 'out\n',
      stderr: 'err\n',
      outputs: { a: '1' },
      textComplete: true,
    });
  });
});
