/** A value as it was typed or written: the line end behind a single line is no part of it. Text of several lines stays as it is. */
export const withoutLineEnd = (text: string): string =>
  /^[^\r\n]*\r?\n$/.test(text) ? text.replace(/\r?\n$/, '') : text;
