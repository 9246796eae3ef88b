import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvelope } from '#shared/script/envelope.ts';

const line = (body: string, word = 'new'): string => `drover1 ${word} ${body.length} ${body}\n`;
const body = 'finished r_2F1 e 3 10.50 12.75 - 3 4 0 0 =77-12.75= =a=b%c={"d"}% 3 .';
const intact = `${line(body)}out\n=77-12.75=o\nerr\n\n=77-12.75=e\n`;

describe('parseEnvelope', () => {
  it('reads a finished envelope', () => {
    expect(parseEnvelope(intact)).toEqual({
      kind: 'finished',
      exitCode: 3,
      signal: null,
      timedOut: false,
      cancelled: false,
      startedAtMs: null,
      durationMs: 2250,
      stdoutBytes: 3,
      stderrBytes: 4,
      stdout: 'out',
      stderr: 'err\n',
      omittedBytes: 0,
      stdoutCutBytes: 0,
      stderrCutBytes: 0,
      stdoutUpload: null,
      stderrUpload: null,
      textComplete: true,
      outputs: { a: 'b', c: '{"d"}' },
      outputsError: null,
      replayed: false,
      fenceName: 'r_2F1',
    });
  });

  const digest = 'a'.repeat(64);
  it.each([
    ['-', null],
    [`r${digest}`, { kind: 'uploaded', gzip: false, sha256: digest }],
    [`g${digest}`, { kind: 'uploaded', gzip: true, sha256: digest }],
    ['g', { kind: 'uploaded', gzip: true, sha256: null }],
    ['!none', { kind: 'failed', reason: 'the node has no curl, wget, python3, perl or node' }],
    ['!id', { kind: 'failed', reason: 'the node does not know its instance id' }],
    ['!time', { kind: 'failed', reason: 'it took too long' }],
    ['!curl22', { kind: 'failed', reason: 'curl on the node ended with 22: the storage refused it' }],
    ['!wget124', { kind: 'failed', reason: 'wget on the node did not end in time' }],
    ['!python31', { kind: 'failed', reason: 'python3 on the node ended with 1' }],
    ['!later', { kind: 'failed', reason: 'later' }],
    ['rabc', null],
  ])('reads what became of an upload: %s', (said, wanted) => {
    const uploaded = (field: string) => parseEnvelope(line(body.replace(' =77', ` ${field} =77`)));
    expect(uploaded(`u${said},-,`)).toMatchObject({ stdoutUpload: wanted, stderrUpload: null });
    expect(uploaded(`u-,${said},`)).toMatchObject({ stdoutUpload: null, stderrUpload: wanted });
  });

  it('tells how it ended', () => {
    const ended = (how: string) => parseEnvelope(line(body.replace(' e 3 ', ` ${how} `)));
    expect(ended('e 143')).toMatchObject({ exitCode: 143, signal: 'SIGTERM', timedOut: false });
    expect(ended('e 200')).toMatchObject({ exitCode: 200, signal: null });
    expect(ended('t 124')).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: true, cancelled: false });
    expect(ended('t 137')).toMatchObject({ exitCode: null, signal: 'SIGKILL', timedOut: true });
    expect(ended('c 143')).toMatchObject({ exitCode: null, signal: 'SIGTERM', timedOut: false, cancelled: true });
  });

  it('takes the start from a shell that has a clock, or from a node without uptime', () => {
    const started = (fields: string) => parseEnvelope(line(body.replace('10.50 12.75 -', fields)));
    expect(started('10.50 12.75 1795246394.969386')).toMatchObject({ startedAtMs: 1795246394969, durationMs: 2250 });
    expect(started('10.50 12.75 1795246394,969386')).toMatchObject({ startedAtMs: 1795246394969 });
    expect(started('1795246394.00 1795246396.00 -')).toMatchObject({ startedAtMs: 1795246394000, durationMs: 2000 });
  });

  it('reads the other kinds', () => {
    expect(parseEnvelope(line('refused r interpreter 125 .'))).toEqual({
      kind: 'refused',
      code: 'interpreter',
      text: 'The interpreter is not installed on the node.',
      replayed: false,
    });
    expect(parseEnvelope(line('refused r disk 125 .', 'replay'))).toMatchObject({ code: 'disk', replayed: true });
    expect(parseEnvelope(line('interrupted r 1 125 .'))).toEqual({ kind: 'interrupted', running: true });
    expect(parseEnvelope(line('refused r toString 125 .'))).toBeUndefined();
  });

  it('finds it behind noise of the agent', () => {
    expect(parseEnvelope(`WARNING: drover1 new\nlocale: ${intact}`)).toMatchObject({ stdout: 'out', replayed: false });
  });

  it('reads text whose line ends became CRLF, and only then changes them back', () => {
    expect(parseEnvelope(intact.replaceAll('\n', '\r\n'))).toEqual(parseEnvelope(intact));
    const own = intact.replace('out', 'a\r\n').replace(' 3 4 0 0', ' 3 4 0 0');
    expect(parseEnvelope(own)).toMatchObject({ stdout: 'a\r\n', textComplete: true });
    expect(parseEnvelope(own.replaceAll('\n', '\r\n'))).toMatchObject({ stdout: 'a\r\n', textComplete: true });
  });

  it('takes no line that is cut anywhere', () => {
    const whole = line(body);
    for (let length = 0; length < whole.length - 1; length += 1) {
      expect(parseEnvelope(whole.slice(0, length))).toBeUndefined();
      expect(parseEnvelope(`${whole.slice(0, length)}\n${'x'.repeat(200)} .\n`)).toBeUndefined();
    }
    expect(parseEnvelope(whole.trimEnd())).toBeDefined();
  });

  it('takes no line with a hole in it', () => {
    const whole = line(body);
    for (let at = 1; at < whole.length - 3; at += 1) {
      expect(parseEnvelope(whole.slice(0, at) + whole.slice(at + 2) + intact.slice(whole.length))).toBeUndefined();
    }
  });

  it('says that the text is not all there, wherever it is cut, and keeps what is there', () => {
    const start = line(body).length;
    const last = intact.indexOf('=77-12.75=e') + '=77-12.75=e'.length;
    for (let length = start; length < last; length += 1) {
      const envelope = parseEnvelope(intact.slice(0, length));
      expect(envelope).toMatchObject({ exitCode: 3, textComplete: false });
      expect(envelope?.kind === 'finished' && 'out'.startsWith(envelope.stdout.slice(0, 3))).toBe(true);
    }
    expect(parseEnvelope(intact.slice(0, last))).toMatchObject({ textComplete: true });
  });

  it.each(['\n---Output truncated---', '--output truncated--', '\n---Error truncated----'])(
    'removes the agent’s own note %j',
    (note) => {
      expect(parseEnvelope(`${line(body)}ou${note}`)).toMatchObject({ stdout: 'ou', textComplete: false });
    },
  );

  it('notices a hole in the text', () => {
    const long = line(body.replace(' 3 4 0 0', ' 300 4 0 0'));
    expect(parseEnvelope(`${long}${'x'.repeat(300)}\n=77-12.75=o\nerr\n\n=77-12.75=e\n`)).toMatchObject({
      textComplete: true,
    });
    expect(parseEnvelope(`${long}${'x'.repeat(200)}\n=77-12.75=o\nerr\n\n=77-12.75=e\n`)).toMatchObject({
      textComplete: false,
    });
  });

  it('counts only the envelope of the fence asked for', () => {
    expect(parseEnvelope(intact, 'r/1')).toBeDefined();
    expect(parseEnvelope(intact, 'r/2')).toBeUndefined();
    expect(parseEnvelope(line('interrupted r_2F1@n-1 0 125 .'), 'r/1')).toBeDefined();
    expect(parseEnvelope(line('interrupted r_2F12 0 125 .'), 'r/1')).toBeUndefined();
  });

  it('never throws, whatever the text', () => {
    const fragment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'drover1 new ',
        'drover1 replay 9 ',
        intact,
        line(body),
        ' .',
        '\r\n',
        '=77-12.75=o',
        '\n=77-12.75=e',
      ),
      fc.string().map((text) => line(`finished ${text} .`)),
      fc.string().map((text) => line(body.replace('=a=b%c={"d"}%', text))),
      fc.string().map((text) => line(body.replace(' =77', ` u${text} =77`))),
    );
    fc.assert(
      fc.property(fc.array(fragment), (fragments) => void parseEnvelope(fragments.join(''))),
      { numRuns: 500 },
    );
  });
});
