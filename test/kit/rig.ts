import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createFetchHttp } from '#functions/adapters/http/fetch-http.ts';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { createSystem, type System } from '#functions/runtime/system.ts';
import { listPrices } from '#shared/cost/prices.ts';
import type { InvocationId, RunId } from '#shared/model/ids.ts';
import { type InventoryNode, inventoryNodeSchema } from '#shared/model/node.ts';
import type { ScheduleRecord } from '#shared/model/schedule.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import type { Engine, ExecutionState, Inventory, Log, LogFields } from '#shared/ports/services.ts';
import type { Store } from '#shared/ports/store.ts';
import { formOf } from '#shared/schedule/schedule-times.ts';
import { toAws } from '#shared/schedule/to-aws.ts';
import { type Dynalite, startDynalite } from './dynalite.ts';
import { fixedInventory } from './fixed-inventory.ts';
import { createMemoryBlobs, type MemoryBlobs } from './memory-blobs.ts';
import { createMemorySecrets, type MemorySecrets } from './memory-secrets.ts';
import { type AgentScript, createScriptedAgent, obedient, type ScriptedAgent } from './scripted-agent.ts';
import { createScriptedCare } from './scripted-care.ts';
import { newRunId, sampleTime } from './store-samples.ts';

/** A clock that stands still until it is moved. */
export interface HandClock {
  now(): number;
  advance(seconds: number): void;
}

/** An engine that only remembers what was asked of it. */
export interface RecordingEngine extends Engine {
  /** How executions stand, by name; those that were started and are not here are running. */
  readonly executions: Map<string, ExecutionState>;
  readonly started: string[];
  readonly completed: string[];
}

/** A scheduler that only remembers; it refuses what EventBridge Scheduler cannot do. */
export interface RecordingScheduler extends Scheduler {
  readonly known: Map<string, ScheduleRecord>;
}

/** The use cases on a real table, with everything else made by hand. */
export interface Rig extends System {
  readonly store: Store;
  readonly clock: HandClock;
  readonly blobs: MemoryBlobs;
  readonly libraryBlobs: MemoryBlobs;
  readonly engine: RecordingEngine;
  readonly scheduler: RecordingScheduler;
  readonly secrets: MemorySecrets;
  /** What both agents do. */
  readonly script: AgentScript;
  readonly aws: ScriptedAgent;
  readonly aliyun: ScriptedAgent;
  /** The inventory; a test changes it at any time. */
  readonly inventory: Inventory & { nodes: readonly InventoryNode[] };
  readonly log: Log;
  /** Events of the log. */
  readonly events: string[];
  /** Submits a job of these groups; returns its run. */
  submit(groups: readonly unknown[], more?: SubmitOptions): Promise<RunId>;
  /** Tells the agents which groups a run has from an attempt on, when that attempt has another job. */
  jobChanged(runId: RunId, attempt: number, groups: readonly unknown[]): void;
  /** Everything the table holds of a run, without its id, so that two runs can be compared. */
  records(runId: RunId): Promise<Readonly<Record<string, unknown>>>;
}

/** What a job and its request say beside the groups. */
export interface SubmitOptions {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly only?: { readonly groups?: string[]; readonly phases?: string[]; readonly nodes?: InventoryNode['id'][] };
}

/** `count` nodes of AWS that are online: i-001, i-002 … */
export const hosts = (count: number, more: Partial<InventoryNode> = {}): readonly InventoryNode[] =>
  Array.from({ length: count }, (_, index) => host(`i-${String(index + 1).padStart(3, '0')}`, more));

/** One node. */
export const host = (id: string, more: Partial<InventoryNode> = {}): InventoryNode =>
  inventoryNodeSchema.parse({
    id,
    name: id.replace(/^i-0*/, 'h-'),
    host: '10.0.0.1',
    agent: 'aws',
    region: 'eu-west-1',
    instanceId: id,
    online: true,
    tags: { role: 'h' },
    ...more,
  });

/** A node that runner phases find. */
export const runnerNode = (more: Partial<InventoryNode> = {}): InventoryNode =>
  host('i-runner', { name: 'runner', tags: { drover: 'runner' }, ...more });

/** An operation. */
export const op = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({ id, run: 'true', ...more });

/** A job of these groups on all nodes with the tag role=h. */
export const jobOf = (groups: readonly unknown[], spec: Readonly<Record<string, unknown>> = {}) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'roll' },
  spec: { targets: { where: 'has(node.tags.role) && node.tags.role == "h"' }, groups, ...spec },
});

const createEngine = (): RecordingEngine => {
  const started: string[] = [];
  const completed: string[] = [];
  const executions = new Map<string, ExecutionState>();
  return {
    executions,
    started,
    completed,
    start: async (runId, attempt) => {
      started.push(`${runId}-${attempt}`);
    },
    look: async (runId, attempt) => {
      const name = `${runId}-${attempt}`;
      return executions.get(name) ?? { state: started.includes(name) ? 'running' : 'absent' };
    },
    complete: async (token) => {
      completed.push(token);
      return true;
    },
  };
};

