/** The part of Amazon States Language that Drover uses: JSONPath, and nothing that one of the two interpreters does not have. */
export interface StateMachine {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly ProcessorConfig?:
    | { readonly Mode: 'INLINE' }
    | { readonly Mode: 'DISTRIBUTED'; readonly ExecutionType: 'STANDARD' };
}

/** Where to go after an error, and where to put what is known of it. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly ResultPath: string | null;
  readonly Next: string;
}

/** When and how often to try a task again. */
export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds: number;
  readonly MaxAttempts: number;
  readonly BackoffRate: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL';
}

type Payload = Readonly<Record<string, unknown>>;
type Next = { readonly Next: string } | { readonly End: true };

/** A call of a Lambda function, or one that waits until its token is completed. */
export type TaskState = {
  readonly Type: 'Task';
  readonly Comment?: string;
  readonly Resource: 'arn:aws:states:::lambda:invoke' | 'arn:aws:states:::lambda:invoke.waitForTaskToken';
  readonly Parameters: { readonly FunctionName: string; readonly Payload: Payload };
  readonly ResultSelector?: Payload;
  readonly ResultPath?: string | null;
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Retry: readonly Retrier[];
  readonly Catch: readonly Catcher[];
} & Next;

/** The same states for each item of a list. */
export type MapState = {
  readonly Type: 'Map';
  readonly Comment?: string;
  readonly Label?: string;
  readonly ItemsPath: string;
  readonly ItemSelector: Payload;
  readonly ItemProcessor: StateMachine;
  readonly MaxConcurrency?: number;
  readonly MaxConcurrencyPath?: string;
  readonly ToleratedFailurePercentage?: number;
  readonly ResultPath: null;
  readonly Catch?: readonly Catcher[];
} & Next;

export type State =
  | TaskState
  | MapState
  | {
      readonly Type: 'Choice';
      readonly Choices: readonly { readonly Variable: string; readonly StringEquals: string; readonly Next: string }[];
      readonly Default: string;
    }
  | ({ readonly Type: 'Wait'; readonly TimestampPath: string } & Next)
  | ({ readonly Type: 'Pass'; readonly Parameters?: Payload } & Next)
  | { readonly Type: 'Fail'; readonly Error: string; readonly Cause: string }
  | { readonly Type: 'Fail'; readonly ErrorPath: string; readonly CausePath: string };

/** Every state of a machine with its name, nested ones included. */
export const statesOf = (machine: StateMachine): readonly (readonly [string, State])[] =>
  Object.entries(machine.States).flatMap(([name, state]): readonly (readonly [string, State])[] =>
    state.Type === 'Map' ? [[name, state], ...statesOf(state.ItemProcessor)] : [[name, state]],
  );
