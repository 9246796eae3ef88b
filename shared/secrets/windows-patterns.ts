import { type Base64Form, type Bytes, base64Form, toBytes } from './base64-form.ts';
import { leastMaskedBytes, maskedForms } from './masked-forms.ts';

/**
 * What a Windows node looks for, as three parts of a regular expression over text in which a character is a byte; .NET and JavaScript read
 * them alike. The core is what is certainly the secret's, and begins with a plain character, so that looking for it alone is fast; where it
 * is found, it is replaced together with what may stand before and after it: a character of base64 that holds bits of a neighbour too.
 */
export interface MaskingPattern {
  readonly before: string;
  readonly core: string;
  readonly after: string;
}

/** Bytes of UTF-16, least first, which is what PowerShell writes into files and encodes. */
const toUtf16 = (text: string): Bytes =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
    .map((unit) => String.fromCharCode(unit % 256, Math.floor(unit / 256)))
    .join('');

const hex = (byte: number): string => byte.toString(16).padStart(2, '0');

const literal = (character: string): string =>
  /[A-Za-z0-9]/.test(character) ? character : `\\x${hex(character.charCodeAt(0))}`;

const percent = (character: string): string =>
  `%${hex(character.charCodeAt(0)).replaceAll(/[a-f]/g, (digit) => `[${digit.toUpperCase()}${digit}]`)}`;

const plainPattern = (bytes: Bytes): MaskingPattern => ({
  core: Array.from(bytes, (one) => `(?:${literal(one)}|${percent(one)})`).join(''),
  before: '',
  after: '',
});

const utf16Pattern = (bytes: Bytes): MaskingPattern => ({
  core: Array.from(bytes, literal).join(''),
  before: '',
  after: '',
});

/** Both alphabets, percent-encoded or not. */
const base64Characters: Readonly<Record<string, string>> = { '+': '(?:[+-]|%2[Bb])', '/': '(?:[/_]|%2[Ff])' };

const neighbour = '(?:[A-Za-z0-9+/_-]|%2[BbFf])';

const base64Pattern = ({ pattern, before, after }: Base64Form): MaskingPattern => ({
  core: Array.from(pattern, (one) => base64Characters[one] ?? one).join('\\s*'),
  before: before > 0 ? `(?:${neighbour}\\s*)?` : '',
  after: after > 0 ? `(?:\\s*${neighbour})?` : '',
});

const shifts = [0, 1, 2] as const;

/** On its node PowerShell writes these too: JSON in its own way, quotes doubled, XML. */
const powerShellForms = (form: string): readonly string[] => [
  form.replaceAll(/['<>&]/g, (one) => `\\u00${hex(one.charCodeAt(0))}`),
  form.replaceAll("'", "''"),
  form.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
];

/** The patterns for the values of secrets, in the order in which they are to be replaced, and how far the longest match may reach. */
export const windowsPatterns = (
  values: readonly string[],
): { readonly patterns: readonly MaskingPattern[]; readonly reachBytes: number } => {
  const texts = [...new Set(maskedForms(values).flatMap((form) => [form, ...powerShellForms(form)]))]
    .filter((text) => toBytes(text).length >= leastMaskedBytes && /[^*]/.test(text))
    .toSorted((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const utf8 = texts.map(toBytes);
  const utf16 = texts.map(toUtf16);
  return {
    patterns: [
      ...utf8.map(plainPattern),
      ...utf16.map(utf16Pattern),
      ...[...utf8, ...utf16].flatMap((bytes) => shifts.map((shift) => base64Pattern(base64Form(bytes, shift)))),
    ],
    reachBytes: 8 * Math.max(0, ...texts.map((text) => text.length)) + 200,
  };
};
