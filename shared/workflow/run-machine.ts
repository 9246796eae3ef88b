import type { ErrorCode } from '../errors/catalogue.ts';
import type { Catcher, Retrier, StateMachine, TaskState } from './asl.ts';
import { type TaskName, taskRegistry } from './task-registry.ts';

const code = (name: ErrorCode): ErrorCode => name;

/** Lambda's own passing troubles: 1+2+4+8+16 s, jittered, about half a minute in all. Every task is idempotent, so a repeat is safe. */
const transientLambda: Retrier = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.TooManyRequestsException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 1,
  MaxAttempts: 5,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

/** Troubles of what we depend on, after the adapters' own retries: 1+2+4+…+30 s, about two minutes in all. */
const transientDependency: Retrier = {
  ErrorEquals: [
    code('agent.unavailable'),
    code('inventory.unavailable'),
    code('store.unavailable'),
    code('store.conflict'),
    code('engine.unavailable'),
  ],
  IntervalSeconds: 1,
  MaxAttempts: 8,
  BackoffRate: 2,
  MaxDelaySeconds: 30,
  JitterStrategy: 'FULL',
};

/**
 * Calls whose turn under a shared rate limit comes later than a function can wait: about ten minutes in all, beside the time in which each try
 * waits in line itself.
 */
const throttled: Retrier = {
  ErrorEquals: [code('agent.throttled')],
  IntervalSeconds: 2,
  MaxAttempts: 20,
  BackoffRate: 2,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/** Everything that can end a task. `States.ALL` does not cover the payload limit, so that one is named. */
const anything = (next: string, resultPath: string | null = null): Catcher[] => [
  { ErrorEquals: ['States.DataLimitExceeded'], ResultPath: resultPath, Next: next },
  { ErrorEquals: ['States.ALL'], ResultPath: resultPath, Next: next },
];

const placeholderOf = (name: TaskName): string => {
  const spec: { readonly placeholder?: string } = taskRegistry[name];
  return spec.placeholder ?? '';
};

interface Call {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly next: { readonly Next: string } | { readonly End: true };
  readonly caught: readonly Catcher[];
}

/** A task that a Lambda function answers. Without `result` the input goes on unchanged. */
const call = (name: TaskName, { payload, result, next, caught }: Call): TaskState => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: placeholderOf(name), Payload: payload },
  ...(result === undefined ? { ResultPath: null } : { ResultSelector: result, ResultPath: '$.now' }),
  // Above the function's own limit, so that the function's error is seen rather than ours.
  TimeoutSeconds: taskRegistry[name].timeoutSeconds + 30,
  Retry: [transientLambda, transientDependency, throttled],
  Catch: caught,
  ...next,
});

/** A task that waits until its token is completed, or its time is over. The time out is the normal way on: the guarantee. */
const park = (
  name: TaskName,
  time: { TimeoutSecondsPath: string },
  { payload, next, caught }: Call & { readonly next: { readonly Next: string } },
): TaskState => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Parameters: { FunctionName: placeholderOf(name), Payload: { ...payload, 'token.$': '$$.Task.Token' } },
  ResultPath: null,
  ...time,
  Retry: [transientLambda, transientDependency, throttled],
  Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: null, Next: next.Next }, ...caught],
  ...next,
});

const run = { 'runId.$': '$.runId' };

