import { Entity } from 'electrodb';
import * as z from 'zod';
import { runIdSchema } from '#shared/model/ids.ts';
import type { KeyClaim } from '#shared/ports/store.ts';
import { type EntityTarget, expiry, modelOf, partition, sort, text } from './entity-config.ts';
import { readRecord, type StoredItem } from './stored-record.ts';

/** Idempotency keys: `key#<key>` / `by#<principal>`. The key comes first, so that a busy caller is not one busy partition. */
export const createClaimEntity = (target: EntityTarget) =>
  new Entity(
    {
      model: modelOf('claim'),
      attributes: { principal: text, key: text, record: text, expiresAt: expiry },
      indexes: {
        byKey: {
          pk: { ...partition, composite: ['key'], template: 'key#${key}' },
          sk: { ...sort, composite: ['principal'], template: 'by#${principal}' },
        },
      },
    },
    target,
  );

/** The attributes of a claim. */
export const toClaimItem = ({ principal, key, ...record }: KeyClaim) => ({
  principal,
  key,
  record: JSON.stringify(record),
});

const storedSchema = z.object({
  principal: z.string(),
  key: z.string(),
  requestDigest: z.string(),
  runId: runIdSchema,
  askedAt: z.string().exactOptional(),
  ttlSeconds: z.number(),
});

/** The claim of a stored item. */
export const fromClaimItem = (item: StoredItem & { readonly key: string }): KeyClaim =>
  readRecord(storedSchema, item, `the idempotency key ${item.key}`);
