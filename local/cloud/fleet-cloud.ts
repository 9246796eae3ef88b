import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { acsDialect } from './ecs/acs-dialect.ts';
import { ecsOperations } from './ecs/ecs-operations.ts';
import { EcsEngine } from './ecs/engine.ts';
import { FileJournal } from './ecs/file-journal.ts';
import { hostPath, hostPowerShell, hostUsers } from './env.ts';
import { Executor, type RunListener } from './executor/executor.ts';
import { type FaultPlan, Faults } from './fault-plan.ts';
import type { Fleet } from './fleet.ts';
import { InstanceAgents } from './provider/agents.ts';
import { awsDialect } from './provider/aws-dialect.ts';
import type { EngineDeps } from './provider/engine-deps.ts';
import { EventBus, type EventSink } from './provider/event-bus.ts';
import { HttpEndpoint } from './provider/http-endpoint.ts';
import { Inventory } from './provider/inventory.ts';
import { Journal } from './provider/journal.ts';
import { OutputStore } from './provider/output-store.ts';
import { replayJournal } from './provider/recovery.ts';
import { type SecretOf, secretsManagerService } from './secrets/secret-stores.ts';
import { partsOfRun } from './spawner/protocol.ts';
import { SsmEngine } from './ssm/engine.ts';
import { ssmService } from './ssm/ssm-service.ts';
import { taggingService } from './tagging/tagging-service.ts';

const DEFAULT_SPAWNERS = 2;

/** How to make a fleet of instances on this machine. */
export interface FleetCloudOptions {
  readonly fleet: Fleet;
  /** State: a folder per instance under `instances/`, the provider's journal under `provider/`. One cloud at a time may use it. */
  readonly dir: string;
  readonly faults?: FaultPlan;
  /** What Parameter Store, Secrets Manager and OOS Parameter Store hold; nothing when absent. */
  readonly secretOf?: SecretOf;
  /** Milliseconds since 1970. */
  readonly clock?: () => number;
  /** From 0 up to 1; decides what goes wrong. */
  readonly random?: () => number;
  /** Receives EventBridge-shaped events of Run Command, best effort. */
  readonly onEvent?: EventSink;
  /** True: also an event for each status of each instance. */
  readonly perInstanceEvents?: boolean;
  /** Processes that start the commands; default 2. */
  readonly spawnersCount?: number;
  /** True: commands go on when the cloud is closed, as they do when it is killed; the next start hears of their ends. */
  readonly keepRunning?: boolean;
  /**
   * True: commands that were running when the whole cloud was killed, helpers included, are delivered to their instances once more, as the
   * clouds' agents do after a restart; the script has to see to it that a second arrival does no harm. Otherwise their end is never known.
   */
  readonly redeliver?: boolean;
}

/** A running local cloud. */
export interface FleetCloud {
  readonly ssmEndpoint: string;
  readonly taggingEndpoint: string;
  readonly secretsManagerEndpoint: string;
  /** Host and port without a scheme, as Alibaba Cloud's SDK takes it; protocol http. */
  readonly ecsEndpoint: string;
  readonly calls: () => Readonly<Record<string, number>>;
  setFaults(faults: FaultPlan): void;
  /** Stops servers and helper processes, and kills the commands that still run unless told otherwise. */
  close(): Promise<void>;
}

/**
 * Starts endpoints that speak as AWS SSM, the Resource Groups Tagging API, Secrets Manager and Alibaba Cloud ECS, on loopback, and run the commands
 * they are sent. Goes on where an earlier cloud on the same folder stopped or was killed: no command runs twice.
 */
export const startFleetCloud = async (options: FleetCloudOptions): Promise<FleetCloud> => {
  const parts = assemble(options);
  const { executor, ssm, ecs, journal, deps } = parts;
  const held = await executor.recover(replayJournal(parts));
  executor.start();
  ssm.resume(held);
  ecs.resume(held);
  journal.flush();
  const endpoint = new HttpEndpoint({
    dialects: [
      awsDialect({
        AmazonSSM: ssmService(ssm, deps),
        ResourceGroupsTaggingAPI_20170126: taggingService(deps.inventory),
        secretsmanager: secretsManagerService(deps.secretOf),
      }),
      acsDialect({ operations: ecsOperations(parts, deps), requestId: () => deps.uuid().toUpperCase() }),
    ],
    faults: deps.faults,
    settle: () => journal.flush(),
  });
  const address = `127.0.0.1:${await endpoint.listen()}`;
  return {
    ssmEndpoint: `http://${address}`,
    taggingEndpoint: `http://${address}`,
    secretsManagerEndpoint: `http://${address}`,
    ecsEndpoint: address,
    calls: () => endpoint.calls(),
    setFaults: (faults) => deps.faults.set(faults),
    close: async () => {
      await endpoint.close();
      ssm.close();
      ecs.close();
      await executor.close(options.keepRunning === true);
      deps.events.close();
      journal.close();
    },
  };
};

const assemble = (options: FleetCloudOptions) => {
  const dir = resolve(options.dir);
  const clock = options.clock ?? Date.now;
  const random = options.random ?? Math.random;
  const journal = new Journal(join(dir, 'provider', 'journal.jsonl'));
  const faults = new Faults(options.faults ?? {}, random, clock);
  const engineOf = (run: string): SsmEngine | EcsEngine => (ecs.owns(partsOfRun(run).task) ? ecs : ssm);
  const listener: RunListener = {
    onStarted: (run, atMs) => engineOf(run).onStarted(run, atMs),
    onPartial: (run, text) => ecs.onPartial(run, text),
    onEnd: (run, end, place) => engineOf(run).onEnd(run, end, place),
  };
  const executor = new Executor({
    dir,
    journal,
    listener,
    clock,
    path: hostPath(),
    spawnersCount: options.spawnersCount ?? DEFAULT_SPAWNERS,
    spawnerName: randomUUID,
    redeliver: options.redeliver === true,
  });
  const deps: EngineDeps = {
    inventory: new Inventory(options.fleet),
    agents: new InstanceAgents(journal),
    executor,
    journal,
    outputs: new OutputStore(journal),
    faults,
    events: new EventBus(options.onEvent, faults),
    perInstanceEvents: options.perInstanceEvents === true,
    clock,
    uuid: randomUUID,
    path: hostPath(),
    powershell: hostPowerShell(),
    users: hostUsers(),
    secretOf: options.secretOf ?? (() => undefined),
  };
  const ssm: SsmEngine = new SsmEngine(deps);
  const ecs: EcsEngine = new EcsEngine(deps);
  return {
    journal,
    executor,
    ssm,
    ecs,
    deps,
    agents: deps.agents,
    engine: ecs,
    files: new FileJournal(journal),
    instancesDir: join(dir, 'instances'),
  };
};
