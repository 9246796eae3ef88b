import { SFNClient } from '@aws-sdk/client-sfn';
import { afterEach, describe, expect, it } from 'vitest';
import { createSfnEngine } from '#functions/adapters/sfn/sfn-engine.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import type { Engine } from '#shared/ports/services.ts';
import { executionInputSchema } from '#shared/workflow/task-registry.ts';
import {
  clientOf,
  startWireServer,
  type WireAnswer,
  type WireRequest,
  type WireServer,
} from '#test/functions/adapters/aws/wire-server.ts';

const runId = runIdSchema.parse('01JDQ8Z5T2N8V4K6M3W7X9Y0AB');
const stateMachineArn = 'arn:aws:states:us-east-1:111122223333:stateMachine:drover-run';
let server: WireServer;
let client: SFNClient;

const open = async (answer: (request: WireRequest, before: number) => WireAnswer): Promise<Engine> => {
  server = await startWireServer(answer);
  client = new SFNClient({ ...clientOf(server), retryMode: 'adaptive', maxAttempts: 2 });
  return createSfnEngine({ client, stateMachineArn });
};

afterEach(async () => {
  client.destroy();
  await server.stop();
});

const said = (body: unknown): WireAnswer => ({ status: 200, body: JSON.stringify(body) });
const refused = (type: string, status = 400): WireAnswer => ({
  status,
  body: JSON.stringify({ __type: `com.amazonaws.swf.service.v2.model#${type}`, message: 'said so' }),
});
const started = said({ executionArn: `${stateMachineArn}:x`, startDate: 1_795_000_000 });
const bodyOf = (request: WireRequest | undefined): Record<string, unknown> => JSON.parse(String(request?.body));

describe('starting an execution', () => {
  it('names it by run and attempt, so that a repeat is the same execution', async () => {
    const engine = await open(() => started);
    await engine.start(runId, 2);

    const [request] = server.requests;
    expect(request?.target).toBe('AWSStepFunctions.StartExecution');
    const { input, ...rest } = bodyOf(request);
    expect(rest).toEqual({ stateMachineArn, name: `${runId}-2` });
    expect(executionInputSchema.parse(JSON.parse(String(input)))).toEqual({ runId, attempt: 2 });
  });

  it('sends the same bytes every time: the service compares the input as text', async () => {
    const engine = await open(() => started);
    await engine.start(runId, 1);
    await engine.start(runId, 1);
    expect(server.requests.map(({ body }) => String(body))).toEqual(Array(2).fill(String(server.requests[0]?.body)));
  });

  it('is done when the execution exists already', async () => {
    const engine = await open(() => refused('ExecutionAlreadyExists'));
    await expect(engine.start(runId, 1)).resolves.toBeUndefined();
  });

  it('tries again when throttled', async () => {
    const engine = await open((_, before) => (before === 0 ? refused('ThrottlingException') : started));
    await engine.start(runId, 1);
    expect(server.requests).toHaveLength(2);
  });

  it.each(['ThrottlingException', 'ExecutionLimitExceeded'])('says engine.unavailable when %s stays', async (type) => {
    const engine = await open(() => refused(type));
    await expect(engine.start(runId, 1)).rejects.toMatchObject({ code: 'engine.unavailable', cause: { name: type } });
  });

  it('says engine.unavailable when nobody answers', async () => {
    const engine = await open(() => 'drop');
    await expect(engine.start(runId, 1)).rejects.toMatchObject({ code: 'engine.unavailable' });
  });

  it.each(['StateMachineDoesNotExist', 'AccessDeniedException'])('says config.invalid for %s', async (type) => {
    const engine = await open(() => refused(type));
    await expect(engine.start(runId, 1)).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(type),
    });
  });
});

describe('completing a parked task', () => {
  it('answers with an empty object', async () => {
    const engine = await open(() => said({}));
    expect(await engine.complete('AAAA')).toBe(true);
    expect(server.requests[0]?.target).toBe('AWSStepFunctions.SendTaskSuccess');
    expect(bodyOf(server.requests[0])).toEqual({ taskToken: 'AAAA', output: '{}' });
  });

  it.each(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'])(
    'is false for a token that is gone (%s)',
    async (type) => {
      const engine = await open(() => refused(type));
      expect(await engine.complete('AAAA')).toBe(false);
      expect(server.requests).toHaveLength(1);
    },
  );

  it('says engine.unavailable when the service fails', async () => {
    const engine = await open(() => refused('InternalFailure', 500));
    await expect(engine.complete('AAAA')).rejects.toMatchObject({ code: 'engine.unavailable' });
  });
});

describe('asking how an execution stands', () => {
  const described = (more: Readonly<Record<string, unknown>>) => () =>
    said({ executionArn: 'x', startDate: 1, ...more });

  it('asks by the name that it was started under', async () => {
    const engine = await open(described({ status: 'RUNNING' }));
    expect(await engine.look(runId, 2)).toEqual({ state: 'running' });
    expect(bodyOf(server.requests[0])).toEqual({
      executionArn: `arn:aws:states:us-east-1:111122223333:execution:drover-run:${runId}-2`,
    });
  });

  it.each([
    [{ status: 'PENDING_REDRIVE' }, { state: 'running' }],
    [{ status: 'SUCCEEDED' }, { state: 'ended', error: { Error: '' } }],
    [
      { status: 'FAILED', error: 'States.Runtime', cause: 'too long' },
      { state: 'ended', error: { Error: 'States.Runtime', Cause: 'too long' } },
    ],
    [
      { status: 'ABORTED' },
      { state: 'ended', error: { Error: 'States.ABORTED', Cause: expect.stringContaining('by hand') } },
    ],
    [
      { status: 'TIMED_OUT' },
      { state: 'ended', error: { Error: 'States.TIMED_OUT', Cause: expect.stringContaining('too long') } },
    ],
  ])('says what %j means', async (answer, expected) => {
    const engine = await open(described(answer));
    expect(await engine.look(runId, 1)).toEqual(expected);
  });

  it('knows when there is none', async () => {
    const engine = await open(() => refused('ExecutionDoesNotExist'));
    expect(await engine.look(runId, 1)).toEqual({ state: 'absent' });
  });

  it('is an error of its own when Step Functions does not answer', async () => {
    const engine = await open(() => refused('ThrottlingException'));
    await expect(engine.look(runId, 1)).rejects.toMatchObject({ code: 'engine.unavailable' });
  });
});
