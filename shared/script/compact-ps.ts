const digits = '0123456789abcdefghijklmnopqrstuvwxyz';

/** The n-th short name: `z0` to `zz`, then two characters; PowerShell makes no difference between capitals and small letters. */
const shortName = (index: number): string => {
  const last = digits.charAt(index % digits.length);
  return index < digits.length ? `z${last}` : `z${digits.charAt(Math.floor(index / digits.length) - 1)}${last}`;
};

/**
 * PowerShell source as it is shipped: without comment lines and indentation, and with every `zName` shortened to `z` and one or two letters
 * or digits. Only for the wrapper's own text, in which no string spans lines with leading blanks and no such name stands for anything else.
 */
export const compactPs = (source: string): string => {
  const short = new Map<string, string>();
  return source
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n')
    .replaceAll(/(?<![A-Za-z0-9_])z[A-Z][A-Za-z]*/g, (name) => {
      const known = short.get(name) ?? shortName(short.size);
      short.set(name, known);
      return known;
    });
};
