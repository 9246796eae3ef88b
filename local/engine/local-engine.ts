import { randomUUID } from 'node:crypto';
import { StateMachine } from 'aws-local-stepfunctions';
import pLimit from 'p-limit';
import * as z from 'zod';
import { messageOf, toAppError } from '#shared/errors/app-error.ts';
import type { Engine, Log } from '#shared/ports/services.ts';
import { statesOf } from '#shared/workflow/asl.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import { runTask } from '#shared/workflow/run-task.ts';
import { type TaskBehaviours, type TaskName, type TaskSpec, taskRegistry } from '#shared/workflow/task-registry.ts';
import { type ExecutionInput, openExecutionJournal } from './execution-journal.ts';
import { localDocument } from './local-document.ts';
import { createParkedTokens, type ParkedTokens, realTimers, type Timers } from './parked-tokens.ts';

/**
 * Tasks under way at once, as a limit on concurrent Lambda functions would have it; the others queue. One process does not get faster by
 * having hundreds of batches half done, it only keeps what each of them has read. Tasks that wait for their token do not count.
 */
const tasksAtOnce = 16;

/** What the local engine needs. */
export interface LocalEngineOptions {
  /** Folder of its own, for the executions that are under way. */
  readonly dir: string;
  /** Hears of failed executions, and at level debug of every transition: `state.entered` with the state's name and type. */
  readonly log: Log;
  /** How waiting tasks see time pass; those of this machine when absent. */
  readonly timers?: Timers;
}

/** Step Functions on one machine. */
export interface LocalEngine extends Engine {
  /** Gives the tasks their behaviour, then takes up every execution that an earlier process left unfinished. */
  attach(tasks: TaskBehaviours): Promise<void>;
  /** Resolves when no execution is under way. */
  idle(): Promise<void>;
  /** Stops every execution where it stands; they are taken up again by the next engine on the same folder. */
  close(): Promise<void>;
}

/** What the interpreter calls for a Task state; what it returns has to be JSON. */
type Handler = (input: unknown) => Promise<Json>;
type Json = z.infer<ReturnType<typeof z.json>>;

const callSchema = z.object({
  FunctionName: z.string(),
  Payload: z.record(z.string(), z.unknown()),
  timeoutSeconds: z.number(),
});

/**
 * Interprets the deployed state machine and calls the same use cases. Executions survive the process by starting again from the beginning:
 * everything after Start Run is idempotent.
 */
export const createLocalEngine = async ({
  dir,
  log,
  timers = realTimers,
}: LocalEngineOptions): Promise<LocalEngine> => {
  const journal = await openExecutionJournal(dir);
  const tokens = createParkedTokens(timers);
  const machine = new StateMachine(JSON.parse(JSON.stringify(localDocument(runMachine))), {
    validationOptions: { noValidate: true },
  });
  const running = new Map<Promise<void>, () => void>();
  const failures = new Map<string, { readonly Error: string; readonly Cause: string }>();
  let handlers: Record<string, Handler> | undefined;
  let settle: (input: ExecutionInput) => Promise<void> = async () => undefined;
  let closed = false;

  const execute = (input: ExecutionInput): void => {
    const execution = machine.run(input, {
      overrides: { taskResourceLocalHandlers: guarded(handlers ?? {}, () => closed) },
    });
    void tellTransitions(execution.eventLogs, log, input.runId);
    const ended = execution.result
      .then(() => true)
      .catch((error: unknown) => {
        if (closed) return true;
        log.error('execution.failed', { runId: input.runId, attempt: input.attempt, reason: messageOf(error) });
        failures.set(nameOf(input), { Error: toAppError(error).code, Cause: messageOf(error) });
        return false;
      })
      .then(async (isWell) => {
        if (!closed) await journal.end(input);
        if (!isWell) await settle(input);
        running.delete(ended);
      });
    running.set(ended, () => execution.abort());
  };

  return {
    attach: async (tasks) => {
      handlers = handlersOf(tasks, tokens);
      settle = (input) => settling(tasks, input, log);
      for (const input of await journal.unfinished()) execute(input);
    },
    start: async (runId, attempt) => {
      if (await journal.begin({ runId, attempt })) execute({ runId, attempt });
    },
    look: async (runId, attempt) => {
      const found = await journal.find({ runId, attempt });
      if (found === undefined) return { state: 'absent' };
      const error = failures.get(nameOf({ runId, attempt })) ?? { Error: '' };
      return found === 'running' ? { state: 'running' } : { state: 'ended', error };
    },
    complete: async (token) => tokens.complete(token),
    idle: async () => {
      while (running.size > 0) await Promise.all(running.keys());
    },
    close: async () => {
      closed = true;
      for (const abort of running.values()) abort();
      tokens.close();
    },
  };
};

