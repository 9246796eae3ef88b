import { randomUUID } from 'node:crypto';
import { StateMachine } from 'aws-local-stepfunctions';
import * as z from 'zod';
import { localDocument } from '#local/engine/local-document.ts';
import { createParkedTokens, realTimers } from '#local/engine/parked-tokens.ts';
import { type StateMachine as Definition, statesOf } from '#shared/workflow/asl.ts';
import { startWireServer, type WireAnswer, type WireRequest } from '#test/functions/adapters/aws/wire-server.ts';

/** Calls a function by its ARN. */
export type CallFunction = (arn: string, payload: unknown) => Promise<unknown>;

/** An execution and how it ends. */
export interface DeployedExecution {
  readonly name: string;
  readonly input: unknown;
  readonly ended: Promise<'SUCCEEDED' | 'FAILED'>;
}

/** Step Functions on the loopback, with one machine. */
export interface DeployedMachine {
  readonly endpoint: string;
  readonly executions: ReadonlyMap<string, DeployedExecution>;
  /** States entered so far, by name. */
  readonly transitions: Readonly<Record<string, number>>;
  stop(): Promise<void>;
}

const callSchema = z.object({
  FunctionName: z.string(),
  Payload: z.record(z.string(), z.unknown()),
  timeoutSeconds: z.number(),
});
const startSchema = z.object({ name: z.string(), input: z.string() });
const arnSchema = z.object({ executionArn: z.string() });
const tokenSchema = z.object({ taskToken: z.string() });

const ok = (body: unknown): WireAnswer => ({ status: 200, body: JSON.stringify(body) });
const refused = (type: string): WireAnswer => ({ status: 400, body: JSON.stringify({ __type: type, message: type }) });

/** Runs a definition whose function names are ARNs; `arn` is the machine's own. */
export const startMachine = async (
  definition: Definition,
  arn: string,
  callFunction: CallFunction,
): Promise<DeployedMachine> => {
  const tokens = createParkedTokens(realTimers);
  const executions = new Map<string, DeployedExecution>();
  const ends = new Map<string, 'SUCCEEDED' | 'FAILED'>();
  const transitions: Record<string, number> = {};
  const machine = new StateMachine(JSON.parse(JSON.stringify(localDocument(definition))), {
    validationOptions: { noValidate: true },
  });
  const json = async (value: unknown) => z.json().parse(value ?? null);
  const call = async (input: unknown) => {
    const { FunctionName, Payload } = callSchema.parse(input);
    return { Payload: await json(await callFunction(FunctionName, Payload)) };
  };
  const park = async (input: unknown) => {
    const { FunctionName, Payload, timeoutSeconds } = callSchema.parse(input);
    const token = randomUUID();
    const waiting = tokens.wait(token, timeoutSeconds);
    waiting.catch(() => undefined);
    await callFunction(FunctionName, { ...Payload, token });
    await waiting;
    return {};
  };
  const handlers = Object.fromEntries(
    statesOf(definition).flatMap(([name, state]) =>
      state.Type === 'Task' ? [[name, state.Resource.endsWith('.waitForTaskToken') ? park : call]] : [],
    ),
  );
  const aborts: (() => void)[] = [];
  const execute = (name: string, input: z.infer<ReturnType<typeof z.json>>): void => {
    const execution = machine.run(input, { overrides: { taskResourceLocalHandlers: handlers } });
    aborts.push(() => execution.abort());
    void (async () => {
      for await (const event of execution.eventLogs)
        if (event.type === 'StateEntered') transitions[event.state.name] = (transitions[event.state.name] ?? 0) + 1;
    })();
    const ended = execution.result
      .then(() => 'SUCCEEDED' as const)
      .catch(() => 'FAILED' as const)
      .then((status) => {
        ends.set(name, status);
        return status;
      });
    executions.set(name, { name, input, ended });
  };

  const start = ({ name, input }: z.infer<typeof startSchema>): WireAnswer => {
    const known = executions.get(name);
    if (known !== undefined && JSON.stringify(known.input) !== input) return refused('ExecutionAlreadyExists');
    if (known === undefined) execute(name, z.json().parse(JSON.parse(input)));
    return ok({ executionArn: `${arn.replace(':stateMachine:', ':execution:')}:${name}`, startDate: 0 });
  };
  const describe = ({ executionArn }: z.infer<typeof arnSchema>): WireAnswer => {
    const name = executionArn.split(':').at(-1) ?? '';
    const status = ends.get(name) ?? (executions.has(name) ? 'RUNNING' : undefined);
    return status === undefined ? refused('ExecutionDoesNotExist') : ok({ executionArn, name, status, startDate: 0 });
  };
  const answer = ({ target, body }: WireRequest): WireAnswer => {
    const input: unknown = JSON.parse(body.toString());
    if (target === 'AWSStepFunctions.StartExecution') return start(startSchema.parse(input));
    if (target === 'AWSStepFunctions.DescribeExecution') return describe(arnSchema.parse(input));
    if (target === 'AWSStepFunctions.SendTaskSuccess')
      return tokens.complete(tokenSchema.parse(input).taskToken) ? ok({}) : refused('TaskTimedOut');
    return refused('UnknownOperationException');
  };
  const server = await startWireServer(answer);
  return {
    endpoint: server.endpoint,
    executions,
    transitions,
    stop: async () => {
      for (const abort of aborts) abort();
      tokens.close();
      await server.stop();
    },
  };
};
