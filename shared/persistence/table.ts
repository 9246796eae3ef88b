/**
 * The one definition of the table: the store, the local cloud and the deployed stack all read it from here.
 * Everything is in one table; which item has which key is said in the `*-entity.ts` files.
 */
export const table = {
  /** Name where nobody gives another one (local cloud, tests). */
  defaultName: 'drover',
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may delete an item; readers treat it as gone from then on. */
  ttlAttribute: 'expiresAt',
  /** Runs by month. Keys only: content always comes from the table, so a lagging index never shows a stale status. */
  runsIndex: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk', projection: 'KEYS_ONLY' },
} as const;

const textAttribute = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
const keyOf = (partitionKey: string, sortKey: string) => [
  { AttributeName: partitionKey, KeyType: 'HASH' as const },
  { AttributeName: sortKey, KeyType: 'RANGE' as const },
];

/** Input of a CreateTable call for this table, on demand. TTL is a call of its own (UpdateTimeToLive). */
export const createTableInput = (tableName: string) => ({
  TableName: tableName,
  BillingMode: 'PAY_PER_REQUEST' as const,
  AttributeDefinitions: [
    textAttribute(table.partitionKey),
    textAttribute(table.sortKey),
    textAttribute(table.runsIndex.partitionKey),
    textAttribute(table.runsIndex.sortKey),
  ],
  KeySchema: keyOf(table.partitionKey, table.sortKey),
  GlobalSecondaryIndexes: [
    {
      IndexName: table.runsIndex.name,
      KeySchema: keyOf(table.runsIndex.partitionKey, table.runsIndex.sortKey),
      Projection: { ProjectionType: table.runsIndex.projection },
    },
  ],
});
