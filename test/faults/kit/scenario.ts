import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startBlobServer } from '#local/blobs/blob-server.ts';
import { localClients } from '#local/local-agents.ts';
import { type LocalOutside, type LocalSystem, openLocalSystem } from '#local/local-system.ts';
import { connectSecrets } from '#local/secrets/connect-secrets.ts';
import { openSecretStore } from '#local/secrets/secret-store.ts';
import type { RunId } from '#shared/model/ids.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import { type Dynalite, localClient, startDynalite } from '#test/kit/dynalite.ts';
import { silentLog } from '#test/kit/system.ts';
import { type CallSites, createCallSites } from './call-sites.ts';
import { violations } from './checks.ts';
import type { FaultJob } from './fault-job.ts';
import type { FaultScript } from './fault-script.ts';
import { createIncarnation, type Incarnation } from './incarnation.ts';
import { type Ledger, readLedger } from './ledger.ts';
import { type Execution, type Notebook, readNotes } from './node-notes.ts';
import { faultFleet } from './nodes.ts';
import { createOperator, type Life } from './operator.ts';
import type { Sabotage } from './sabotage.ts';
import type { World } from './world.ts';

/** What came of one run of a job. */
export interface Played {
  readonly runId: RunId | undefined;
  readonly ledger: Ledger | undefined;
  readonly executions: readonly Execution[];
  /** What is wrong whatever the job; empty when all is well. */
  readonly problems: readonly string[];
  /** Times that Drover was started. */
  readonly lives: number;
}

/** How one run of a job is played. */
export interface PlayOptions {
  readonly world: World;
  readonly script: FaultScript;
  /** How long Drover stays down after a death. */
  readonly downMs: number;
  readonly sabotage?: Sabotage;
  /** A run in which no call is made for so long does not go on any more. */
  readonly quietMs?: number;
}

/** Nothing that a job waits for takes longer, on a busy machine either. */
const longestQuietMs = 90_000;
/** A run that takes longer goes round in circles. */
const longestMs = 900_000;

/** What outlives Drover in one run. */
interface Outside {
  readonly local: LocalOutside;
  readonly notes: Notebook;
  readonly table: Dynalite;
  readonly sites: CallSites;
  /** The product without faults, which starts nothing: for looking. */
  readonly reader: LocalSystem;
  close(): Promise<void>;
}

const openOutside = async ({ provider }: World): Promise<Outside> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'drover-fault-'));
  await mkdir(join(stateDir, 'gates'));
  const table = await startDynalite();
  const blobServer = await startBlobServer({
    dir: join(stateDir, 'blobs'),
    stateFile: join(stateDir, 'blob-server.json'),
    now: Date.now,
  });
  const local: LocalOutside = {
    ...{ stateDir, fleet: faultFleet, table, blobAccess: blobServer.access },
    clients: localClients(provider, faultFleet),
    secrets: connectSecrets(provider, openSecretStore(join(stateDir, 'secrets'), Date.now), {}),
  };
  return {
    ...{ local, table },
    notes: { file: join(stateDir, 'notes'), gate: (name: string) => join(stateDir, 'gates', name) },
    sites: createCallSites(),
    reader: await openLocalSystem({ ...local, log: silentLog }),
    close: async () => {
      await blobServer.close();
      await table.stop();
    },
  };
};

/** Calls of the clouds that are tried again wait for milliseconds only. */
const quickPacing = {
  sleep: (ms: number) => setTimeout(ms / 20),
  random: Math.random,
  now: () => performance.now(),
};

/** Starts Drover on what is outside, and takes up what an earlier life left. */
const live = async (
  outside: Outside,
  { world, sabotage }: PlayOptions,
  incarnation: Incarnation,
  life: number,
): Promise<Life> => {
  const { local, table } = outside;
  const client = incarnation.table(localClient(table.endpoint, { maxAttempts: 1 }));
  const system = await openLocalSystem({
    ...local,
    ...{ log: silentLog, pacing: quickPacing },
    table: { client, tableName: table.tableName },
    clients: incarnation.clients(localClients(world.provider, faultFleet)),
    aroundPorts: (ports) => incarnation.aroundPorts(sabotage?.(ports, life) ?? ports),
    aroundTasks: incarnation.aroundTasks,
  });
  world.listen((event) => {
    // Who sends events hears no more than that they arrived.
    if (!incarnation.isDead()) void system.tasks.onAgentEvent(event).catch(() => undefined);
  });
  // Who dies while it begins is dead, and not for ever beginning.
  await Promise.race([system.begin(), incarnation.died]);
  return {
    incarnation,
    engine: system.engine,
    services: incarnation.requests(system.services),
    bury: () => client.destroy(),
  };
};

