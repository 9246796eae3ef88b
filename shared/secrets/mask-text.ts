import { type Base64Form, type Bytes, base64Form, toBytes } from './base64-form.ts';
import { leastMaskedBytes } from './masked-forms.ts';

/** What stands in place of a secret. */
export const stars = '******';

const toText = (bytes: Bytes): string =>
  new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));

/** How a text reads when some of its pieces stand for another character, or for none. */
interface Reading {
  readonly pieces: RegExp;
  readonly read: (piece: string) => string;
}

const characterOf = (percent: string): string => String.fromCharCode(Number.parseInt(percent.slice(1), 16));

const percentReading: Reading = { pieces: /%(?!00)[0-9A-Fa-f]{2}/g, read: characterOf };

const base64Characters: Readonly<Record<string, string>> = { '-': '+', _: '/' };

const base64Reading: Reading = {
  pieces: /%2[BbFf]|[-_ \t\r\n]/g,
  read: (piece) => (piece.length === 3 ? characterOf(piece) : (base64Characters[piece] ?? '')),
};

/** A text as it reads; `starts` and `ends` say where in the text each of its characters comes from. */
interface View {
  readonly text: Bytes;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

const viewOf = (bytes: Bytes, { pieces, read }: Reading): View => {
  const characters: string[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  for (const { 0: piece, 1: special, index } of bytes.matchAll(new RegExp(`(${pieces.source})|[^]`, 'g'))) {
    const character = special === undefined ? piece : read(piece);
    if (character === '') continue;
    characters.push(character);
    starts.push(index);
    ends.push(index + piece.length);
  }
  return { text: characters.join(''), starts, ends };
};

interface Hit {
  readonly from: number;
  readonly to: number;
}

const hitsIn = (view: View, { pattern, before, after }: Base64Form): readonly Hit[] => {
  const hits: Hit[] = [];
  for (let at = view.text.indexOf(pattern); at >= 0; at = view.text.indexOf(pattern, at + pattern.length)) {
    const last = Math.min(at + pattern.length - 1 + after, view.text.length - 1);
    hits.push({ from: view.starts[Math.max(at - before, 0)] ?? 0, to: view.ends[last] ?? 0 });
  }
  return hits;
};

const replaceHits = (bytes: Bytes, hits: readonly Hit[]): Bytes => {
  let masked = '';
  let done = 0;
  for (const { from, to } of hits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from >= done) masked += `${bytes.slice(done, from)}${stars}`;
    done = Math.max(done, to);
  }
  return masked + bytes.slice(done);
};

const maskReading = (bytes: Bytes, reading: Reading, forms: readonly Base64Form[]): Bytes => {
  // Where each character comes from is worked out only for the few texts that hold something.
  const text = bytes.replaceAll(reading.pieces, reading.read);
  if (!forms.some(({ pattern }) => text.includes(pattern))) return bytes;
  const view = viewOf(bytes, reading);
  return replaceHits(
    bytes,
    forms.flatMap((form) => hitsIn(view, form)),
  );
};

/**
 * Makes a function that replaces texts wherever they stand: as they are, percent-encoded in any mixture, and inside base64 text, at each of the
 * three positions that a byte can have in it, in both alphabets, broken into lines or not. Texts below four bytes stay.
 */
export const createMasker = (texts: readonly string[]): ((text: string) => string) => {
  const patterns = texts.map(toBytes).filter((bytes) => bytes.length >= leastMaskedBytes && /[^*]/.test(bytes));
  if (patterns.length === 0) return (text) => text;
  const plain = patterns.map((pattern) => ({ pattern, before: 0, after: 0 }));
  const encoded = patterns.flatMap((pattern) => [0, 1, 2].map((shift) => base64Form(pattern, shift)));
  return (text) => {
    const given = toBytes(text);
    let bytes = given.includes('%') ? maskReading(given, percentReading, plain) : given;
    for (const pattern of patterns) bytes = bytes.replaceAll(pattern, stars);
    bytes = maskReading(bytes, base64Reading, encoded);
    return bytes === given ? text : toText(bytes);
  };
};
