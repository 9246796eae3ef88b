import type { RunView } from '#shared/contract/run-views.ts';
import { failingCount } from '#shared/model/status.ts';

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

/** The operation whose output is looked at first: the last one of the first phase in which nodes failed, else of the last one that began. */
export const firstToLookAt = ({ groups }: Pick<RunView, 'groups'>): OperationPlace | undefined => {
  const phases = groups.flatMap(({ name, phases: its }) => its.map((phase) => ({ group: name, phase })));
  const failed = phases.find(({ phase }) => failingCount(phase.counts) > 0);
  const begun = phases.findLast(({ phase }) => phase.slices.length > 0);
  const found = failed ?? begun ?? phases[0];
  const operation = found?.phase.operations.at(-1);
  return found === undefined || operation === undefined
    ? undefined
    : { group: found.group, phase: found.phase.name, operation };
};
