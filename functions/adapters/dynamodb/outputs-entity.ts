import { Entity } from 'electrodb';
import * as z from 'zod';
import { nodeIdSchema, runIdSchema } from '#shared/model/ids.ts';
import type { NodeOutputs } from '#shared/ports/store.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Outputs of operations on a node: `outputs#<run>#<node>` / `outputs#<operation>`. */
export const createOutputsEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('outputs'),
      attributes: { runId: text, nodeId: text, operationId: text, record: text, expiresAt: expiry },
      indexes: {
        byNode: {
          pk: { ...partition, composite: ['runId', 'nodeId'], template: 'outputs#${runId}#${nodeId}' },
          sk: { ...sort, composite: ['operationId'], template: 'outputs#${operationId}' },
        },
      },
    },
    target,
  );

/** What tells the outputs of one operation on one node from others. */
export type OutputsKey = Readonly<Record<'runId' | 'nodeId' | 'operationId', string>>;

/** The key of outputs as one string; neither a run id nor a node id has a blank. */
export const outputsName = ({ runId, nodeId, operationId }: OutputsKey): string => `${runId} ${nodeId} ${operationId}`;

/** The attributes of outputs. */
export const toOutputsItem = ({ runId, nodeId, operationId, values }: NodeOutputs) => ({
  runId,
  nodeId,
  operationId,
  record: JSON.stringify({ values }),
});

const storedSchema = z.object({
  runId: runIdSchema,
  nodeId: nodeIdSchema,
  operationId: z.string(),
  values: z.record(z.string(), z.string()),
});

/** The outputs of a stored item. */
export const fromOutputsItem = (item: StoredItem & OutputsKey): NodeOutputs =>
  readRecord(storedSchema, item, `the outputs of ${item.operationId} on node ${item.nodeId} of run ${item.runId}`);
