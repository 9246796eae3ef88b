/** A line of a comparison. `hunk` says where the lines after it are. */
export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed' | 'hunk';
  readonly text: string;
}

/** Texts that have little in common are not compared line by line for longer than this. */
const patienceMs = 2000;

/** How one text differs from another, with three lines around each difference; undefined when they differ in too much to say. */
export const diffLines = async (before: string, after: string): Promise<readonly DiffLine[] | undefined> => {
  if (before === after) return [];
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, timeout: patienceMs });
  return patch?.hunks.flatMap(({ oldStart, newStart, lines }) => [
    { kind: 'hunk' as const, text: `from line ${oldStart} and ${newStart}` },
    ...lines.map(lineOf),
  ]);
};

const kinds: Readonly<Record<string, DiffLine['kind']>> = { '+': 'added', '-': 'removed', '\\': 'hunk' };

const lineOf = (line: string): DiffLine => ({ kind: kinds[line[0] ?? ''] ?? 'same', text: line.slice(1) });
