import { encodeBase64 } from './base64.ts';

/** Printable ASCII. */
const plain = /^[ -~]*$/;

/** Printable ASCII in lines, tabs too. */
const lines = /^[\t\n -~]*$/;

/** In single quotes, where only a quote means anything. Two braces never stand together, because agents replace `{{name}}`. */
const quoted = (text: string): string => {
  const pieces = text
    .replaceAll("'", "''")
    .split(/(?<=\{)(?=\{)/)
    .map((piece) => `'${piece}'`);
  return pieces.length === 1 ? (pieces[0] ?? "''") : `(${pieces.join('+')})`;
};

/**
 * Text as one argument or operand of PowerShell, without any expansion, in ASCII whatever it holds: Cloud Assistant's agent turns a script
 * into the local code page, writes it without a byte order mark and ends its lines with CRLF; a single quote is not the only character that
 * PowerShell takes for one. `dl` and `dt` (ps-arrival.ts) give lines and everything else back.
 */
export const psLiteral = (text: string): string => {
  if (plain.test(text)) return quoted(text);
  if (lines.test(text)) return `(dl ${quoted(text)})`;
  return `(dt '${encodeBase64(new TextEncoder().encode(text))}')`;
};
