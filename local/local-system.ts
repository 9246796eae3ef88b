import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ulid } from 'ulid';
import { type Pacing, realPacing } from '#functions/adapters/agent/caller.ts';
import { createRateGate } from '#functions/adapters/agent/rate-gate.ts';
import { countCapacity } from '#functions/adapters/dynamodb/count-capacity.ts';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createFetchHttp } from '#functions/adapters/http/fetch-http.ts';
import { keepInventory } from '#functions/adapters/inventory/keep-inventory.ts';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { readInventoryEnv, readPricesEnv } from '#functions/runtime/env.ts';
import { meteredBlobs } from '#functions/runtime/metered-blobs.ts';
import { meteredTasks } from '#functions/runtime/metered-tasks.ts';
import { patientSleep } from '#functions/runtime/process.ts';
import { openRoles } from '#functions/runtime/roles.ts';
import { createSystem, type System, type SystemPorts } from '#functions/runtime/system.ts';
import { createUsageMeter } from '#functions/runtime/usage-meter.ts';
import { daySeconds, defaultRetention, type Retention } from '#shared/config/retention.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import type { Store } from '#shared/ports/store.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import type { BlobAccess } from './blobs/blob-access.ts';
import { createFolderBlobs } from './blobs/folder-blobs.ts';
import type { Fleet } from './cloud/fleet.ts';
import { createLocalEngine, type LocalEngine } from './engine/local-engine.ts';
import { connectAgents, type LocalClients } from './local-agents.ts';
import { localProbes } from './local-probes.ts';
import { createLocalScheduler, type LocalScheduler } from './schedules/local-scheduler.ts';

/** What Drover stands on in a local cloud. All of it outlives Drover's process, as the clouds' own services do. */
export interface LocalOutside {
  /** Blobs and executions are kept here. One process at a time. */
  readonly stateDir: string;
  readonly fleet: Fleet;
  readonly table: { readonly client: DynamoDBClient; readonly tableName: string };
  readonly clients: LocalClients;
  /** Lets nodes send what is too long for an answer. */
  readonly blobAccess: BlobAccess;
  readonly secrets: Secrets;
  /** How long things are kept. */
  readonly retention?: Retention;
}

/** What else a local system can be given. */
export interface LocalSystemOptions extends LocalOutside {
  readonly log: Log;
  readonly clock?: Clock;
  /** Back-off of calls of the clouds; real timers and chance when absent. */
  readonly pacing?: Pacing;
  /** Sees every port before the use cases do, and may put itself in its place. */
  readonly aroundPorts?: (ports: SystemPorts) => SystemPorts;
  /** Sees every task before the engine does. */
  readonly aroundTasks?: (tasks: TaskBehaviours) => TaskBehaviours;
}

/** Drover itself in a local cloud: use cases on the real adapters, and the engine that runs its workflow. */
export interface LocalSystem extends System {
  readonly engine: LocalEngine;
  readonly scheduler: LocalScheduler;
  /** Takes up the runs that an earlier process left unfinished, or had not even started. Call it once everything that the tasks call is there. */
  begin(): Promise<void>;
}

const wallClock: Clock = { now: () => Date.now() };

const storeOf = (
  { table, clock = wallClock, retention = defaultRetention }: LocalSystemOptions,
  meter: ReturnType<typeof createUsageMeter>,
): Store =>
  createDynamoStore({
    ...table,
    client: countCapacity(table.client, meter),
    now: clock.now,
    retentionSeconds: retention.runDays * daySeconds,
    historySeconds: retention.historyDays * daySeconds,
    firingSeconds: retention.firingDays * daySeconds,
  });

/** Wires Drover to what it stands on in a local cloud. */
export const openLocalSystem = async (options: LocalSystemOptions): Promise<LocalSystem> => {
  const { stateDir, fleet, table, clients, blobAccess, secrets, log, clock = wallClock, pacing = realPacing } = options;
  const { aroundPorts = (ports) => ports, aroundTasks = (tasks) => tasks } = options;
  const meter = createUsageMeter();
  const engine = await createLocalEngine({ dir: join(stateDir, 'executions'), log });
  const scheduler = createLocalScheduler({ clock, log });
  const store = storeOf(options, meter);
  const gate = createRateGate({ store: () => store, clock, sleep: pacing.sleep, random: pacing.random, log });
  const { agents, agentCare, clouds } = connectAgents(clients, fleet, {
    ...pacing,
    gate,
    called: () => meter.count({ agentCalls: 1 }),
  });
  const blobs = meteredBlobs(createFolderBlobs(join(stateDir, 'blobs'), blobAccess), meter);
  const probes = localProbes({ stateDir, fleet, table, clients, blobs, engine, pacing });
  // Another fleet is another source: what an earlier process read of the one before is not taken for it.
  const source = JSON.stringify(fleet.instances);
  const ports: SystemPorts = {
    ...{ agents, agentCare, store, blobs },
    inventory: keepInventory({ ...{ clouds, source, store, blobs, clock, log }, ages: readInventoryEnv() }),
    libraryBlobs: createFolderBlobs(join(stateDir, 'library')),
    secrets,
    sealer: createAesSealer(),
    engine: { start: engine.start, look: engine.look, complete: engine.complete },
    scheduler,
    clock,
    ids: { runId: () => runIdSchema.parse(ulid()) },
    log,
    roles: openRoles(),
    examination: { probes, sleep: patientSleep },
    prices: readPricesEnv(),
    http: createFetchHttp(clock),
  };
  const system = createSystem(aroundPorts(ports));
  const counted = { meter, usage: () => ports.store, clock, log };
  const tasks = aroundTasks(meteredTasks(system.tasks, counted));
  const begin = async (): Promise<void> => {
    await engine.attach(tasks);
    await sweep(tasks, log);
  };
  return { ...system, tasks, engine, scheduler, begin };
};

/** What the schedule does in the cloud; here the beginning is the time at which executions may be missing. */
const sweep = async (tasks: TaskBehaviours, log: Log): Promise<void> => {
  try {
    await tasks.sweepRuns({});
  } catch (error) {
    log.error('runs.not-swept', { reason: messageOf(error) });
  }
};
