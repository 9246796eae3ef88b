import { applyCodes, plainLook, type TextLook } from './sgr.ts';

/** Text that looks the same. */
export interface Span {
  readonly text: string;
  readonly look: TextLook;
}

/** Longest sequence that is taken for one. What a node prints may begin one and never end it, and must not hide the rest. */
const mostLength = 512;

// ESC [ … letter (or the same by one character); a string to the terminal (titles, links, clipboard) up to BEL or ESC \; any other escape.
const csi = `(?:\\u001b\\[|\\u009b)[0-?]{0,${mostLength}}[ -/]{0,16}[@-~]`;
const strings = `(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d\\u009e\\u009f])[^\\u0007\\u001b\\u0080-\\u009f\\n]{0,${mostLength}}(?:\\u0007|\\u001b\\\\|\\u009c)`;
const other = '\\u001b[ -/]{0,16}[0-~]?';
const sequences = new RegExp(`${csi}|${strings}|${other}`, 'g');
const colors = /^(?:\u001b\[|\u009b)([\d;:]*)m$/;
// Controls that are left: all but tab and line feed.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
// What turns the direction of text round makes a line say what it does not.
const turns = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;

/** Text between sequences: lines that were written over one another stand below one another, no control is left, and what turns text round is named. */
const cleanText = (text: string): string =>
  text
    .replaceAll('\r', '\n')
    .replaceAll(controls, '')
    .replaceAll(turns, (sign) => `⟨U+${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);

/**
 * What a node printed as spans. Only colours, weights and lines of the text count (SGR); every other sequence is left out, and its text with it where
 * it has one for the terminal.
 */
export const readAnsi = (printed: string): readonly Span[] => {
  const text = printed.replaceAll('\r\n', '\n');
  const spans: Span[] = [];
  let look = plainLook;
  let from = 0;
  const add = (raw: string): void => {
    const clean = cleanText(raw);
    if (clean === '') return;
    const last = spans.at(-1);
    if (last !== undefined && last.look === look) spans[spans.length - 1] = { text: last.text + clean, look };
    else spans.push({ text: clean, look });
  };
  for (const found of text.matchAll(sequences)) {
    add(text.slice(from, found.index));
    from = found.index + found[0].length;
    const codes = colors.exec(found[0])?.[1];
    if (codes !== undefined) look = applyCodes(look, codes);
  }
  add(text.slice(from));
  return spans;
};

/** The text alone. */
export const plainText = (printed: string): string =>
  readAnsi(printed)
    .map(({ text }) => text)
    .join('');