/** Name of an execution, as Step Functions gives it to the function that hears of its end. */
const nameOf = ({ runId, attempt }: ExecutionInput): string => `${runId}-${attempt}`;

/** What the event of a failed execution does in the cloud. */
const settling = async (tasks: TaskBehaviours, input: ExecutionInput, log: Log): Promise<void> => {
  try {
    await runTask(taskRegistry.settleRun, tasks.settleRun, { name: nameOf(input) });
  } catch (error) {
    log.error('run.not-settled', { ...input, reason: messageOf(error) });
  }
};

/**
 * Reads the interpreter's history of an execution to its end. Unread, all of it would stay in memory until then: the input of every state of
 * every batch.
 */
const tellTransitions = async (
  events: ReturnType<StateMachine['run']>['eventLogs'],
  log: Log,
  runId: string,
): Promise<void> => {
  for await (const event of events)
    if (event.type === 'StateEntered')
      log.debug('state.entered', { runId, state: event.state.name, type: event.state.type });
};

/** After a close, a task that an aborted execution still wants to begin never answers: the process is about to end. */
const guarded = (handlers: Record<string, Handler>, isClosed: () => boolean): Record<string, Handler> =>
  Object.fromEntries(
    Object.entries(handlers).map(([name, handler]): [string, Handler] => [
      name,
      (input) => (isClosed() ? new Promise<Json>(() => undefined) : handler(input)),
    ]),
  );

/** One handler per Task state: a function call, or a function call followed by the wait for its token. */
const handlersOf = (tasks: TaskBehaviours, tokens: ParkedTokens): Record<string, Handler> => {
  const limit = pLimit(tasksAtOnce);
  return Object.fromEntries(
    statesOf(runMachine).flatMap(([name, state]): [string, Handler][] => {
      if (state.Type !== 'Task') return [];
      const task = taskOf(state.Parameters.FunctionName);
      const answer = (payload: unknown) => limit(() => answerTask(tasks, task, payload));
      return [[name, state.Resource.endsWith('.waitForTaskToken') ? parking(answer, tokens) : calling(answer)]];
    }),
  );
};

const taskOf = (placeholder: string): TaskName => {
  for (const [name, spec] of Object.entries(taskRegistry) as [TaskName, TaskSpec][])
    if (spec.placeholder === placeholder) return name;
  throw toAppError(new Error(`No task has the placeholder ${placeholder}`));
};

const answerTask = async (tasks: TaskBehaviours, task: TaskName, payload: unknown): Promise<Json> =>
  z.json().parse(await runTask(taskRegistry[task], tasks[task], payload));

const calling =
  (answer: Handler): Handler =>
  async (input) => ({ Payload: await answer(callSchema.parse(input).Payload) });

const parking =
  (answer: Handler, tokens: ParkedTokens): Handler =>
  async (input) => {
    const { Payload, timeoutSeconds } = callSchema.parse(input);
    const token = randomUUID();
    const waiting = tokens.wait(token, timeoutSeconds);
    // The call itself may fail before anybody completes the token: then that is the task's error.
    waiting.catch(() => undefined);
    try {
      await answer({ ...Payload, token });
    } catch (error) {
      tokens.complete(token);
      throw error;
    }
    await waiting;
    return {};
  };
