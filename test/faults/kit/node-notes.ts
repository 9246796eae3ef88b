import { existsSync, readFileSync } from 'node:fs';

/** One execution of an operation, as the script itself wrote it down on its node. */
export interface Execution {
  readonly operation: string;
  readonly node: string;
  readonly attempt: number;
  /** Try of the operation in this attempt, from 0. */
  readonly try: number;
  /** Place among all starts and ends. */
  readonly startedAt: number;
  /** Undefined for one that never came to its end. */
  readonly endedAt: number | undefined;
  readonly exitCode: number | undefined;
}

/** Where the nodes of one run of a job write. */
export interface Notebook {
  /** File that every script appends to. */
  readonly file: string;
  /** A file that a script may wait for, by name. */
  readonly gate: (name: string) => string;
}

/**
 * An operation that writes down its start and end. `body` runs in between and gives the exit code. Appending one short line is atomic, so
 * the lines of all nodes are in the order of time.
 */
export const noted = (
  { file }: Pick<Notebook, 'file'>,
  id: string,
  { body = 'true', ...more }: Readonly<Record<string, unknown>> & { readonly body?: string } = {},
) => ({
  id,
  run: [
    // The try is in the name of the outputs' file; nothing else tells it to a script.
    'TRY=${DROVER_OUTPUT##*_2Et}; TRY=${TRY%%[!0-9]*}',
    `echo "s ${id} $NODE $ATTEMPT $TRY $$" >> "$NOTES"`,
    `( ${body} )`,
    'status=$?',
    `echo "e ${id} $NODE $ATTEMPT $TRY $$ $status" >> "$NOTES"`,
    'exit $status',
  ].join('\n'),
  env: { NODE: '${{ node.name }}', ATTEMPT: '${{ run.attempt }}', NOTES: file },
  ...more,
});

/** Waits on the node until a gate is open. */
export const waitFor = (gate: string): string => `until [ -e '${gate}' ]; do sleep 0.05; done`;

/** What was executed, in the order of the starts. */
export const readNotes = ({ file }: Pick<Notebook, 'file'>): readonly Execution[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.split(' '));
  const isEndOf = (start: readonly string[], line: readonly string[]) =>
    line[0] === 'e' && [1, 2, 3, 4, 5].every((column) => line[column] === start[column]);
  return lines.flatMap((start, startedAt): Execution[] => {
    const [kind, operation = '', node = '', attempt, tryNumber] = start;
    if (kind !== 's') return [];
    const end = lines.findIndex((line, index) => index > startedAt && isEndOf(start, line));
    const ended = end < 0 ? undefined : end;
    const exitCode = ended === undefined ? undefined : Number(lines[ended]?.[6]);
    return [{ operation, node, attempt: Number(attempt), try: Number(tryNumber), startedAt, endedAt: ended, exitCode }];
  });
};
