import type { SliceKey } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';

/** Names one try of one operation in one attempt of a run: what a node runs at most once. */
export const fenceOf = ({
  run,
  key,
  operationId,
  tryNumber,
}: {
  readonly run: Pick<RunRecord, 'runId'>;
  readonly key: Pick<SliceKey, 'attempt'>;
  readonly operationId: string;
  readonly tryNumber: number;
}): string => `${run.runId}.${operationId}.a${key.attempt}.t${tryNumber}`;
