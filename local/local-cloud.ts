import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readRetentionEnv } from '#functions/runtime/env.ts';
import type { System } from '#functions/runtime/system.ts';
import type { Retention } from '#shared/config/retention.ts';
import { toAppError } from '#shared/errors/app-error.ts';
import type { Clock, Log } from '#shared/ports/services.ts';
import { startBlobServer } from './blobs/blob-server.ts';
import type { FaultPlan } from './cloud/fault-plan.ts';
import type { Fleet } from './cloud/fleet.ts';
import { type FleetCloud, startFleetCloud } from './cloud/fleet-cloud.ts';
import type { LocalEngine } from './engine/local-engine.ts';
import { serverEnvironment } from './env.ts';
import { keepExpiring } from './expire-old.ts';
import { localClients } from './local-agents.ts';
import { type LocalSystem, type LocalSystemOptions, openLocalSystem } from './local-system.ts';
import { connectSecrets } from './secrets/connect-secrets.ts';
import { openSecretStore } from './secrets/secret-store.ts';
import { type LocalTable, startLocalTable } from './table/local-table.ts';

/** How long runs that an earlier process left get to report that they have ended, before schedules look whether they still go on. */
const settleMs = 20_000;

const beginSchedules = async ({
  engine,
  scheduler,
  timed,
  log,
}: Pick<LocalSystem, 'engine' | 'scheduler' | 'timed'> & { readonly log: Log }): Promise<void> => {
  const late = new AbortController();
  await Promise.race([
    engine.idle(),
    setTimeout(settleMs, undefined, { ref: false, signal: late.signal }).catch(() => {}),
  ]);
  late.abort();
  try {
    await scheduler.begin(timed);
  } catch (thrown) {
    const { code, message } = toAppError(thrown);
    log.error('schedule.begin-failed', { code, message });
  }
};

/** What a local cloud needs. */
export interface LocalCloudOptions {
  /** Everything is kept here: table, blobs, executions, instances. One process at a time. */
  readonly stateDir: string;
  readonly fleet: Fleet;
  readonly faults?: FaultPlan;
  /** True: commands that run on instances go on when the cloud is closed, as on real ones; the next start hears of their ends. */
  readonly keepRunning?: boolean;
  /** Where the local store of secrets is; `secrets` in `stateDir` when absent. */
  readonly secretsDir?: string;
  /** What `env:` references may read; the environment of this process when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How long things are kept; as the environment of this process says when absent. */
  readonly retention?: Retention;
  /** True: schedules fire while the cloud is open. Else they are kept only, for a process that stays. */
  readonly fires?: boolean;
  /** The wall clock when absent. */
  readonly clock?: Clock;
  /** Puts something around every task, such as a measurement. */
  readonly aroundTasks?: LocalSystemOptions['aroundTasks'];
  readonly log: Log;
}

/** The product on an embedded cloud, on one machine. */
export interface LocalCloud extends System {
  readonly provider: FleetCloud;
  readonly engine: LocalEngine;
  readonly table: LocalTable;
  /** Stops everything that was started; unfinished runs go on when the same folder is opened again. */
  close(): Promise<void>;
}

/**
 * Starts table, instances and engine, wires the real adapters to them, and takes up the runs that an earlier process left unfinished.
 * @throws AppError `local.locked`
 */
export const startLocalCloud = async ({
  stateDir,
  fleet,
  faults,
  keepRunning = false,
  secretsDir = join(stateDir, 'secrets'),
  environment = serverEnvironment(),
  retention = readRetentionEnv(serverEnvironment()),
  fires = false,
  clock = { now: () => Date.now() },
  aroundTasks,
  log,
}: LocalCloudOptions): Promise<LocalCloud> => {
  await mkdir(stateDir, { recursive: true });
  const table = await startLocalTable({ path: join(stateDir, 'table'), log });
  const blobsDir = join(stateDir, 'blobs');
  const expiring = keepExpiring({
    ...{ table, blobsDir, retention, clock, log },
    stateFile: join(stateDir, 'expired-at'),
  });
  const blobServer = await startBlobServer({
    dir: blobsDir,
    stateFile: join(stateDir, 'blob-server.json'),
    now: clock.now,
  });
  const secretStore = openSecretStore(secretsDir, clock.now);
  let system: LocalSystem | undefined;
  const provider = await startFleetCloud({
    fleet,
    dir: stateDir,
    keepRunning,
    // The wrapper's fence answers a second arrival from its record.
    redeliver: true,
    secretOf: secretStore.get,
    ...(faults === undefined ? {} : { faults }),
    onEvent: async (event) => {
      await system?.tasks.onAgentEvent(event);
    },
  });
  system = await openLocalSystem({
    ...{ stateDir, fleet, table, retention, clock, log },
    blobAccess: blobServer.access,
    clients: localClients(provider, fleet),
    secrets: connectSecrets(provider, secretStore, environment),
    ...(aroundTasks === undefined ? {} : { aroundTasks }),
  });
  const { tasks, services, timed, engine, scheduler } = system;
  await system.begin();
  if (fires) void beginSchedules({ engine, scheduler, timed, log });
  return {
    ...{ tasks, services, timed, engine, provider, table },
    close: async () => {
      await expiring.stop();
      await scheduler.close();
      await engine.close();
      await provider.close();
      await blobServer.close();
      await table.close();
    },
  };
};
