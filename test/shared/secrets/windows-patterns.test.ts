import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBytes } from '#shared/secrets/base64-form.ts';
import { createMasker } from '#shared/secrets/mask-text.ts';
import { maskedForms } from '#shared/secrets/masked-forms.ts';
import { windowsPatterns } from '#shared/secrets/windows-patterns.ts';

/** What the wrapper does with the patterns. */
const maskerOf = (values: readonly string[]) => {
  const { patterns } = windowsPatterns(values);
  return (bytes: string): string =>
    patterns.reduce(
      (masked, { before, core, after }) =>
        new RegExp(core).test(masked) ? masked.replaceAll(new RegExp(before + core + after, 'g'), '******') : masked,
      bytes,
    );
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('windowsPatterns', () => {
  const secret = 'p&ss=w/rd+"7 ü';
  const mask = maskerOf([secret]);

  it.each([
    ['as it is', secret],
    ['percent-encoded in part, with small letters', secret.replace('&', '%26').replace('ü', '%c3%bc')],
    ['base64, one byte on', base64(`x${secret}`)],
    ['base64 of the web, in lines', Buffer.from(`xy?>${secret}`).toString('base64url').replaceAll(/.{8}/g, '$&\r\n  ')],
    ['base64 of UTF-16', Buffer.from(`x${secret}y`, 'utf16le').toString('base64')],
    ['JSON of PowerShell 5.1', JSON.stringify(secret).slice(1, -1).replace('&', '\\u0026')],
    ['XML', secret.replace('&', '&amp;')],
  ])('find it %s', (_, text) => {
    const masked = mask(toBytes(`before ${text} after`));
    expect(masked).toMatch(/^before .*\*{6}.* after$/s);
    expect(masked).not.toContain(toBytes(text));
  });

  it('find it in UTF-16, as PowerShell 5.1 redirects it', () => {
    const written = (text: string) => Buffer.from(text, 'utf16le').toString('latin1');
    expect(mask(written(`a${secret}b`))).toBe(`${written('a')}******${written('b')}`);
  });

  it('take the characters with them that hold bits of a neighbour', () => {
    expect(mask(base64(`x${secret}yz`))).toMatch(/^e\*{6}.{2,4}$/);
  });

  it('leave nothing that Drover itself would mask, whatever the secret is and wherever it stands', () => {
    const text = fc
      .string({ unit: 'binary', minLength: 4, maxLength: 24 })
      .filter((one) => one.isWellFormed() && !one.includes('\0') && /[^*\s]/.test(one));
    const around = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(text, around, around, (value, before, after) => {
        const written = [value, encodeURIComponent(value), base64(`${before}${value}${after}`)];
        const masked = maskerOf([value])(toBytes(written.map((one) => `${before}${one}${after}`).join('\n')));
        const readable = Buffer.from(masked, 'latin1').toString('utf8');
        expect(createMasker(maskedForms([value]))(readable)).toBe(readable);
      }),
      { numRuns: 300 },
    );
  });

  it('reach as far back as any match can begin', () => {
    const { reachBytes } = windowsPatterns(['é'.repeat(100)]);
    expect(reachBytes).toBeGreaterThan(encodeURIComponent('é'.repeat(100)).length);
  });

  it('are none for what is too short', () => {
    expect(windowsPatterns(['abc', '***']).patterns).toEqual([]);
  });
});
