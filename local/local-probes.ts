import { statfs } from 'node:fs/promises';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Pacing } from '#functions/adapters/agent/caller.ts';
import { createCaller } from '#functions/adapters/agent/caller.ts';
import { classifyAliyun } from '#functions/adapters/aliyun/aliyun-failures.ts';
import { aliyunProbe } from '#functions/adapters/examination/aliyun-probe.ts';
import { blobsProbe } from '#functions/adapters/examination/blobs-probe.ts';
import { probeTries } from '#functions/adapters/examination/probe-client-config.ts';
import { ssmProbe } from '#functions/adapters/examination/ssm-probe.ts';
import { tableProbe } from '#functions/adapters/examination/table-probe.ts';
import { runIdSchema } from '#shared/model/ids.ts';
import type { Probe } from '#shared/ports/examination.ts';
import type { Blobs, Engine } from '#shared/ports/services.ts';
import type { Fleet } from './cloud/fleet.ts';
import { type LocalClients, scopesOf } from './local-agents.ts';

/** What is looked at in a local cloud. */
export interface LocalProbesOptions {
  readonly stateDir: string;
  readonly fleet: Fleet;
  readonly table: { readonly client: DynamoDBClient; readonly tableName: string };
  readonly clients: LocalClients;
  readonly blobs: Blobs;
  readonly engine: Engine;
  readonly pacing: Pacing;
}

/** A run that there never was. */
const noRun = runIdSchema.parse('0'.repeat(26));

const mebibyte = 1024 * 1024;
/** Free space of the disk below which it is worth saying, and below which writes are about to fail. */
const leastFree = { warning: 1024 * mebibyte, problem: 64 * mebibyte };

const diskProbe = (stateDir: string): Probe => ({
  check: 'disk',
  needs: `See that the folder ${stateDir} is there and can be read.`,
  look: async () => {
    const { bavail, bsize } = await statfs(stateDir);
    const free = bavail * bsize;
    const says = `${Math.floor(free / mebibyte)} MiB are free for ${stateDir}`;
    if (free >= leastFree.warning) return { status: 'ok', says };
    const advice = 'Make room, or remove old runs with drover run purge: without it nothing can be recorded.';
    return { status: free >= leastFree.problem ? 'warning' : 'problem', says, advice };
  },
});

const engineProbe = (engine: Engine): Probe => ({
  check: 'engine',
  needs: 'Start drover local up again; runs that are under way go on.',
  look: async () => {
    const { state } = await engine.look(noRun, 1);
    if (state === 'absent') return { status: 'ok', says: 'It answers' };
    return { status: 'problem', says: `It knows a run that there never was, as ${state}` };
  },
});

/** What a local cloud stands on: the adapters are the real ones, so are their probes. */
export const localProbes = ({
  stateDir,
  fleet,
  table,
  clients,
  blobs,
  engine,
  pacing,
}: LocalProbesOptions): readonly Probe[] => {
  const caller = createCaller(classifyAliyun, pacing, probeTries);
  return [
    tableProbe(table.client, table.tableName),
    blobsProbe(blobs, `See that ${stateDir} can be written.`),
    engineProbe(engine),
    diskProbe(stateDir),
    ...scopesOf(fleet, 'aws').map((scope) => ssmProbe(clients.ssm, scope)),
    ...scopesOf(fleet, 'aliyun').map((scope) => aliyunProbe({ scope, connect: async () => clients.ecs, caller })),
  ];
};
