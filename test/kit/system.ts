import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ulid } from 'ulid';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { createFetchHttp } from '#functions/adapters/http/fetch-http.ts';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { patientSleep } from '#functions/runtime/process.ts';
import { createRoles } from '#functions/runtime/roles.ts';
import { createSystem, type System, type SystemPorts } from '#functions/runtime/system.ts';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import { createLocalEngine, type LocalEngine } from '#local/engine/local-engine.ts';
import { listPrices } from '#shared/cost/prices.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import { type InventoryNode, inventoryNodeSchema } from '#shared/model/node.ts';
import type { Scheduler } from '#shared/ports/scheduler.ts';
import type { Log } from '#shared/ports/services.ts';
import type { TaskBehaviours } from '#shared/workflow/task-registry.ts';
import { startDynalite } from './dynalite.ts';
import { fastTime } from './fast-time.ts';
import { fixedInventory } from './fixed-inventory.ts';

import { createMemorySecrets } from './memory-secrets.ts';
import { createScriptedCare } from './scripted-care.ts';
import { createShellAgent, type ShellAgent, type ShellAgentScript } from './shell-agent.ts';

/** A log that keeps nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** A scheduler that calls nobody. */
export const noScheduler: Scheduler = {
  check: () => undefined,
  put: async () => undefined,
  remove: async () => undefined,
};

/** The whole product on a real table, with agents that run scripts here. */
export interface TestSystem extends System {
  readonly ports: SystemPorts;
  readonly engine: LocalEngine;
  readonly aws: ShellAgent;
  readonly aliyun: ShellAgent;
  /** Folder with one folder per instance. */
  readonly dir: string;
  close(): Promise<void>;
}

/** Nodes of the inventory: `count` instances of a cloud, `name-1`, `name-2` … */
export const someNodes = (
  cloud: 'aws' | 'aliyun',
  name: string,
  count: number,
  more: Partial<InventoryNode> = {},
): readonly InventoryNode[] =>
  Array.from({ length: count }, (_, index) =>
    inventoryNodeSchema.parse({
      id: `i-${name}-${String(index + 1).padStart(4, '0')}`,
      name: `${name}-${index + 1}`,
      host: `10.0.0.${index + 1}`,
      agent: cloud,
      region: cloud === 'aws' ? 'eu-west-1' : 'cn-hangzhou',
      instanceId: `i-${name}-${String(index + 1).padStart(4, '0')}`,
      online: true,
      tags: { role: name },
      ...more,
    }),
  );

/** Waiting is most of what these systems do: time passes this much faster in them. */
const usualSpeed = 5;

/** Starts one. Stop it with `close`. A job that soaks needs speed 1: the interpreter's own Wait states live in real time. */
export const startTestSystem = async (
  nodes: readonly InventoryNode[],
  script: ShellAgentScript = {},
  wrap: (tasks: TaskBehaviours) => TaskBehaviours = (tasks) => tasks,
  speed = usualSpeed,
): Promise<TestSystem> => {
  const dir = await mkdtemp(join(tmpdir(), 'drover-test-'));
  const table = await startDynalite();
  const timers = fastTime(speed);
  const clock = { now: timers.now };
  const engine = await createLocalEngine({ dir: join(dir, 'executions'), log: silentLog, timers });
  const aws = createShellAgent('aws', dir, script);
  const aliyun = createShellAgent('aliyun', dir, script);
  const ports: SystemPorts = {
    store: createDynamoStore({ client: table.client, tableName: table.tableName, now: clock.now }),
    blobs: createFolderBlobs(join(dir, 'blobs')),
    libraryBlobs: createFolderBlobs(join(dir, 'library')),
    agents: { aws, aliyun },
    agentCare: createScriptedCare(),
    secrets: createMemorySecrets(),
    sealer: createAesSealer(),
    inventory: fixedInventory(() => nodes),
    engine,
    scheduler: noScheduler,
    clock,
    ids: { runId: () => runIdSchema.parse(ulid()) },
    prices: listPrices,
    examination: { probes: [], sleep: patientSleep },
    roles: createRoles({ sre: ['ann', 'bob'] }),
    http: createFetchHttp(clock),
    log: silentLog,
  };
  const system = createSystem(ports);
  await engine.attach(wrap(system.tasks));
  return {
    ...system,
    ports,
    engine,
    aws,
    aliyun,
    dir,
    close: async () => {
      await engine.close();
      await aws.settled();
      await aliyun.settled();
      await table.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