const createScheduler = (): RecordingScheduler => {
  const put: RecordingScheduler['known'] = new Map();
  return {
    known: put,
    check: (schedule) => {
      toAws(formOf(schedule), Date.parse(schedule.anchorAt));
    },
    put: async (schedule) => {
      put.set(schedule.name, schedule);
    },
    remove: async (name) => {
      put.delete(name);
    },
  };
};

const createLog = (events: string[]): Log => {
  const note = (event: string, _fields?: LogFields) => {
    events.push(event);
  };
  return { debug: note, info: note, warn: note, error: note };
};

const createClock = (): HandClock => {
  let now = Date.parse(sampleTime);
  return {
    now: () => now,
    advance: (seconds) => {
      now += seconds * 1000;
    },
  };
};

const dump = async (client: DynamoDBClient, tableName: string, runId: RunId) => {
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName, ConsistentRead: true }));
  const mine = Items.filter((item) => item['pk']?.S?.includes(runId));
  const texts = mine.map((item) => {
    const fields = Object.entries(item).filter(([name]) => !/^(?:pk|sk|runId|gsi1.*|__edb.*)$/.test(name));
    const values = fields.map(([name, value]) => [name, name === 'record' ? JSON.parse(value.S ?? '{}') : value]);
    const text = JSON.stringify(Object.fromEntries(values)).replaceAll(runId, 'RUN');
    return [`${item['pk']?.S} ${item['sk']?.S}`.replaceAll(runId, 'RUN'), JSON.parse(text)] as const;
  });
  return Object.fromEntries(texts.sort(([a], [b]) => (a < b ? -1 : 1)));
};

const openRig = ({ client, tableName }: Dynalite, nodes: readonly InventoryNode[]): Rig => {
  const clock = createClock();
  const store = createDynamoStore({ client, tableName, now: clock.now });
  const blobs = createMemoryBlobs();
  const libraryBlobs = createMemoryBlobs();
  const engine = createEngine();
  const scheduler = createScheduler();
  const secrets = createMemorySecrets();
  const script = obedient();
  const events: string[] = [];
  const log = createLog(events);
  const names = new Map<string, string>();
  const operationOf = (invocationId: InvocationId): string => {
    const { runId, attempt, place } = placeOf(invocationId);
    const jobs = Array.from({ length: attempt }, (_, index) => `${runId} ${attempt - index} ${place}`);
    return jobs.map((name) => names.get(name)).find((name) => name !== undefined) ?? '';
  };
  const jobChanged: Rig['jobChanged'] = (runId, attempt, groups) => {
    for (const [place, id] of operationNames(groups)) names.set(`${runId} ${attempt} ${place}`, id);
  };
  const aws = createScriptedAgent('aws', script, operationOf);
  const aliyun = createScriptedAgent('aliyun', script, operationOf);
  const inventory: Rig['inventory'] = { ...fixedInventory(() => inventory.nodes), nodes };
  const system = createSystem({
    ...{
      store,
      blobs,
      libraryBlobs,
      agents: { aws, aliyun },
      agentCare: createScriptedCare(),
      secrets,
      inventory,
      engine,
      clock,
    },
    sealer: createAesSealer(),
    prices: listPrices,
    roles: { of: () => [] },
    examination: { probes: [], sleep: async () => undefined },
    http: createFetchHttp(clock),
    scheduler,
    ids: { runId: newRunId },
    log,
  });
  const submit: Rig['submit'] = async (groups, { spec, params = {}, only = {} } = {}) => {
    const job = jobOf(groups, spec);
    const { runId } = await system.services.submitRun({ request: { job, params, only }, actor: 'ann' });
    jobChanged(runId, 1, groups);
    return runId;
  };
  const records = (runId: RunId) => dump(client, tableName, runId);
  return {
    ...system,
    ...{ store, clock, blobs, libraryBlobs, engine, scheduler, secrets, script, aws, aliyun, inventory, events, log },
    ...{ submit, jobChanged, records },
  };
};

/** Run, attempt, and group, phase and operation of an invocation, by index. */
const placeOf = (invocationId: InvocationId) => {
  const [runId, slice = '', operation = ''] = invocationId.split('.');
  const [attempt = '', group, , phase] = slice.match(/\d+/g) ?? [];
  return { runId, attempt: Number(attempt), place: `${group} ${phase} ${operation.slice(1)}` };
};

const operationNames = (groups: readonly unknown[]): readonly (readonly [string, string])[] =>
  jobOf(groups).spec.groups.flatMap((group, g) =>
    phasesOf(group).flatMap(({ operations }, p) => operations.map(({ id }, o) => [`${g} ${p} ${o}`, id] as const)),
  );

interface PhaseText {
  readonly operations: readonly { readonly id: string }[];
}

// The submission has just checked the groups.
const phasesOf = (group: unknown): readonly PhaseText[] => (group as { readonly phases: readonly PhaseText[] }).phases;

/** Gives a suite rigs on one table, each with its own clock, agents and blobs. Runs keep apart by their ids. */
export const useRigs = (): ((nodes?: readonly InventoryNode[]) => Rig) => {
  let table: Dynalite | undefined;
  beforeAll(async () => {
    table = await startDynalite();
  });
  afterAll(() => table?.stop());
  return (nodes = hosts(3)) => {
    if (!table) throw new Error('The table is not open yet.');
    return openRig(table, nodes);
  };
};