/** Keeps Drover alive: after each death it is started again on what is left. */
const keepAlive = (outside: Outside, options: PlayOptions) => {
  const { world, script, downMs } = options;
  const lives: Life[] = [];
  let over = false;
  let current: Promise<Life>;
  const start = async (): Promise<Life> => {
    const life = await live(outside, options, createIncarnation(outside.sites, script), lives.length + 1);
    lives.push(life);
    return life;
  };
  const watch = async (life: Life): Promise<void> => {
    await life.incarnation.died;
    if (over) return;
    current = (async () => {
      world.listen(undefined);
      await life.engine.close();
      await life.incarnation.settled();
      await setTimeout(downMs);
      return start();
    })();
    void current.then(watch);
  };
  current = start();
  void current.then(watch);
  return {
    current: () => current,
    lives,
    end: async (): Promise<void> => {
      over = true;
      const life = await current;
      await life.engine.close();
      life.incarnation.kill();
      await life.incarnation.settled();
      world.listen(undefined);
      for (const one of lives) one.bury();
    },
  };
};

/** Waits until the engine has nothing under way and Drover is alive; what hung goes on first. */
const comeToRest = async (alive: ReturnType<typeof keepAlive>, script: FaultScript): Promise<void> => {
  for (;;) {
    const life = await alive.current();
    await Promise.race([life.engine.idle(), life.incarnation.died]);
    if (life.incarnation.isDead()) continue;
    script.finish();
    await Promise.race([life.incarnation.settled(), life.incarnation.died]);
    if (!life.incarnation.isDead()) return;
  }
};

/** Fails once there is nothing more to hope for. */
const givingUp = async (isHopeless: () => boolean): Promise<never> => {
  while (!isHopeless()) await setTimeout(1000, undefined, { ref: false });
  throw new Error('The engine did not come to rest');
};

/** Plays a job to its end, with what its script makes go wrong, and checks what must hold of every run. */
export const play = async (job: FaultJob, options: PlayOptions): Promise<Played> => {
  const outside = await openOutside(options.world);
  const { notes, reader } = outside;
  const alive = keepAlive(outside, options);
  const startedMs = performance.now();
  const { quietMs = longestQuietMs } = options;
  const isHopeless = () => options.script.quietMs() > quietMs || performance.now() - startedMs > longestMs;
  const operator = createOperator({ notes, reader: reader.services, current: alive.current, isHopeless });
  const problems: string[] = [];
  const playThrough = async (): Promise<void> => {
    await operator.submit(job);
    await (job.operate ?? ((one) => one.ended()))(operator);
    await comeToRest(alive, options.script);
  };
  try {
    await Promise.race([playThrough(), givingUp(isHopeless)]);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const runId = operator.runId();
  const ledger = runId === undefined ? undefined : await readLedger(reader.services, runId);
  const executions = readNotes(notes);
  if (ledger && problems.length === 0) {
    if (!isTerminalRunStatus(ledger.view.status) || ledger.view.status !== job.ends)
      problems.push(`The run is ${ledger.view.status} in the end, not ${job.ends}`);
    problems.push(...violations(ledger, executions, new Set(Object.keys(job.executions))));
    for (const { name } of (await reader.services.listLocks()).items) problems.push(`${name} is still held in the end`);
  }
  await alive.end();
  // Scripts that wait for a gate that nobody opened end now.
  for (const gate of operator.gates) await writeFile(notes.gate(gate), '');
  await outside.close();
  if (problems.length === 0) await rm(outside.local.stateDir, { recursive: true, force: true, maxRetries: 5 });
  else problems.push(`State of this run: ${outside.local.stateDir}`);
  return { runId, ledger, executions, problems, lives: alive.lives.length };
};
