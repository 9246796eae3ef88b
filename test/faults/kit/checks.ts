import { totalCount } from '#shared/model/status.ts';
import { rowsAsOnMap, rowsOnMap } from '#test/kit/map-rows.ts';
import type { Ledger } from './ledger.ts';
import type { Execution } from './node-notes.ts';

const keyOf = (node: string, operation: string, attempt: number): string => `${node} ${operation} a${attempt}`;

const executionKey = (one: Execution): string => keyOf(one.node, one.operation, one.attempt);

/** Node x operation x attempt x try that was executed more than once. */
const doubled = (executions: readonly Execution[]): readonly string[] =>
  [...Map.groupBy(executions, (one) => `${executionKey(one)} t${one.try}`)].flatMap(([key, all]) =>
    all.length > 1 ? [`${key} was executed ${all.length} times`] : [],
  );

/** How many executions a result of each status may have. */
const executionsOf: Readonly<Record<string, readonly number[]>> = {
  succeeded: [1],
  failed: [0, 1],
  timedOut: [1],
  skipped: [0],
  undeliverable: [0],
  lost: [0, 1],
  aborted: [0, 1],
};

/** What a result says against what the node did. */
const contradictions = (
  { results }: Ledger,
  executions: readonly Execution[],
  scripts: ReadonlySet<string>,
): readonly string[] => {
  const byKey = Map.groupBy(executions, executionKey);
  const ofNodes = results.filter((one) => scripts.has(one.operation));
  return ofNodes.flatMap(({ name, operation, attempt, status, exitCode }) => {
    const key = keyOf(name, operation, attempt);
    const tries = byKey.get(key) ?? [];
    const last = Math.max(...tries.map((one) => one.try));
    const mine = tries.filter((one) => one.try === last);
    const wrongCount = (executionsOf[status] ?? []).includes(mine.length)
      ? []
      : [`${key} is ${status} and was executed ${mine.length} times`];
    const ended = mine.find((one) => one.exitCode !== undefined);
    const wrongCode =
      ended && exitCode !== null && ended.exitCode !== exitCode && status !== 'aborted'
        ? [`${key} exited with ${ended.exitCode}, its result says ${exitCode}`]
        : [];
    const unfinished = status === 'succeeded' && !ended ? [`${key} succeeded without having come to its end`] : [];
    return [...wrongCount, ...wrongCode, ...unfinished];
  });
};

/** Executions that no result tells of. */
const untold = ({ results }: Ledger, executions: readonly Execution[]): readonly string[] => {
  const told = new Set(results.map((one) => keyOf(one.name, one.operation, one.attempt)));
  return executions.flatMap((one) => (told.has(executionKey(one)) ? [] : [`${executionKey(one)} has no result`]));
};

/** Counts of phases against the rows of their nodes. */
const miscounted = ({ view, rows }: Ledger): readonly string[] =>
  view.groups.flatMap((group) =>
    group.phases.flatMap((phase) => {
      const mine = rows.filter((row) => row.group === group.name && row.phase === phase.name);
      // A phase that has not begun counts nobody.
      if (totalCount(phase.counts) === 0) return [];
      const counted = [...Map.groupBy(mine, (row) => row.status)].map(([status, all]) => `${status} ${all.length}`);
      const said = Object.entries(phase.counts).map(([status, count]) => `${status} ${count}`);
      const [one, other] = [counted.sort().join(', '), said.sort().join(', ')];
      // Rows of rounds that were not reached are pending, and are not counted.
      const reached = one.replace(/(?:, )?pending \d+/, '');
      return one === other || reached === other.replace(/(?:, )?pending \d+/, '')
        ? []
        : [`Phase ${group.name}/${phase.name} counts ${other}, its nodes are ${one}`];
    }),
  );

/** The map of the run against the rows of its nodes. */
const misdrawn = ({ map, rows }: Ledger): readonly string[] => {
  const [drawn, listed] = [rowsOnMap(map), rowsAsOnMap(map, rows)];
  const [onMap, inList] = [new Set(drawn), new Set(listed)];
  return [
    ...drawn.filter((line) => !inList.has(line)).map((line) => `The map says ${line}, the list does not`),
    ...listed.filter((line) => !onMap.has(line)).map((line) => `The list says ${line}, the map does not`),
  ];
};

/** Slices of a run that is over and were never closed. */
const leftOpen = ({ view }: Ledger): readonly string[] =>
  view.groups.flatMap((group) =>
    group.phases.flatMap((phase) =>
      phase.slices
        .filter((slice) => slice.closedAt === undefined && slice.nodeCount > 0)
        .map(
          (slice) =>
            `A slice of ${group.name}/${phase.name} (round ${slice.round}, attempt ${slice.attempt}) is still open`,
        ),
    ),
  );

/** Group, round and phase of an execution as numbers that grow with the order in which they have to happen. */
const stageOf = ({ view, results }: Ledger, execution: Execution): number | undefined => {
  const { node, operation, attempt } = execution;
  const result = results.find((one) => keyOf(one.name, one.operation, one.attempt) === keyOf(node, operation, attempt));
  const group = view.groups.findIndex((one) => one.phases.some((phase) => phase.operations.includes(operation)));
  const phases = view.groups[group]?.phases ?? [];
  const isGray = view.groups[group]?.strategy === 'grayScale';
  const phase = isGray ? phases.findIndex((one) => one.operations.includes(operation)) : 0;
  return result === undefined ? undefined : (group * 1000 + result.round) * 1000 + phase;
};

/** Executions of a stage that began before those of an earlier one had ended. */
const outOfOrder = (ledger: Ledger, executions: readonly Execution[]): readonly string[] => {
  const placed = executions.map((execution) => ({ execution, stage: stageOf(ledger, execution) }));
  return placed.flatMap(({ execution, stage }) => {
    const earlier = placed.find(
      (other) =>
        stage !== undefined &&
        other.stage !== undefined &&
        other.execution.attempt === execution.attempt &&
        other.stage < stage &&
        (other.execution.endedAt ?? 0) > execution.startedAt,
    );
    return earlier
      ? [
          `${executionKey(execution)} began before ${executionKey(earlier.execution)} had ended, which is of an earlier stage`,
        ]
      : [];
  });
};

/** What must hold of any run that is over, whatever went wrong in it. `scripts`: operations that nodes run; the others Drover does itself. */
export const violations = (
  ledger: Ledger,
  executions: readonly Execution[],
  scripts: ReadonlySet<string>,
): readonly string[] => [
  ...doubled(executions),
  ...contradictions(ledger, executions, scripts),
  ...untold(ledger, executions),
  ...miscounted(ledger),
  ...misdrawn(ledger),
  ...leftOpen(ledger),
  ...outOfOrder(ledger, executions),
];
