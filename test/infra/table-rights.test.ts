import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createServices } from '#functions/runtime/services.ts';
import { createSystem } from '#functions/runtime/system.ts';
import { timedFire } from '#functions/timed-fire/timed-fire.ts';
import { taskNames } from '#infra/function-table.ts';
import { putScheduleRequestSchema } from '#shared/contract/schedule-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { type Dynalite, startDynalite } from '#test/kit/dynalite.ts';
import { anInvocation, aRun, sampleTime } from '#test/kit/store-samples.ts';
import { someNodes, startTestSystem, type TestSystem } from '#test/kit/system.ts';
import { actionsOf, type Statement, statementsByOwner } from './statements.ts';
import { synthesise } from './synth.ts';

/** Calls of the table by the function that made them; a call of an index is `Query gsi1`. */
const calls = new Map<string, Set<string>>();
const allowed = new Map<string, ReadonlySet<string>>();
let dynalite: Dynalite;
let system: TestSystem;

const clientOf = (owner: string): DynamoDBClient => {
  const made = new Set<string>();
  calls.set(owner, made);
  const client = new DynamoDBClient({
    endpoint: dynalite.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const index: unknown = JSON.parse(new TextDecoder().decode(body)).IndexName;
      const action = headers['x-amz-target']?.split('.')[1];
      made.add(typeof index === 'string' ? `${action} ${index}` : `${action}`);
      return next(args);
    },
    { step: 'finalizeRequest' },
  );
  return client;
};

const storeOf = (owner: string) =>
  createDynamoStore({ client: clientOf(owner), tableName: dynalite.tableName, now: () => Date.now() });

/** What the deployed policies allow a function on the table. */
const rightsOf = (statements: readonly Statement[]): ReadonlySet<string> =>
  new Set(
    statements.flatMap((statement) => {
      const index = JSON.stringify(statement.Resource).match(/\/index\/(\w+)/)?.[1];
      return actionsOf(statement).flatMap((action) => {
        if (!action.startsWith('dynamodb:')) return [];
        return [`${action.slice('dynamodb:'.length)}${index === undefined ? '' : ` ${index}`}`];
      });
    }),
  );

const ownerOf = (name: string): string => {
  if (name === 'timedFire') return 'SchedulesTimedFire';
  return name === 'api' ? 'ApiFunction' : `Tasks${name.charAt(0).toUpperCase()}${name.slice(1)}`;
};

const job = {
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'all-calls' },
  spec: {
    targets: { where: 'node.tags.role == "h"' },
    concurrency: {},
    exclusive: true,
    groups: [
      {
        name: 'first',
        strategy: 'grayScale',
        rounds: [1, '100%'],
        soak: '1s',
        maxFailures: '100%',
        phases: [
          {
            name: 'p',
            operations: [
              { id: 'a', run: 'echo v=1 >> "$DROVER_OUTPUT"; head -c 9000 /dev/zero | tr "\\0" x', outputs: { v: {} } },
              {
                id: 'b',
                run: '[ "$V" = 2 ]',
                env: { V: '${{ outputs.a.v }}' },
              },
            ],
          },
        ],
      },
      { name: 'second', phases: [{ name: 'q', operations: [{ id: 'c', run: 'true' }] }] },
    ],
  },
};

/** Uses every service of the library once. */
const useLibrary = async (services: ReturnType<typeof createServices>): Promise<void> => {
  const writer = { actor: 'test' };
  const command = { apiVersion: 'drover/v1', kind: 'Command', metadata: { name: 'a/b' }, spec: { run: 'true' } };
  await services.putCommand('a/b', { command }, writer);
  await services.viewCommand('a/b', { version: 'latest' });
  await services.listCommands({ limit: 10, removed: false });
  await services.listCommandChanges('a/b', { limit: 10 });
  await services.applyJob('all-calls', { job }, writer);
  await services.planPreview({ job: 'all-calls@1', params: {}, only: {} });
  await services.viewJob('all-calls', { revision: 1 });
  await services.listJobs({ limit: 10, removed: false });
  await services.listJobChanges('all-calls', { limit: 10 });
  await services.putTargetSet('web', { where: 'true' }, writer);
  await services.viewTargetSet('web', {});
  await services.listTargetSets({ limit: 10, removed: false });
  await services.listTargetSetChanges('web', { limit: 10 });
  await services.listNodes({ limit: 10, set: 'web' });
  await services.viewAgents({ limit: 10 });
  await services.removeTargetSet('web', {}, writer);
  await services.removeJob('all-calls', {}, writer);
  await services.removeCommand('a/b', {}, writer);
};

/** Uses every service of schedules once, and has them call. */
const useSchedules = async (services: ReturnType<typeof createServices>): Promise<void> => {
  await services.applyJob('timed', { job: { ...job, metadata: { name: 'timed' } } }, { actor: 'test' });
  const request = putScheduleRequestSchema.parse({ job: 'timed', expression: '* * * * * ? UTC', dialect: 'aliyun' });
  for (const overlap of ['skip', 'replace'] as const) {
    await services.putSchedule('timed', { ...request, overlap }, { actor: 'test' });
    await services.pauseSchedule('timed', {}, 'test');
    await services.resumeSchedule('timed', {}, 'test');
    await services.runSchedule('timed', { actor: 'test', idempotencyKey: `now ${overlap}` });
    const store = storeOf('timedFire');
    const deps = { ...system.ports, store, clock: { now: () => Date.now() + 5_000 } };
    const { submitRun: submit } = createServices({ ...deps, clock: system.ports.clock });
    await timedFire({ ...deps, submit })({ schedule: 'timed', at: new Date(Date.now() + 5_000).toISOString() });
    await timedFire({ ...deps, submit })({ schedule: 'timed', at: new Date(Date.now() + 5_000).toISOString() });
    await system.engine.idle();
  }
  await services.viewSchedule('timed', { next: 1 });
  await services.listSchedules();
  await services.listFirings('timed', { limit: 10 });
  await services.removeSchedule('timed', 'test');
};

