import type { Group, Job, Operation, Phase } from '../model/job.ts';
import type { WrittenOperation } from '../model/operation.ts';
import type { Path } from './finding.ts';

/** A block that an operation stands in, and the part of it. */
export interface EnclosingBlock {
  readonly block: WrittenOperation;
  readonly part: 'operations' | 'else';
}

/** An operation and where in its job it is. */
export interface OperationSite {
  readonly operation: Operation;
  readonly group: Group;
  readonly phase: Phase;
  readonly groupIndex: number;
  readonly phaseIndex: number;
  /** Place among the operations of the phase in reading order, those inside blocks included. */
  readonly operationIndex: number;
  /** Blocks around it, outermost first. */
  readonly blocks: readonly EnclosingBlock[];
  readonly path: Path;
}

/** True inside the turns of a forEach. */
export const isTurn = ({ block }: EnclosingBlock): boolean => block.forEach !== undefined;

type Part = Pick<OperationSite, 'operation' | 'blocks' | 'path'>;

const blockParts = ['operations', 'else'] as const;

const partsOf = (operation: Operation, blocks: readonly EnclosingBlock[], path: Path): readonly Part[] => [
  { operation, blocks, path },
  ...blockParts.flatMap((part) =>
    (operation[part] ?? []).flatMap((inner, index) =>
      partsOf(inner, [...blocks, { block: operation, part }], [...path, part, index]),
    ),
  ),
];

/** Every operation of a job, in the order of the file; a block comes before what is in it. */
export const operationSites = (job: Job): readonly OperationSite[] =>
  job.spec.groups.flatMap((group, groupIndex) =>
    group.phases.flatMap((phase, phaseIndex) =>
      phase.operations
        .flatMap((operation, index) =>
          partsOf(operation, [], ['spec', 'groups', groupIndex, 'phases', phaseIndex, 'operations', index]),
        )
        .map((part, operationIndex) => ({ ...part, group, phase, groupIndex, phaseIndex, operationIndex })),
    ),
  );
