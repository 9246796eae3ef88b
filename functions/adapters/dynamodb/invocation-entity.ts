import { Entity } from 'electrodb';
import { batchIdSchema, type InvocationId, type RunId } from '#shared/model/ids.ts';
import { type InvocationRecord, invocationRecordSchema } from '#shared/model/run.ts';
import {
  type EntityTarget,
  expiry,
  known,
  modelOf,
  optionalText,
  ordinal,
  partition,
  sort,
  text,
} from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Invocations of a batch: `batch#<run>#<batch>` / `invocation#<operation>#<try>`, which is the order in which they are sent. */
export const createInvocationEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('invocation'),
      attributes: {
        runId: text,
        batchId: text,
        operationIndex: ordinal,
        tryNumber: ordinal,
        status: text,
        agentInvocationId: optionalText,
        sentAt: optionalText,
        deliverBy: optionalText,
        deadlineAt: optionalText,
        cancelledAt: optionalText,
        secretsBlob: optionalText,
        looks: { type: 'number', required: true },
        token: optionalText,
        signalled: { type: 'boolean', required: true },
        record: text,
        expiresAt: expiry,
      },
      indexes: {
        byBatch: {
          pk: { ...partition, composite: ['runId', 'batchId'], template: 'batch#${runId}#${batchId}' },
          sk: {
            ...sort,
            composite: ['operationIndex', 'tryNumber'],
            template: 'invocation#${operationIndex}#${tryNumber}',
          },
        },
      },
    },
    target,
  );

/** The key of an invocation, out of its id `<run>.<batch>.o<operation>.t<try>`. */
export const invocationKey = (runId: RunId, invocationId: InvocationId) => {
  const [, batch, operation = '', tryPart = ''] = invocationId.split('.');
  return {
    runId,
    batchId: batchIdSchema.parse(batch),
    operationIndex: Number(operation.slice(1)),
    tryNumber: Number(tryPart.slice(1)),
  };
};

/** The attributes of an invocation. */
export const toInvocationItem = (invocation: InvocationRecord) => {
  const { runId, batchId, operationIndex, tryNumber, status, looks, signalled, ...rest } = invocation;
  const { agentInvocationId, sentAt, deliverBy, deadlineAt, cancelledAt, secretsBlob, token, ...record } = rest;
  return {
    runId,
    batchId,
    operationIndex,
    tryNumber,
    status,
    looks,
    signalled,
    ...known({ agentInvocationId, sentAt, deliverBy, deadlineAt, cancelledAt, secretsBlob, token }),
    record: JSON.stringify(record),
  };
};

const storedSchema = invocationRecordSchema.strip();

type InvocationItem = StoredItem &
  Readonly<Record<'runId' | 'batchId', string>> &
  Readonly<Record<'operationIndex', number>>;

/** The invocation of a stored item. */
export const fromInvocationItem = (item: InvocationItem): InvocationRecord =>
  readRecord(
    storedSchema,
    item,
    `an invocation of operation ${item.operationIndex} in batch ${item.batchId} of run ${item.runId}`,
  );
