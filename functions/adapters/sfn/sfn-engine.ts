import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { callService, type OwnService } from '#functions/adapters/aws/service-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Engine, ExecutionState } from '#shared/ports/services.ts';

/** What the engine needs. */
export interface SfnEngineOptions {
  readonly client: SFNClient;
  /** ARN of the run machine. */
  readonly stateMachineArn: string;
}

const service: OwnService = { name: 'Step Functions', unavailable: 'engine.unavailable' };

/** Name of the execution of an attempt. Step Functions starts a name once in 90 days (StartExecution API reference). */
export const executionName = (runId: RunId, attempt: number): string => `${runId}-${attempt}`;

const start = async ({ client, stateMachineArn }: SfnEngineOptions, runId: RunId, attempt: number): Promise<void> => {
  const input = JSON.stringify({ runId, attempt });
  try {
    await client.send(new StartExecutionCommand({ stateMachineArn, name: executionName(runId, attempt), input }));
  } catch (error) {
    // The name says which attempt of which run it is, and the input says no more: it is the same execution.
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
  }
};

const look = async (
  { client, stateMachineArn }: SfnEngineOptions,
  runId: RunId,
  attempt: number,
): Promise<ExecutionState> => {
  const executions = stateMachineArn.replace(':stateMachine:', ':execution:');
  const executionArn = `${executions}:${executionName(runId, attempt)}`;
  try {
    const { status = '', error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return { state: 'running' };
    if (status === 'SUCCEEDED') return { state: 'ended', error: { Error: '' } };
    return { state: 'ended', error: { Error: error ?? `States.${status}`, Cause: cause ?? endings.get(status) } };
  } catch (failure) {
    if (failure instanceof ExecutionDoesNotExist) return { state: 'absent' };
    throw failure;
  }
};

/** What the ends of an execution mean that have no cause of their own. */
const endings: ReadonlyMap<string, string> = new Map([
  ['ABORTED', 'The execution of the state machine was stopped by hand.'],
  ['TIMED_OUT', 'The execution of the state machine took too long.'],
]);

/** A token ends with its task: by an answer, by the timeout, by a retry or redrive that made a new one. */
const isGone = (error: unknown): boolean =>
  error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;

const complete = async (client: SFNClient, token: string): Promise<boolean> => {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
};

/**
 * The part of the engine that completes tokens, for functions that start nothing. It knows no machine, as a token names its execution.
 * Throws AppError as {@link createSfnEngine} does.
 */
export const createSfnCompleter = (client: SFNClient): Pick<Engine, 'complete'> => ({
  complete: (token) => callService(service, complete(client, token)),
});

/**
 * Step Functions as the engine.
 * All methods throw AppError: `engine.unavailable` (throttled, no network, too many executions), `config.invalid` (no such machine, no right).
 */
export const createSfnEngine = (options: SfnEngineOptions): Engine => ({
  ...createSfnCompleter(options.client),
  start: (runId, attempt) => callService(service, start(options, runId, attempt)),
  look: (runId, attempt) => callService(service, look(options, runId, attempt)),
});
