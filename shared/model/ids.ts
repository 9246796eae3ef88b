import * as z from 'zod';

/** A run: a ULID, so that runs sort by the time of their start. */
export const runIdSchema = z
  .string()
  .regex(/^[0-9A-HJKMNP-TV-Z]{26}$/, 'is not a run id (26 letters and digits)')
  .brand<'RunId'>();
export type RunId = z.infer<typeof runIdSchema>;

/** A node: an instance id, or a registered name. Printable, no blanks, at most 128 characters. */
export const nodeIdSchema = z
  .string()
  .regex(/^[^\s#]{1,128}$/u, 'is not a node id (1 to 128 characters, no blanks, no #)')
  .brand<'NodeId'>();
export type NodeId = z.infer<typeof nodeIdSchema>;

/** The runner pseudo-node of a runner phase is a real node of the inventory; its id is a node id. */

/** One phase on the nodes of one stage, in one attempt and pass: `a1-g0-s2-p1-x0`. */
export const sliceIdSchema = z
  .string()
  .regex(/^a\d+-g\d+-s\d+-p\d+-x\d+$/)
  .brand<'SliceId'>();
export type SliceId = z.infer<typeof sliceIdSchema>;

/** A batch of a slice: `<slice>-b0`. */
export const batchIdSchema = z
  .string()
  .regex(/^a\d+-g\d+-s\d+-p\d+-x\d+-b\d+$/)
  .brand<'BatchId'>();
export type BatchId = z.infer<typeof batchIdSchema>;

/** One sending of one operation to one batch: `<run>.<batch>.o<operation index>.t<try>`; at most 64 ASCII characters for real plans, so that it fits Aliyun's ClientToken. */
export const invocationIdSchema = z
  .string()
  .regex(/^[0-9A-Z]{26}\.a\d+-g\d+-s\d+-p\d+-x\d+-b\d+\.o\d+\.t\d+$/)
  .brand<'InvocationId'>();
export type InvocationId = z.infer<typeof invocationIdSchema>;

/** One try of one operation on one node: `<batch>.o<operation index>.t<try>.<node>`. */
export const resultIdSchema = z
  .string()
  .regex(/^a\d+-g\d+-s\d+-p\d+-x\d+-b\d+\.o\d{1,6}\.t\d{1,6}\.[^\s#]{1,128}$/u, 'is not the id of a result')
  .brand<'ResultId'>();
export type ResultId = z.infer<typeof resultIdSchema>;

/** The parts of a result id. */
export interface ResultPlace {
  readonly batchId: BatchId;
  readonly operationIndex: number;
  readonly tryNumber: number;
  readonly nodeId: NodeId;
}

/** Builds the id of a result. */
export const formatResultId = ({ batchId, operationIndex, tryNumber, nodeId }: ResultPlace): ResultId =>
  resultIdSchema.parse(`${batchId}.o${operationIndex}.t${tryNumber}.${nodeId}`);

/** Takes a result id apart. */
export const parseResultId = (id: ResultId): ResultPlace => {
  const [batchId = '', operation = '', attempt = '', ...node] = id.split('.');
  return {
    batchId: batchIdSchema.parse(batchId),
    operationIndex: Number(operation.slice(1)),
    tryNumber: Number(attempt.slice(1)),
    nodeId: nodeIdSchema.parse(node.join('.')),
  };
};

/** The parts of a slice id. */
export interface SliceKey {
  /** Attempt of the run, from 1. */
  readonly attempt: number;
  readonly groupIndex: number;
  readonly stageIndex: number;
  readonly phaseIndex: number;
  /** How often this slice was opened again after a pause, from 0. */
  readonly pass: number;
}

/** Builds a slice id. */
export const formatSliceId = (key: SliceKey): SliceId =>
  sliceIdSchema.parse(`a${key.attempt}-g${key.groupIndex}-s${key.stageIndex}-p${key.phaseIndex}-x${key.pass}`);

/** Takes a slice id, or the slice part of a batch id, apart. */
export const parseSliceId = (id: SliceId | BatchId): SliceKey => {
  const [attempt = 0, groupIndex = 0, stageIndex = 0, phaseIndex = 0, pass = 0] = (id.match(/\d+/g) ?? []).map(Number);
  return { attempt, groupIndex, stageIndex, phaseIndex, pass };
};

/** Builds the id of the n-th batch (from 0) of a slice. */
export const formatBatchId = (sliceId: SliceId, index: number): BatchId => batchIdSchema.parse(`${sliceId}-b${index}`);

/** The slice that a batch belongs to. */
export const sliceOfBatch = (batchId: BatchId): SliceId =>
  sliceIdSchema.parse(batchId.slice(0, batchId.lastIndexOf('-b')));

/** Builds the id of an invocation. */
export const formatInvocationId = (key: {
  readonly runId: RunId;
  readonly batchId: BatchId;
  readonly operationIndex: number;
  readonly tryNumber: number;
}): InvocationId => invocationIdSchema.parse(`${key.runId}.${key.batchId}.o${key.operationIndex}.t${key.tryNumber}`);
