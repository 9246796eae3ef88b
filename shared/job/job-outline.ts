import type { Group, Job, Operation, Phase } from '../model/job.ts';
import type { Path } from './finding.ts';

/** An operation and where in its job it is. */
export interface OperationSite {
  readonly operation: Operation;
  readonly group: Group;
  readonly phase: Phase;
  readonly groupIndex: number;
  readonly phaseIndex: number;
  readonly operationIndex: number;
  readonly path: Path;
}

/** Every operation of a job, in the order of the file. */
export const operationSites = (job: Job): readonly OperationSite[] =>
  job.spec.groups.flatMap((group, groupIndex) =>
    group.phases.flatMap((phase, phaseIndex) =>
      phase.operations.map((operation, operationIndex) => ({
        operation,
        group,
        phase,
        groupIndex,
        phaseIndex,
        operationIndex,
        path: ['spec', 'groups', groupIndex, 'phases', phaseIndex, 'operations', operationIndex],
      })),
    ),
  );
