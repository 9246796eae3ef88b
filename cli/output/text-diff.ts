import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { safeText } from './safe-text.ts';
import type { Style } from './style.ts';

/** A text, and what it is called. */
export interface NamedText {
  readonly label: string;
  readonly text: string;
}

/** The lines that differ between two texts, with three lines around each, as `diff -u` writes them; '' when they are equal. */
export const unifiedDiff = (before: NamedText, after: NamedText): string =>
  before.text === after.text
    ? ''
    : createTwoFilesPatch(before.label, after.label, before.text, after.text, undefined, undefined, {
        context: 3,
        headerOptions: FILE_HEADERS_ONLY,
      });

const paintLine = (line: string, style: Style): string => {
  if (line.startsWith('+++') || line.startsWith('---')) return style.bold(line);
  if (line.startsWith('@@')) return style.dim(line);
  if (line.startsWith('+')) return style.green(line);
  return line.startsWith('-') ? style.red(line) : line;
};

/** A diff for a person: added lines green, removed ones red. */
export const diffText = (diff: string, style: Style): string =>
  diff
    .split('\n')
    .map((line) => paintLine(safeText(line), style))
    .join('\n');