/** One batch: operation after operation, each sent, awaited and collected. */
const batchMachine: StateMachine = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'Invoke Operation',
  States: {
    'Invoke Operation': call('invokeOperation', {
      payload: { ...run, 'batchId.$': '$.batchId' },
      result: { 'state.$': '$.Payload.state', 'invocationId.$': '$.Payload.invocationId', 'look.$': '$.Payload.look' },
      next: { Next: 'Sent?' },
      caught: anything('Batch Broken'),
    }),
    'Sent?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.now.state', StringEquals: 'open', Next: 'Await Agent' },
        { Variable: '$.now.state', StringEquals: 'wait', Next: 'Await Permit' },
      ],
      Default: 'Batch Done',
    },
    // Other runs have its nodes: it is woken when they leave, and looks by itself in time.
    'Await Permit': park(
      'awaitPermit',
      { TimeoutSecondsPath: '$.now.look' },
      {
        payload: { ...run, 'batchId.$': '$.batchId' },
        next: { Next: 'Invoke Operation' },
        caught: anything('Batch Broken'),
      },
    ),
    'Await Agent': park(
      'awaitAgent',
      { TimeoutSecondsPath: '$.now.look' },
      {
        payload: { ...run, 'invocationId.$': '$.now.invocationId' },
        next: { Next: 'Collect Results' },
        caught: anything('Batch Broken'),
      },
    ),
    'Collect Results': call('collectResults', {
      payload: { ...run, 'batchId.$': '$.batchId', 'invocationId.$': '$.now.invocationId' },
      result: { 'state.$': '$.Payload.state', 'invocationId.$': '$.Payload.invocationId', 'look.$': '$.Payload.look' },
      next: { Next: 'Settled?' },
      caught: anything('Batch Broken'),
    }),
    'Settled?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.now.state', StringEquals: 'open', Next: 'Await Agent' },
        { Variable: '$.now.state', StringEquals: 'next', Next: 'Invoke Operation' },
      ],
      Default: 'Batch Done',
    },
    'Batch Broken': {
      Type: 'Fail',
      Error: code('batch.broken'),
      Cause: 'A task of this batch ended with an error; Close Phase accounts for its nodes.',
    },
    // What a batch did is in the ledger; the Map's result is thrown away and must stay small.
    'Batch Done': { Type: 'Pass', Parameters: {}, End: true },
  },
};

/** One slice: its batches, several at once. */
const phaseMachine: StateMachine = {
  ProcessorConfig: { Mode: 'INLINE' },
  StartAt: 'Open Phase',
  States: {
    'Open Phase': call('openPhase', {
      payload: { ...run, 'sliceId.$': '$.sliceId' },
      result: { 'batches.$': '$.Payload.batches', 'width.$': '$.Payload.width' },
      next: { Next: 'For Each Batch' },
      caught: anything('Phase Broken', '$.error'),
    }),
    'For Each Batch': {
      Type: 'Map',
      Label: 'Batch',
      ItemsPath: '$.now.batches',
      MaxConcurrencyPath: '$.now.width',
      // A broken batch never ends its siblings.
      ToleratedFailurePercentage: 100,
      ItemSelector: { ...run, 'batchId.$': '$$.Map.Item.Value' },
      ItemProcessor: batchMachine,
      ResultPath: null,
      Catch: anything('Close Phase'),
      Next: 'Close Phase',
    },
    'Close Phase': call('closePhase', {
      payload: { ...run, 'sliceId.$': '$.sliceId' },
      next: { Next: 'Phase Done' },
      caught: anything('Phase Broken', '$.error'),
    }),
    'Phase Broken': { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
    'Phase Done': { Type: 'Pass', Parameters: { 'sliceId.$': '$.sliceId' }, End: true },
  },
};

/** One group: stage after stage, as Next Stage decides. */
const groupMachine: StateMachine = {
  ProcessorConfig: { Mode: 'INLINE' },
  StartAt: 'Next Stage',
  States: {
    'Next Stage': call('nextStage', {
      payload: { ...run, 'attempt.$': '$.attempt', 'group.$': '$.group' },
      result: {
        'kind.$': '$.Payload.kind',
        'slices.$': '$.Payload.slices',
        'until.$': '$.Payload.until',
        'hold.$': '$.Payload.holdSeconds',
        'look.$': '$.Payload.look',
      },
      next: { Next: 'What Next?' },
      caught: anything('Group Broken', '$.error'),
    }),
    'What Next?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.now.kind', StringEquals: 'run', Next: 'Phases Of Stage' },
        { Variable: '$.now.kind', StringEquals: 'wait', Next: 'Await Turn' },
        { Variable: '$.now.kind', StringEquals: 'hold', Next: 'Hold' },
        { Variable: '$.now.kind', StringEquals: 'soak', Next: 'Soak' },
        { Variable: '$.now.kind', StringEquals: 'failed', Next: 'Group Failed' },
      ],
      Default: 'Group Done',
    },
    'Phases Of Stage': {
      Type: 'Map',
      ItemsPath: '$.now.slices',
      // A oneShot group has at most 40 phases, and an inline Map runs at most 40 at once.
      MaxConcurrency: 40,
      ItemSelector: { ...run, 'sliceId.$': '$$.Map.Item.Value' },
      ItemProcessor: phaseMachine,
      ResultPath: null,
      Catch: anything('Group Broken', '$.error'),
      Next: 'Next Stage',
    },
    // Other runs go on under the same key: it is woken when its turn has come, and looks by itself in time.
    'Await Turn': park(
      'awaitTurn',
      { TimeoutSecondsPath: '$.now.look' },
      {
        payload: { ...run, 'attempt.$': '$.attempt' },
        next: { Next: 'Next Stage' },
        caught: anything('Group Broken', '$.error'),
      },
    ),
    // A hold ends by its token, or when what it waits for expires; after 30 days it is only parked anew.
    Hold: park(
      'hold',
      { TimeoutSecondsPath: '$.now.hold' },
      {
        payload: { ...run, 'attempt.$': '$.attempt' },
        next: { Next: 'Next Stage' },
        caught: anything('Group Broken', '$.error'),
      },
    ),
    Soak: { Type: 'Wait', TimestampPath: '$.now.until', Next: 'Next Stage' },
    'Group Failed': {
      Type: 'Fail',
      Error: code('group.failed'),
      Cause: 'The failure budget of the group is spent, or the run was aborted.',
    },
    'Group Broken': { Type: 'Fail', ErrorPath: '$.error.Error', CausePath: '$.error.Cause' },
    'Group Done': { Type: 'Pass', Parameters: { 'group.$': '$.group' }, End: true },
  },
};