/** Uses every service of the API once. */
const useApi = async (services: ReturnType<typeof createServices>): Promise<RunId> => {
  await services.putBudget('all', { where: 'true', max: '100%' }, 'test');
  await services.planPreview({ job, params: {}, only: {} });
  const { runId } = await services.submitRun({
    request: { job, params: {}, only: {} },
    actor: 'test',
    idempotencyKey: 'k',
  });
  await services.breakLock({ name: 'turn/all-calls' }, 'test');
  await services.pauseRun(runId, {}, 'test');
  await services.resumeRun(runId, {}, 'test');
  await system.engine.idle();
  await services.continueRun(runId, { mode: 'force', only: {} }, 'test');
  await services.abortRun(runId, {}, 'test');
  await system.engine.idle();
  await useLibrary(services);
  await useSchedules(services);
  await services.viewRun(runId);
  await services.listRuns({ limit: 10 });
  await services.listNodeRows(runId, { limit: 100 });
  const { items } = await services.listResults(runId, { limit: 100 });
  for (const { resultId } of items.slice(0, 1)) {
    await services.readOutput(runId, { result: resultId, stream: 'stdout', offset: 0, limit: 10 });
    await services.openOutputContent(runId, { result: resultId, stream: 'stdout' });
  }
  await services.searchOutput(runId, { pattern: 'x', ignoreCase: false, in: 'both', limit: 10 });
  await services.listCosts({});
  await services.listLocks();
  await services.listBudgets();
  await services.removeBudget('all', 'test');
  const removed = await services.submitRun({ request: { job, params: {}, only: {} }, actor: 'test' });
  await system.engine.idle();
  await services.purgeRun(removed.runId, 'test');
  return runId;
};

beforeAll(async () => {
  dynalite = await startDynalite();
  // In real time, as the stores of the functions below are.
  system = await startTestSystem(someNodes('aws', 'h', 3), {}, (tasks) => tasks, 1);
  const statements = statementsByOwner(synthesise());
  for (const name of [...taskNames, 'api', 'timedFire'])
    allowed.set(name, rightsOf(statements.get(ownerOf(name)) ?? []));
  const tasks = Object.fromEntries(
    taskNames.map((name) => [name, createSystem({ ...system.ports, store: storeOf(name) }).tasks[name]]),
  ) as unknown as TaskBehaviours;
  await system.engine.attach(tasks);
  const store = storeOf('test');
  calls.delete('test');

  const runId = await useApi(createServices({ ...system.ports, store: storeOf('api') }));
  const invocation = anInvocation(runId, { operationIndex: 9 });
  await store.createInvocation(invocation);
  const sent = {
    agent: 'aws',
    agentInvocationId: 'command-1',
    sentAt: sampleTime,
    deliverBy: sampleTime,
    deadlineAt: sampleTime,
  } as const;
  await store.recordSent({ ...sent, runId, invocationId: invocation.invocationId });
  await tasks.awaitAgent({ runId, invocationId: invocation.invocationId, token: 'token' });
  const paused = aRun({ control: 'pause' });
  await store.create(paused);
  await tasks.hold({ runId: paused.runId, attempt: 1, token: 'token' });
  const waiting = aRun({ turn: { key: 'all-calls', policy: 'queue', limit: 1 } });
  await store.create(waiting);
  await tasks.awaitTurn({ runId: waiting.runId, attempt: 1, token: 'token' });
  const permit = { runId: waiting.runId, batchId: invocation.batchId };
  await store.putPermit({
    ...{ ...permit, jobName: 'j', version: 1, fencing: 1, state: 'waiting', askedAt: sampleTime, until: sampleTime },
    ...{ nodeCount: 1, exclusive: true, budgets: ['all'] },
  });
  await tasks.awaitPermit({ ...permit, token: 'token' });
  await tasks.finishRun({ runId: waiting.runId, attempt: 2, error: { Error: '', Cause: '' } });
  await tasks.sweepRuns({});
  const stranded = aRun({ turn: { key: 'all-calls', policy: 'queue', limit: 1 } });
  await store.create(stranded);
  // The local engine knows nothing of it, and starts it.
  await tasks.settleRun({ runId: stranded.runId, attempt: 1 });
  await tasks.settleRun({ runId, attempt: 1 });
  await tasks.onAgentEvent({ source: 'aws.ssm', detail: { 'command-id': 'command-1', status: 'Success' } });
});

afterAll(async () => {
  await system.close();
  await dynalite.stop();
});

describe('the rights of each function on the table', () => {
  it.each([...taskNames, 'api', 'timedFire'])('%s: suffice for what it does', (owner) => {
    const made = [...(calls.get(owner) ?? [])];
    expect(made.length).toBeGreaterThan(0);
    expect(made.filter((call) => !allowed.get(owner)?.has(call))).toEqual([]);
  });

  it('are all used by somebody', () => {
    const used = new Set([...calls.values()].flatMap((made) => [...made]));
    const given = new Set([...allowed.values()].flatMap((rights) => [...rights]));
    expect([...given].filter((right) => !used.has(right))).toEqual([]);
  });
});
