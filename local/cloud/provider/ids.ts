const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';
const HEX = '0123456789abcdef';

const letters = (random: () => number, alphabet: string, count: number): string =>
  Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)] ?? 'a').join('');

/** A random UUID (version 4), the form of SSM's command ids. */
export const uuid = (random: () => number): string => {
  const hex = letters(random, HEX, 30);
  const variant = letters(random, '89ab', 1);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-${variant}${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
};

/** An id in the form of Cloud Assistant: `c-hz…` for commands, `t-hz…` for invocations, `f-hz…` for files. */
export const assistantId = (kind: 'c' | 't' | 'f', random: () => number): string =>
  `${kind}-hz${letters(random, ALPHANUMERIC, 15)}`;
