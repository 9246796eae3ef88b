/** A piece of a template text: text as it is, or the source between `${{` and `}}` with its place in the text. */
export type Piece =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'source'; readonly source: string; readonly offset: number }
  /** `${{` without its `}}`. */
  | { readonly kind: 'unclosed'; readonly offset: number };

const open = '${{';
const escapedOpen = '$${{';

/** Strings of CEL (triple quoted, plain; in raw ones a backslash keeps the quote after it too), and braces; anything else is skipped. */
const tokens =
  /"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\{|\}\}?/g;

/** Offset of the `}}` that closes the expression starting at `from`; braces of maps and braces in strings do not count. */
const findClose = (text: string, from: number): number | undefined => {
  let depth = 0;
  tokens.lastIndex = from;
  for (let token = tokens.exec(text); token !== null; token = tokens.exec(text)) {
    const [found] = token;
    if (found === '{') depth += 1;
    if (found === '}' || (found === '}}' && depth > 0)) {
      depth -= 1;
      tokens.lastIndex = token.index + 1;
    } else if (found === '}}') return token.index;
  }
  return undefined;
};

/** Splits a template into its pieces. `$${{` stands for the characters `${{`. */
export const scanTemplate = (text: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf(open, at);
    if (start < 0) return [...pieces, { kind: 'literal', text: text.slice(at) }];
    if (start > at && text.startsWith(escapedOpen, start - 1)) {
      pieces.push({ kind: 'literal', text: `${text.slice(at, start - 1)}${open}` });
      at = start + open.length;
      continue;
    }
    pieces.push({ kind: 'literal', text: text.slice(at, start) });
    const from = start + open.length;
    const end = findClose(text, from);
    if (end === undefined) return [...pieces, { kind: 'unclosed', offset: start }];
    pieces.push({ kind: 'source', source: text.slice(from, end), offset: from });
    at = end + 2;
  }
};
