import type { Tally } from '#shared/model/failure-budget.ts';
import {
  type BatchId,
  formatBatchId,
  formatInvocationId,
  formatSliceId,
  type NodeId,
  nodeIdSchema,
  type RunId,
  runIdSchema,
  type SliceId,
  type SliceKey,
} from '#shared/model/ids.ts';
import type { Node } from '#shared/model/node.ts';
import { bareOutcome } from '#shared/model/outcome.ts';
import type {
  BatchProgress,
  BatchRecord,
  GroupRecord,
  InvocationRecord,
  ResultRecord,
  RunRecord,
  SliceRecord,
} from '#shared/model/run.ts';

/** A fixed instant that samples are made at. */
export const sampleTime = '2026-11-21T07:09:00.000Z';

let lastRun = 0;

/** A run id that no other sample has. Later ones sort after earlier ones. */
export const newRunId = (): RunId => {
  lastRun += 1;
  return runIdSchema.parse(`01${String(lastRun).padStart(24, '0')}`);
};

/** A node id. */
export const nodeId = (text: string): NodeId => nodeIdSchema.parse(text);

/** A slice id; what is not given is the first. */
export const sliceId = (key: Partial<SliceKey> = {}): SliceId =>
  formatSliceId({ attempt: 1, groupIndex: 0, stageIndex: 0, phaseIndex: 0, pass: 0, ...key });

/** A batch id of the first slice. */
export const batchId = (index = 0, slice: SliceId = sliceId()): BatchId => formatBatchId(slice, index);

/** A run with every required field. */
export const aRun = (change: Partial<RunRecord> = {}): RunRecord => ({
  runId: newRunId(),
  jobName: 'roll-shop',
  jobBlob: 'jobs/abc.json',
  jobDigest: 'abc',
  params: { version: '1.2.3' },
  actor: 'alice',
  status: 'queued',
  control: 'go',
  attempts: [{ attempt: 1, selection: { mode: 'all' }, status: 'queued', actor: 'alice', createdAt: sampleTime }],
  createdAt: sampleTime,
  version: 1,
  ...change,
});

/** A group of the first attempt. */
export const aGroup = (runId: RunId, change: Partial<GroupRecord> = {}): GroupRecord => ({
  runId,
  attempt: 1,
  groupIndex: 0,
  targetsBlob: 'targets/abc.json',
  nodeCount: 100,
  tallies: {},
  stopped: false,
  status: 'running',
  soakUntil: {},
  startedAt: sampleTime,
  ...change,
});

/** An open slice. */
export const aSlice = (runId: RunId, change: Partial<SliceRecord> = {}): SliceRecord => ({
  runId,
  sliceId: sliceId(),
  groupName: 'roll',
  phaseName: 'restart',
  round: 1,
  rounds: 4,
  nodeCount: 2,
  batchCount: 1,
  width: 1,
  status: 'running',
  counts: { pending: 2 },
  replaces: {},
  openedAt: sampleTime,
  ...change,
});

/** A Linux node on AWS. */
export const aNode = (id: string, tags: Readonly<Record<string, string>> = {}): Node => ({
  id: nodeId(id),
  name: id,
  type: 'host',
  host: '10.0.0.1',
  agent: 'aws',
  region: 'eu-central-1',
  instanceId: 'i-0123456789abcdef0',
  os: 'linux',
  tags: { ...tags },
});

/** A batch of the given nodes. */
export const aBatch = (
  runId: RunId,
  id: BatchId,
  nodes: readonly Node[] = [aNode('n1'), aNode('n2')],
): BatchRecord => ({
  runId,
  batchId: id,
  online: true,
  nodes: nodes.map((node) => ({
    node,
    via: { agent: node.agent, region: node.region, instanceId: node.instanceId, os: node.os },
    startAt: 0,
    tolerated: false,
  })),
});

/** The progress of a batch that nobody has started. */
export const aProgress = (runId: RunId, id: BatchId, change: Partial<BatchProgress> = {}): BatchProgress => ({
  runId,
  batchId: id,
  agent: 'aws',
  region: 'eu-central-1',
  nodeCount: 2,
  state: 'waiting',
  counts: { pending: 2 },
  operationIndex: 0,
  ...change,
});

/** An invocation that is about to be sent. */
export const anInvocation = (runId: RunId, change: Partial<InvocationRecord> = {}): InvocationRecord => {
  const { batchId: batch = batchId(), operationIndex = 0, tryNumber = 0 } = change;
  return {
    runId,
    batchId: batch,
    invocationId: formatInvocationId({ runId, batchId: batch, operationIndex, tryNumber }),
    operationIndex,
    operationId: 'start',
    tryNumber,
    status: 'sending',
    nodeIds: [nodeId('n1'), nodeId('n2')],
    createdAt: sampleTime,
    looks: 0,
    signalled: false,
    ...change,
  };
};

/** A success of one operation on one node. */
export const aResult = (runId: RunId, change: Partial<ResultRecord> = {}): ResultRecord => ({
  runId,
  batchId: batchId(),
  operationIndex: 0,
  operationId: 'start',
  nodeId: nodeId('n1'),
  tryNumber: 0,
  outcome: { ...bareOutcome('succeeded', null, 'Success'), exitCode: 0, stdout: 'started', stdoutBytes: 7 },
  recordedAt: sampleTime,
  ...change,
});

/** What a batch with so many failed nodes means for the budget of its group. */
export const tallyOf = (failed: number, ended = failed): readonly Tally[] => [
  { budget: 'group', part: '', failed, ended },
];
