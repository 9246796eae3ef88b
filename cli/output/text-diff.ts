import { safeText } from './safe-text.ts';
import type { Style } from './style.ts';

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
