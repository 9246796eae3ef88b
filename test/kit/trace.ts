import { existsSync, readFileSync } from 'node:fs';

/** One execution of an operation on a node, as the node itself wrote it down. Times in milliseconds. */
export interface Execution {
  readonly operation: string;
  readonly node: string;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * A script that writes down its start and end in a file that all nodes share. `body` runs in between; its last status is the script's.
 * The file and the node come in as environment (`traced`).
 */
export const tracedScript = (operation: string, body = 'sleep 0.15'): string =>
  [
    `printf 's ${operation} %s %s\\n' "$NODE" "$(date +%s%N)" >> "$TRACE"`,
    `( ${body} )`,
    'status=$?',
    `printf 'e ${operation} %s %s\\n' "$NODE" "$(date +%s%N)" >> "$TRACE"`,
    'exit $status',
  ].join('\n');

/** An operation that traces itself. */
export const traced = (
  id: string,
  file: string,
  more: Readonly<Record<string, unknown>> & { readonly body?: string } = {},
) => {
  const { body, ...rest } = more;
  return { id, run: tracedScript(id, body), env: { NODE: '${{ node.name }}', TRACE: file }, ...rest };
};

/** Everything that was executed, in the order of its start. An execution that never ended ends at infinity. */
export const readTrace = (file: string): readonly Execution[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(' '));
  const ends = lines
    .filter(([kind]) => kind === 'e')
    .map(([, operation, node, ns]) => ({ operation, node, ms: Number(ns) / 1e6 }));
  return lines
    .filter(([kind]) => kind === 's')
    .map(([, operation = '', node = '', ns]) => {
      const startMs = Number(ns) / 1e6;
      const end = ends.find((one) => one.operation === operation && one.node === node && one.ms >= startMs);
      return { operation, node, startMs, endMs: end?.ms ?? Number.POSITIVE_INFINITY };
    })
    .sort((a, b) => a.startMs - b.startMs);
};

/** The most executions that were under way at one moment. */
export const mostAtOnce = (executions: readonly Execution[]): number =>
  Math.max(
    0,
    ...executions.map(
      ({ startMs }) => executions.filter((one) => one.startMs <= startMs && one.endMs > startMs).length,
    ),
  );

/** Nodes of an operation, in the order of their start. */
export const nodesOf = (executions: readonly Execution[], operation: string): readonly string[] =>
  executions.filter((one) => one.operation === operation).map((one) => one.node);

/** True when all of `before` had ended when the first of `after` started. */
export const happenedBefore = (before: readonly Execution[], after: readonly Execution[]): boolean =>
  Math.max(...before.map((one) => one.endMs)) <= Math.min(...after.map((one) => one.startMs));
