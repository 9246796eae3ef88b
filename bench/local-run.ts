import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { parseFleet } from '#local/cloud/fleet.ts';
import { type LocalCloudOptions, startLocalCloud } from '#local/local-cloud.ts';
import type { Log } from '#shared/ports/services.ts';
import { type MemoryFigures, watchMemory } from './memory.ts';

/** What one run of one trivial operation cost. */
export interface RunFigures {
  readonly nodes: number;
  /** From the request to the end of the run. */
  readonly seconds: number;
  readonly status: string;
  readonly agentCalls: number;
  /** Items written to the table, those inside bulk writes included. */
  readonly tableWrites: number;
  readonly transitions: number;
  /** Tasks called: what would be Lambda invocations. Agent events are not counted: there is one for each batch and operation. */
  readonly tasks: number;
  readonly memory: MemoryFigures;
}

/** Counts items written, on the way to the wire. */
const countWrites = (client: DynamoDBClient): { items: number } => {
  const counter = { items: 0 };
  client.middlewareStack.add(
    (next, context) => (args) => {
      const command = String(context.commandName);
      const input: Readonly<Record<string, unknown>> = { ...args.input };
      if (command === 'BatchWriteItemCommand')
        counter.items += Object.values(input['RequestItems'] ?? {}).flat().length;
      else if (/^(Put|Update|Delete)ItemCommand$/.test(command)) counter.items += 1;
      return next(args);
    },
    { step: 'initialize', name: 'countWrites' },
  );
  return counter;
};

/** Who looks on. */
export interface Onlooker {
  readonly aroundTasks?: LocalCloudOptions['aroundTasks'];
  /** When the run is about to begin, and when it has ended. */
  readonly onStart?: () => void;
  readonly onEnd?: () => void;
}

/** Runs `true` once on each of `nodes` instances of a fresh local cloud, everything kept. */
export const runOnLocalCloud = async (nodes: number, onlooker: Onlooker = {}): Promise<RunFigures> => {
  const stateDir = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const fleet = parseFleet(`generate: [{count: ${nodes}, name: 'n-{n}', cloud: aws, region: eu-west-1}]`, 'bench');
  const counts = { transitions: 0, tasks: 0 };
  const log: Log = {
    debug: (event, fields) => {
      if (event !== 'state.entered') return;
      counts.transitions += 1;
      if (fields?.['type'] === 'Task') counts.tasks += 1;
    },
    info: () => undefined,
    warn: () => undefined,
    error: (event, fields) => console.error(event, fields),
  };
  const { aroundTasks, onStart, onEnd } = onlooker;
  const cloud = await startLocalCloud({ stateDir, fleet, log, ...(aroundTasks === undefined ? {} : { aroundTasks }) });
  const writes = countWrites(cloud.table.client);
  const job = {
    apiVersion: 'drover/v1',
    kind: 'Job',
    metadata: { name: 'bench' },
    spec: {
      targets: { where: 'true' },
      groups: [{ name: 'g', phases: [{ name: 'p', operations: [{ id: 'op', run: 'true' }] }] }],
    },
  };
  const memory = watchMemory(50);
  try {
    await cloud.services.listNodes({ limit: 1 });
    const callsBefore = sum(cloud.provider.calls());
    onStart?.();
    const startedMs = performance.now();
    const { runId } = await cloud.services.submitRun({ request: { job, params: {}, only: {} }, actor: 'bench' });
    await cloud.engine.idle();
    const seconds = (performance.now() - startedMs) / 1000;
    onEnd?.();
    const agentCalls = sum(cloud.provider.calls()) - callsBefore;
    const { status } = await cloud.services.viewRun(runId);
    return { nodes, seconds, status, agentCalls, tableWrites: writes.items, ...counts, memory: memory.stop() };
  } finally {
    memory.stop();
    await cloud.close();
    await rm(stateDir, { recursive: true, force: true });
  }
};

const sum = (calls: Readonly<Record<string, number>>): number => Object.values(calls).reduce((all, n) => all + n, 0);
