import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { DroverClient } from '#shared/client/client.ts';
import type { RunView } from '#shared/contract/run-views.ts';
import type { RunId } from '#shared/model/ids.ts';
import { hostsFleet } from '#test/kit/fleet.ts';
import { type KillableServer, killableServer } from '#test/kit/killable-server.ts';
import { type Execution, noted, readNotes } from './node-notes.ts';
import { oneOf, seededRandom } from './seeded-random.ts';

/** A run in which the local cloud is killed again and again. */
export interface ManyKills {
  readonly nodes: number;
  readonly kills: number;
  /** Decides when, and what is killed. */
  readonly seed: number;
  /** Hears of each kill. */
  readonly tell?: (line: string) => void;
}

/** What came of it. */
export interface Survived {
  readonly view: RunView;
  readonly executions: readonly Execution[];
  readonly kills: number;
}

const operations = ['a', 'b', 'c'];

const jobOf = (file: string) => ({
  apiVersion: 'drover/v1',
  kind: 'Job',
  metadata: { name: 'many-kills' },
  spec: {
    targets: { where: 'has(node.tags.role) && node.tags.role == "h"' },
    groups: [{ name: 'g', phases: [{ name: 'p', operations: operations.map((id) => noted({ file }, id)) }] }],
  },
});

/** Lines that the nodes have written: two per execution. */
const linesOf = (file: string): number => {
  try {
    return readFileSync(file).filter((byte) => byte === 10).length;
  } catch {
    return 0;
  }
};

/** When the next kill comes. */
interface Moment {
  readonly target: 'server' | 'everything';
  /** After so many lines of the nodes … */
  readonly lines: number;
  /** … or, for one that hits a server which has only just come up, after so many milliseconds. */
  readonly afterMs: number | undefined;
}

/** Kills over the whole run; each third one soon after the last, so that taking up again is hit as well. */
const momentsOf = ({ nodes, kills, seed }: ManyKills): readonly Moment[] => {
  const random = seededRandom(seed);
  const all = nodes * operations.length * 2;
  return Array.from({ length: kills }, (_, index) => ({
    target: oneOf(random, ['server', 'everything']),
    lines: Math.floor((all * (index + random())) / (kills + 1)),
    afterMs: index % 3 === 2 ? Math.floor(random() * 1500) : undefined,
  }));
};

const isOver = async (client: DroverClient, runId: RunId): Promise<boolean> =>
  (await client.viewRun(runId)).endedAt !== undefined;

const awaitMoment = async (file: string, moment: Moment, over: () => Promise<boolean>): Promise<void> => {
  if (moment.afterMs !== undefined) {
    await setTimeout(moment.afterMs);
    return;
  }
  for (let turn = 1; linesOf(file) < moment.lines; turn += 1) {
    if (turn % 40 === 0 && (await over())) return;
    await setTimeout(25);
  }
};

const goThrough = async (server: KillableServer, file: string, options: ManyKills): Promise<Survived> => {
  let client = await server.up();
  const { run } = await client.submitRun({ job: jobOf(file), params: {}, only: {} }, 'key');
  let kills = 0;
  for (const moment of momentsOf(options)) {
    await awaitMoment(file, moment, () => isOver(client, run.runId));
    if (await isOver(client, run.runId)) break;
    await server.kill(moment.target);
    kills += 1;
    options.tell?.(`kill -9 of ${moment.target} at ${linesOf(file)} lines`);
    client = await server.up();
  }
  while (!(await isOver(client, run.runId))) await setTimeout(100);
  return { view: await client.viewRun(run.runId), executions: readNotes({ file }), kills };
};

/** Runs three operations on many nodes of a local cloud that is killed again and again. */
export const survive = async (options: ManyKills): Promise<Survived> => {
  const dir = mkdtempSync(join(tmpdir(), 'drover-kills-'));
  const distant = Math.floor(options.nodes / 5);
  writeFileSync(join(dir, 'fleet.yaml'), hostsFleet(options.nodes - distant, distant));
  const server = killableServer(dir);
  try {
    return await goThrough(server, join(dir, 'notes'), options);
  } finally {
    await server.down();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
};

/** What is wrong with a run that was to succeed on every node, once each; empty when nothing is. */
export const wrongWith = ({ view, executions }: Survived, nodes: number): readonly string[] => {
  const times = Map.groupBy(executions, (one) => `${one.node} ${one.operation}`);
  const more = [...times].filter(([, all]) => all.length > 1).map(([key, all]) => `${key} ran ${all.length} times`);
  const counts = JSON.stringify(view.groups.map((group) => group.phases.map((phase) => phase.counts)));
  return [
    ...more,
    ...(times.size === nodes * operations.length ? [] : [`${times.size} executions, not ${nodes * operations.length}`]),
    ...(view.status === 'succeeded' ? [] : [`The run is ${view.status}: ${counts}`]),
  ];
};
