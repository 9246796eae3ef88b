import type { OutputStore } from '../provider/output-store.ts';
import type { EcsInvocation, EcsInvocationState, EcsResult } from './invocation.ts';
import { aggregateStatus, isOver, legacyStatus } from './status.ts';

/** How output and content are to be returned. */
export interface ViewOptions {
  readonly base64: boolean;
  readonly outputs: OutputStore;
}

/** UTC without fractions, the clouds' form: `2026-01-31T08:00:00Z`; empty when not known. */
export const utc = (atMs: number | undefined): string =>
  atMs === undefined ? '' : new Date(Math.floor(atMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');

const encode = (text: string, { base64 }: ViewOptions): string =>
  base64 ? Buffer.from(text).toString('base64') : text;

/** Output of a result: what was streamed while it runs, what the agent kept at its end, and the bytes that it dropped. */
const outputOf = (result: EcsResult, options: ViewOptions): { readonly Output: string; readonly Dropped: number } => {
  if (!isOver(result.status)) return { Output: encode(result.partial ?? '', options), Dropped: 0 };
  const { stdout, stdoutBytes } = options.outputs.get(result.output);
  return { Output: encode(stdout, options), Dropped: Math.max(0, stdoutBytes - Buffer.byteLength(stdout)) };
};

const stopTime = (result: EcsResult): string =>
  result.status === 'Terminated' || result.status === 'Cancelled' ? utc(result.endedAtMs) : '';

/** One row of DescribeInvocationResults. */
export const resultView = (invocation: EcsInvocation, result: EcsResult, options: ViewOptions) => ({
  InvokeId: invocation.invokeId,
  CommandId: invocation.command.commandId,
  InstanceId: result.instanceId,
  InvocationStatus: result.status,
  InvokeRecordStatus: legacyStatus(result.status),
  ...(result.exitCode === undefined ? {} : { ExitCode: result.exitCode }),
  ...outputOf(result, options),
  ErrorCode: result.errorCode,
  ErrorInfo: result.errorInfo,
  Repeats: isOver(result.status) ? 1 : 0,
  StartTime: utc(result.startedAtMs),
  FinishedTime: utc(result.endedAtMs),
  StopTime: stopTime(result),
  Username: invocation.username,
  TerminationMode: invocation.terminationMode,
  Launcher: '',
  ContainerId: '',
  ContainerName: '',
  Tags: { Tag: [] },
});

const instanceView = (invocation: EcsInvocation, result: EcsResult, options: ViewOptions, withOutput: boolean) => ({
  InstanceId: result.instanceId,
  InvocationStatus: result.status,
  InstanceInvokeStatus: legacyStatus(result.status),
  ...(result.exitCode === undefined ? {} : { ExitCode: result.exitCode }),
  ...(withOutput ? outputOf(result, options) : { Output: '', Dropped: 0 }),
  ErrorCode: result.errorCode,
  ErrorInfo: result.errorInfo,
  Repeats: isOver(result.status) ? 1 : 0,
  CreationTime: utc(invocation.createdAtMs),
  StartTime: utc(result.startedAtMs),
  FinishTime: utc(result.endedAtMs),
  StopTime: stopTime(result),
  UpdateTime: utc(result.endedAtMs ?? result.startedAtMs ?? invocation.createdAtMs),
  Timed: false,
});

/** One row of DescribeInvocations. */
export const invocationView = (state: EcsInvocationState, options: ViewOptions, withOutput: boolean) => {
  const { invocation, results } = state;
  const status = statusOf(state);
  return {
    InvokeId: invocation.invokeId,
    CommandId: invocation.command.commandId,
    CommandName: invocation.command.name,
    CommandType: invocation.command.type,
    CommandDescription: invocation.command.description,
    CommandContent: encode(invocation.command.content, options),
    Frequency: '',
    RepeatMode: 'Once',
    Timed: false,
    Timeout: invocation.timeoutSeconds,
    Parameters: invocation.parameters,
    Username: invocation.username,
    WorkingDir: invocation.workingDir,
    TerminationMode: invocation.terminationMode,
    Launcher: '',
    CreationTime: utc(invocation.createdAtMs),
    InvocationStatus: status,
    InvokeStatus: status === 'Pending' ? 'Running' : status === 'Success' ? 'Finished' : status,
    InvokeInstances: {
      InvokeInstance: [...results.values()].map((result) => instanceView(invocation, result, options, withOutput)),
    },
    Tags: { Tag: [] },
  };
};

/** The status of an invocation as a whole. */
export const statusOf = (state: EcsInvocationState): string =>
  aggregateStatus([...state.results.values()].map((result) => result.status));