/** The run machine: one document, deployed to Step Functions and interpreted by the local cloud. */
export const runMachine: StateMachine = {
  Comment: 'Drover run: groups one after another, stages as decided, batches of nodes at once',
  StartAt: 'Start Run',
  States: {
    'Start Run': {
      ...call('startRun', {
        payload: { ...run, 'attempt.$': '$.attempt' },
        next: { Next: 'For Each Group' },
        caught: anything('Finish Run', '$.error'),
      }),
      ResultSelector: { 'groups.$': '$.Payload.groups' },
      ResultPath: '$.now',
    },
    'For Each Group': {
      Type: 'Map',
      ItemsPath: '$.now.groups',
      MaxConcurrency: 1,
      ItemSelector: { ...run, 'attempt.$': '$.attempt', 'group.$': '$$.Map.Item.Value' },
      ItemProcessor: groupMachine,
      ResultPath: null,
      Catch: anything('Finish Run', '$.error'),
      Next: 'Nothing Wrong',
    },
    'Nothing Wrong': {
      Type: 'Pass',
      Parameters: { ...run, 'attempt.$': '$.attempt', error: { Error: '', Cause: '' } },
      Next: 'Finish Run',
    },
    'Finish Run': {
      ...call('finishRun', {
        payload: { ...run, 'attempt.$': '$.attempt', 'error.$': '$.error' },
        next: { Next: 'Run Done' },
        caught: anything('Run Broken'),
      }),
      ResultSelector: { 'status.$': '$.Payload.status' },
      ResultPath: '$.now',
    },
    'Run Broken': { Type: 'Fail', Error: code('group.broken'), Cause: 'Finish Run ended with an error.' },
    'Run Done': { Type: 'Pass', Parameters: { ...run, 'status.$': '$.now.status' }, End: true },
  },
};
