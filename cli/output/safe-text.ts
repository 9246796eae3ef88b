// C0 and C1 controls and DEL, without tab and line feed: what could move the cursor or change the terminal.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
const colors = /\u001b\[[\d;]*m/g;

/** What a node printed, without what could steer the terminal of the reader; line breaks and tabs stay, colours go. */
export const safeText = (text: string): string =>
  text.replaceAll('\r\n', '\n').replaceAll(colors, '').replaceAll(controls, '');

/** The same on one line, at most `maxLength` characters. */
export const safeLine = (text: string, maxLength = Number.POSITIVE_INFINITY): string => {
  const line = safeText(text)
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ↵ ')
    .replaceAll('\t', ' ');
  return line.length <= maxLength ? line : `${line.slice(0, maxLength - 1)}…`;
};
