import { Entity } from 'electrodb';
import { type EntityTarget, expiry, modelOf, ordinal, partition, sort, text } from './entity-config.ts';

const counter = { type: 'number' } as const;

/** Counters of what a run uses: `usage#<run>#<shard>` / `usage`. Batches that end together write to different partitions. */
export const createUsageEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('usage'),
      attributes: {
        runId: text,
        shard: ordinal,
        transitions: counter,
        functionCalls: counter,
        functionMibMs: counter,
        tableWrites: counter,
        tableReads: counter,
        blobPuts: counter,
        blobGets: counter,
        agentCalls: counter,
        expiresAt: expiry,
      },
      indexes: {
        byRun: {
          pk: { ...partition, composite: ['runId', 'shard'], template: 'usage#${runId}#${shard}' },
          sk: { ...sort, composite: [], template: 'usage' },
        },
      },
    },
    target,
  );
