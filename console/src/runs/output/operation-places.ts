import type { NodeRow, RunView } from '#shared/contract/run-views.ts';

/** An operation of a phase of a group. */
export interface OperationPlace {
  readonly group: string;
  readonly phase: string;
  readonly operation: string;
}

/** `group/phase/operation`, as the command line has it. */
export const placeName = ({ group, phase, operation }: OperationPlace): string => `${group}/${phase}/${operation}`;

/** All operations of a run in the order of its plan. */
export const operationPlaces = ({ groups }: Pick<RunView, 'groups'>): readonly OperationPlace[] =>
  groups.flatMap(({ name: group, phases }) =>
    phases.flatMap(({ name: phase, operations }) => operations.map((operation) => ({ group, phase, operation }))),
  );

/** A node that failed, and at which operation. */
export type Failure = Pick<NodeRow, 'group' | 'phase' | 'operation'>;

/** The operation whose output is looked at first: the one at which a node failed, else the last one of the last phase that began. */
export const firstToLookAt = (
  { groups }: Pick<RunView, 'groups'>,
  failure: Failure | null | undefined,
): OperationPlace | undefined => {
  const failed = operationPlaces({ groups }).find(
    ({ group, phase, operation }) =>
      group === failure?.group && phase === failure.phase && operation === failure.operation,
  );
  if (failed !== undefined) return failed;
  const phases = groups.flatMap(({ name, phases: its }) => its.map((phase) => ({ group: name, phase })));
  const found = phases.findLast(({ phase }) => phase.slices.length > 0) ?? phases[0];
  const operation = found?.phase.operations.at(-1);
  return found === undefined || operation === undefined
    ? undefined
    : { group: found.group, phase: found.phase.name, operation };
};
