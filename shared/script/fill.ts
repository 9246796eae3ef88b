/** Puts `values` in for `@WORD@`, in one pass: what is put in is never looked at again. Words it does not know stay. */
export const fill = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replaceAll(/@([A-Z]+)@/g, (placeholder, word: string) => values[word] ?? placeholder);
