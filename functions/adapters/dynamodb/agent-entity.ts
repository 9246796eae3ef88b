import { Entity } from 'electrodb';
import * as z from 'zod';
import { type InvocationId, invocationIdSchema, type RunId, runIdSchema } from '#shared/model/ids.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** The way back from an agent's id to our invocation: `agent#<agent>#<id>` / `agent`. */
export const createAgentEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('agent'),
      attributes: { agent: text, agentInvocationId: text, record: text, expiresAt: expiry },
      indexes: {
        byId: {
          pk: {
            ...partition,
            composite: ['agent', 'agentInvocationId'],
            template: 'agent#${agent}#${agentInvocationId}',
          },
          sk: { ...sort, composite: [], template: 'agent' },
        },
      },
    },
    target,
  );

/** Names one invocation. */
export interface InvocationPointer {
  readonly runId: RunId;
  readonly invocationId: InvocationId;
}

const storedSchema = z.object({ runId: runIdSchema, invocationId: invocationIdSchema });

/** The invocation that a stored item points at. */
export const fromAgentItem = (item: StoredItem & { readonly agentInvocationId: string }): InvocationPointer =>
  readRecord(storedSchema, item, `the agent's invocation ${item.agentInvocationId}`);
