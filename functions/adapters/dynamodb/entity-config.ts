import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { table } from '#shared/persistence/table.ts';

/**
 * How items are laid out. Ids are attributes, because ElectroDB makes the keys of them. Fields that are ever updated in place are attributes
 * of their own. Everything else is one attribute `record`, as JSON: it is only ever written and read whole, a bulk write is a third faster
 * than with nested attributes, and every JSON value survives (DynamoDB numbers end at 38 digits).
 */
export interface EntityTarget {
  readonly client: DynamoDBClient;
  readonly table: string;
}

/** Name and version of an entity, stored with each item. */
export const modelOf = <Name extends string>(entity: Name) => ({ entity, service: 'drover', version: '1' });

/** A number inside a sort key: zero-padded, so that 2 comes before 10. Six digits are far above every limit of a plan. */
export const ordinal = { type: 'number', required: true, padding: { length: 6, char: '0' } } as const;

/** Text that must be there. */
export const text = { type: 'string', required: true } as const;

/** Text that may be there. */
export const optionalText = { type: 'string' } as const;

/** Optional fields without those that are undefined, which ElectroDB's types refuse. */
export const known = <Name extends string, Value>(
  fields: Readonly<Partial<Record<Name, Value | undefined>>>,
): Partial<Record<Name, Value>> => {
  const result: Partial<Record<Name, Value>> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
};

/** Epoch seconds at which the item is gone; absent: never. */
export const expiry = { type: 'number', field: table.ttlAttribute } as const;

/** Field and casing of the partition key; ElectroDB would lower-case keys by itself, and ids differ by case. */
export const partition = { field: table.partitionKey, casing: 'none' } as const;

/** Field and casing of the sort key. */
export const sort = { field: table.sortKey, casing: 'none' } as const;
