/** A piece of a value: plain text, or a reference as written in the old syntax. */
export type ReferencePart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reference'; readonly name: string; readonly written: string };

/** `${name}`, `${phase.opId.variable}` (no blanks at the ends: those were never resolved) and `$name`. */
const pattern = /\$\{([^\s${}](?:[^${}]*[^\s${}])?)\}|\$([\p{L}_][\p{L}\p{N}_]*)/gu;

/** Cuts a value at its references. */
export const referenceParts = (value: string): readonly ReferencePart[] => {
  const parts: ReferencePart[] = [];
  let end = 0;
  for (const match of value.matchAll(pattern)) {
    if (match.index > end) parts.push({ kind: 'text', text: value.slice(end, match.index) });
    parts.push({ kind: 'reference', name: match[1] ?? match[2] ?? '', written: match[0] });
    end = match.index + match[0].length;
  }
  if (end < value.length) parts.push({ kind: 'text', text: value.slice(end) });
  return parts;
};

/** A text that Drover must not read as a template. */
export const escapeTemplate = (text: string): string => text.split('${{').join('$${{');
