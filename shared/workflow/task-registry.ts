import * as z from 'zod';
import { batchIdSchema, invocationIdSchema, runIdSchema, sliceIdSchema } from '../model/ids.ts';
import { phaseStatuses, runStatuses } from '../model/status.ts';

/** What a task takes, gives, and how long it may take on Lambda. */
export interface TaskSpec<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /** Name of the folder under `functions/`. */
  readonly folder: string;
  /** Placeholder in the state machine that infra replaces by the function's ARN; absent for tasks that no state calls. */
  readonly placeholder?: string;
  readonly input: I;
  readonly output: O;
  readonly timeoutSeconds: number;
  readonly memoryMiB: number;
}

const define = <I extends z.ZodType, O extends z.ZodType>(spec: TaskSpec<I, O>): TaskSpec<I, O> => spec;

const attempt = z.int().min(1);
const group = z.int().min(0);
const token = z.string().min(1).max(4096);
/** Seconds until the next look at an agent, or at what another run holds; at most six hours. */
const look = z.int().min(1).max(21_600);

/** Execution input of the state machine. */
export const executionInputSchema = z.strictObject({ runId: runIdSchema, attempt });

/**
 * Every task of the system: the single source of names, shapes and limits for the state machine, the handlers, infra and the local cloud.
 * Payloads carry ids only, never scripts, parameters, secrets or output.
 */
