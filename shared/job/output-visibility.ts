import { type EnclosingBlock, isTurn, type OperationSite } from './job-outline.ts';

const roundRank = { every: 0, first: 0, middle: 1, last: 2 } as const;

const rankOf = ({ phase }: OperationSite): number => (phase.on === 'runner' ? roundRank[phase.round ?? 'first'] : 0);

const inOneGrayScaleGroup = (writer: OperationSite, reader: OperationSite): string | undefined => {
  if (writer.phaseIndex > reader.phaseIndex) return `phase '${writer.phase.name}' runs after '${reader.phase.name}'`;
  if (rankOf(writer) > rankOf(reader))
    return `phase '${writer.phase.name}' runs in the ${writer.phase.round} round, and '${reader.phase.name}' before that`;
  return undefined;
};

const orderProblem = (writer: OperationSite, reader: OperationSite): string | undefined => {
  if (writer.operation === reader.operation) return 'an operation cannot read its own outputs';
  if (writer.groupIndex !== reader.groupIndex)
    return writer.groupIndex < reader.groupIndex
      ? undefined
      : `group '${writer.group.name}' runs after '${reader.group.name}'`;
  if (writer.phaseIndex === reader.phaseIndex)
    return writer.operationIndex < reader.operationIndex
      ? undefined
      : `operation '${writer.operation.id}' runs after '${reader.operation.id}'`;
  if (reader.group.strategy === 'oneShot')
    return `the phases of a oneShot group run together; put '${writer.operation.id}' before it in the same phase, or in an earlier group`;
  return inOneGrayScaleGroup(writer, reader);
};

const isAround = ({ block, part }: EnclosingBlock, { blocks }: OperationSite): boolean =>
  blocks.some((one) => one.block === block && one.part === part);

const blockProblem = (writer: OperationSite, reader: OperationSite): string | undefined => {
  const loop = writer.blocks.find((one) => isTurn(one) && !isAround(one, reader));
  if (loop !== undefined)
    return `it has one value for each turn of forEach '${loop.block.id}', and is seen only inside it`;
  const other = writer.blocks.find(({ block, part }) =>
    reader.blocks.some((one) => one.block === block && one.part !== part),
  );
  return other === undefined ? undefined : `'${writer.operation.id}' is in the other branch of if '${other.block.id}'`;
};

const runsOnce = ({ phase }: OperationSite): boolean => phase.on === 'runner';

/** Why an operation does not come before another, or is not seen from its block; undefined when it is. */
export const whyNotBefore = (writer: OperationSite, reader: OperationSite): string | undefined =>
  orderProblem(writer, reader) ?? blockProblem(writer, reader);

/**
 * Why one operation cannot see the outputs of another; undefined when it can. Outputs of target and runnerPerTarget phases have one value
 * per node, seen by what runs later on or for that node; outputs of a runner phase are seen by everything later. Outputs of a turn of a
 * forEach are seen in that turn, those of a branch not in the other one.
 */
export const whyOutputIsHidden = (writer: OperationSite, reader: OperationSite): string | undefined => {
  const before = whyNotBefore(writer, reader);
  if (before !== undefined) return before;
  const samePhase = writer.groupIndex === reader.groupIndex && writer.phaseIndex === reader.phaseIndex;
  return !samePhase && runsOnce(reader) && !runsOnce(writer)
    ? `phase '${reader.phase.name}' runs once, and this output has one value for each node; gather them with an aggregate operation`
    : undefined;
};
