const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A text of which every character is one byte. */
export type Bytes = string;

/** The UTF-8 of a text, a character a byte. */
export const toBytes = (text: string): Bytes =>
  Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');

/** What to look for in base64 text. A character at either end may hold bits of a neighbour too: it is no part of the pattern, and goes with it. */
export interface Base64Form {
  readonly pattern: string;
  readonly before: number;
  readonly after: number;
}

/** The base64 of bytes that stand `shift` bytes behind a multiple of three. */
export const base64Form = (bytes: Bytes, shift: number): Base64Form => {
  const encoded: string[] = [];
  let bits = (shift * 8) % 6;
  let held = 0;
  for (const character of bytes) {
    held = held * 256 + character.charCodeAt(0);
    for (bits += 8; bits >= 6; held %= 2 ** bits) {
      bits -= 6;
      encoded.push(alphabet.charAt(Math.floor(held / 2 ** bits)));
    }
  }
  const before = shift === 0 ? 0 : 1;
  return { pattern: encoded.slice(before).join(''), before, after: bits === 0 ? 0 : 1 };
};
