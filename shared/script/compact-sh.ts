/** Characters that may follow `_` in the wrapper's own names. */
export const digits = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** The n-th short name: `_0` to `_Z`, then two characters. */
const shortName = (index: number): string => {
  const last = digits.charAt(index % digits.length);
  return index < digits.length ? `_${last}` : `_${digits.charAt(Math.floor(index / digits.length) - 1)}${last}`;
};

/**
 * Shell source as it is shipped: without comment lines and indentation, and with every `_name` shortened to `_` and one or two letters or digits.
 * Bytes matter: Alibaba Cloud Assistant takes 18,432 for wrapper, script and values together (RunCommand API reference).
 * Only for the wrapper's own text, in which no string spans lines with leading blanks and no such name stands for anything else.
 */
export const compactSh = (source: string): string => {
  const short = new Map<string, string>();
  return source
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && (!line.startsWith('#') || line.startsWith('#!')))
    .join('\n')
    .replaceAll(/(?<![A-Za-z0-9_])_[a-z]+(?![A-Za-z0-9_])/g, (name) => {
      const known = short.get(name) ?? shortName(short.size);
      short.set(name, known);
      return known;
    });
};
