import type { SliceKey } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';

/** Names one try of one operation in one stage of an attempt of a run: what a node runs at most once. A runner runs some in every round. */
export const fenceOf = ({
  run,
  key,
  operationId,
  tryNumber,
}: {
  readonly run: Pick<RunRecord, 'runId'>;
  readonly key: Pick<SliceKey, 'attempt' | 'stageIndex'>;
  readonly operationId: string;
  readonly tryNumber: number;
}): string => `${run.runId}.${operationId}.a${key.attempt}.s${key.stageIndex}.t${tryNumber}`;