export const taskRegistry = {
  startRun: define({
    folder: 'start-run',
    placeholder: '${StartRunFunction}',
    input: z.strictObject({ runId: runIdSchema, attempt }),
    output: z.strictObject({ groups: z.array(group) }),
    timeoutSeconds: 30,
    memoryMiB: 512,
  }),
  nextStage: define({
    folder: 'next-stage',
    placeholder: '${NextStageFunction}',
    input: z.strictObject({ runId: runIdSchema, attempt, group }),
    output: z.strictObject({
      kind: z.enum(['run', 'wait', 'hold', 'soak', 'done', 'failed']),
      /** Slices of the stage to run; empty unless `run`. */
      slices: z.array(sliceIdSchema),
      /** End of the soak; the current time unless `soak`. */
      until: z.iso.datetime(),
      /** How long a hold lasts at most before it is looked at again; up to 30 days. */
      holdSeconds: z.int().min(1).max(2_592_000),
      /** Seconds until the next look at the run's turn; 1 unless `wait`. */
      look,
    }),
    timeoutSeconds: 120,
    memoryMiB: 1024,
  }),
  awaitTurn: define({
    folder: 'await-turn',
    placeholder: '${AwaitTurnFunction}',
    input: z.strictObject({ runId: runIdSchema, attempt, token }),
    output: z.strictObject({}),
    timeoutSeconds: 30,
    memoryMiB: 256,
  }),
  openPhase: define({
    folder: 'open-phase',
    placeholder: '${OpenPhaseFunction}',
    input: z.strictObject({ runId: runIdSchema, sliceId: sliceIdSchema }),
    output: z.strictObject({ batches: z.array(batchIdSchema), width: z.int().min(1) }),
    timeoutSeconds: 300,
    memoryMiB: 1024,
  }),
  invokeOperation: define({
    folder: 'invoke-operation',
    placeholder: '${InvokeOperationFunction}',
    input: z.strictObject({ runId: runIdSchema, batchId: batchIdSchema }),
    output: z.strictObject({
      state: z.enum(['open', 'wait', 'done']),
      /** The invocation to wait for; empty unless `open`. */
      invocationId: invocationIdSchema.or(z.literal('')),
      look,
    }),
    timeoutSeconds: 120,
    memoryMiB: 512,
  }),
  awaitPermit: define({
    folder: 'await-permit',
    placeholder: '${AwaitPermitFunction}',
    input: z.strictObject({ runId: runIdSchema, batchId: batchIdSchema, token }),
    output: z.strictObject({}),
    timeoutSeconds: 30,
    memoryMiB: 256,
  }),
  awaitAgent: define({
    folder: 'await-agent',
    placeholder: '${AwaitAgentFunction}',
    input: z.strictObject({ runId: runIdSchema, invocationId: invocationIdSchema, token }),
    output: z.strictObject({}),
    timeoutSeconds: 30,
    memoryMiB: 256,
  }),
  collectResults: define({
    folder: 'collect-results',
    placeholder: '${CollectResultsFunction}',
    input: z.strictObject({ runId: runIdSchema, batchId: batchIdSchema, invocationId: invocationIdSchema }),
    output: z.strictObject({
      state: z.enum(['open', 'next', 'done']),
      /** The invocation that was looked at, for the next look. */
      invocationId: invocationIdSchema,
      look,
    }),
    timeoutSeconds: 120,
    memoryMiB: 512,
  }),
  closePhase: define({
    folder: 'close-phase',
    placeholder: '${ClosePhaseFunction}',
    input: z.strictObject({ runId: runIdSchema, sliceId: sliceIdSchema }),
    output: z.strictObject({ status: z.enum(phaseStatuses) }),
    timeoutSeconds: 120,
    memoryMiB: 512,
  }),
  hold: define({
    folder: 'hold',
    placeholder: '${HoldFunction}',
    input: z.strictObject({ runId: runIdSchema, attempt, token }),
    output: z.strictObject({}),
    timeoutSeconds: 30,
    memoryMiB: 256,
  }),
  finishRun: define({
    folder: 'finish-run',
    placeholder: '${FinishRunFunction}',
    input: z.strictObject({
      runId: runIdSchema,
      attempt,
      /** What ended the groups early, as the state machine caught it; empty strings when nothing did. */
      error: z.object({ Error: z.string(), Cause: z.string().optional() }),
    }),
    output: z.strictObject({ status: z.enum(runStatuses) }),
    timeoutSeconds: 120,
    memoryMiB: 512,
  }),
  onAgentEvent: define({
    folder: 'on-agent-event',
    input: z.unknown(),
    output: z.strictObject({ woken: z.boolean() }),
    timeoutSeconds: 30,
    memoryMiB: 256,
  }),
  settleRun: define({
    folder: 'settle-run',
    /** Names the execution, `<run>-<attempt>`; what became of it the engine says. */
    input: z.object({ name: z.string() }).transform(({ name }, context) => {
      const [, runId, number] = /^(\w+)-(\d+)$/.exec(name) ?? [];
      const parsed = executionInputSchema.safeParse({ runId, attempt: Number(number) });
      if (parsed.success) return parsed.data;
      context.addIssue(`'${name}' is not the name of an execution`);
      return z.NEVER;
    }),
    output: z.strictObject({ care: z.enum(['live', 'over', 'started', 'settled', 'unknown']) }),
    timeoutSeconds: 120,
    memoryMiB: 512,
  }),
  sweepRuns: define({
    folder: 'sweep-runs',
    input: z.unknown(),
    output: z.strictObject({
      open: z.int().min(0),
      started: z.int().min(0),
      settled: z.int().min(0),
      failed: z.int().min(0),
    }),
    timeoutSeconds: 600,
    memoryMiB: 512,
  }),
} as const satisfies Record<string, TaskSpec>;

export type TaskName = keyof typeof taskRegistry;
export type TaskInput<N extends TaskName> = z.output<(typeof taskRegistry)[N]['input']>;
export type TaskOutput<N extends TaskName> = z.output<(typeof taskRegistry)[N]['output']>;
/** A task's behaviour, dependencies already given. */
export type TaskBehaviour<N extends TaskName> = (input: TaskInput<N>) => Promise<TaskOutput<N>>;
/** The behaviour of every task. */
export type TaskBehaviours = { readonly [N in TaskName]: TaskBehaviour<N> };
