import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMasker } from '#shared/secrets/mask-text.ts';
import { maskedForms } from '#shared/secrets/masked-forms.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
/** What of a value can still be read in a text: itself, or its base64 at any position, in either alphabet. */
const traces = (value: string, text: string): readonly string[] => {
  const squeezed = text.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
  const size = Buffer.byteLength(value);
  const inner = [0, 1, 2].map((shift) =>
    base64(`${'x'.repeat(shift)}${value}`).slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + size) * 8) / 6)),
  );
  return [...inner.filter((one) => squeezed.includes(one)), ...[value].filter((one) => text.includes(one))];
};

const secret = 'p&ss=w/rd+"7 ü';
const mask = createMasker([secret]);

describe('createMasker', () => {
  it.each([
    ['as it is', secret],
    ['twice', `${secret}${secret}`],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded with small letters', encodeURIComponent(secret).replaceAll(/%../g, (hex) => hex.toLowerCase())],
    ['partly percent-encoded', secret.replace('&', '%26')],
    ['base64', base64(secret)],
    ['base64, one byte on', base64(`x${secret}`)],
    ['base64, two bytes on', base64(`xy${secret}`)],
    ['base64 with text around it', base64(`user:${secret}@host and more`)],
    ['base64 of the web', Buffer.from(`?>${secret}`).toString('base64url')],
    ['base64 in lines', base64(`${'x'.repeat(50)}${secret}`).replaceAll(/.{8}/g, '$&\r\n  ')],
    ['base64, percent-encoded', encodeURIComponent(base64(`>>>???${secret}`))],
  ])('masks it %s', (_, text) => {
    const masked = mask(`before ${text} after`);
    expect(masked).toMatch(/^before .*\*{6}.* after$/s);
    expect(masked).not.toContain(text);
    expect(traces(secret, masked)).toEqual([]);
  });

  it('takes the characters with it that hold bits of a neighbour', () => {
    expect(mask(base64(`x${secret}yz`))).toMatch(/^e\*{6}.{2,4}$/);
    expect(mask(base64(secret))).toBe('*'.repeat(6));
  });

  it('leaves everything else as it is, byte by byte', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }).filter((text) => text.isWellFormed()),
        (text) => {
          expect(createMasker(['\u{10FFFF}secret\u{10FFFF}'])(text)).toBe(text);
        },
      ),
    );
    expect(mask('\ufeff%00%zz% 中文\u0000')).toBe('\ufeff%00%zz% 中文\u0000');
  });

  it('masks none that is too short, and none that is stars already', () => {
    expect(createMasker(['abc', '', '*****'])('abc ***** abc')).toBe('abc ***** abc');
    expect(createMasker(['abcd'])('abcd')).toBe('******');
  });

  it('masks the longest where one text is part of another', () => {
    expect(createMasker(['secret-and-more', 'secret'])('secret-and-more, secret')).toBe('******, ******');
  });

  it('leaves nothing of any secret, whatever it is and however it is written', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 4, maxLength: 60 })
      .filter((one) => one.isWellFormed() && /[^*]/.test(one) && !one.includes('\0'));
    const write = fc.constantFrom(
      (value: string) => value,
      base64,
      (value: string) => Buffer.from(value).toString('base64url'),
      encodeURIComponent,
      (value: string) => base64(value).replaceAll(/.{19}/g, '$&\n'),
    );
    fc.assert(
      fc.property(text, fc.string(), write, fc.string(), (value, before, written, after) => {
        const all = written(`${before}${value}${after}`);
        const masked = createMasker([value])(all);
        expect(masked).toContain('******');
        expect(traces(value, masked)).toEqual([]);
      }),
    );
  });
});

describe('maskedForms', () => {
  it('names lines, texts in JSON, and the ways in which programs quote them', () => {
    expect(maskedForms(['one "two"\nthree\r\n abc \nlast'])).toEqual(
      expect.arrayContaining([
        'one "two"\nthree\r\n abc \nlast',
        'one "two"',
        'one \\"two\\"',
        'one+"two"',
        'three',
        'last',
      ]),
    );
    expect(maskedForms(['{"user":"anna","deep":["secret\\nkey"],"n":12345,"t":"no"}'])).toEqual(
      expect.arrayContaining(['anna', 'secret\nkey', 'secret', 'secret\\nkey']),
    );
    expect(maskedForms(["it's"])).toEqual(expect.arrayContaining(["it'\\''s", `it'"'"'s`]));
    expect(maskedForms(['abc', '{"a":1', ''])).toEqual(['{\\"a\\":1', '{"a":1']);
  });

  it('is what a shell and a JSON writer print', () => {
    const value = `a 'b' "c" \\ d`;
    const { stderr } = spawnSync('bash', ['-xc', 'true "$V"'], { env: { V: value }, encoding: 'utf8' });
    const masked = createMasker(maskedForms([value]));
    expect(masked(stderr)).toMatch(/\*{6}/);
    expect(masked(JSON.stringify({ v: value }))).toBe('{"v":"******"}');
  });
});
