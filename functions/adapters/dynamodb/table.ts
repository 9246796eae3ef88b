/**
 * The one definition of the table: the store, the local cloud and the deployed stack all read it from here.
 * Everything is in one table; which item has which key is said in the `*-entity.ts` files.
 */
export const table = {
  /** Environment variable that carries the table's name to a function. */
  nameVariable: 'DROVER_TABLE',
  /** Name where nobody gives another one (local cloud, tests). */
  defaultName: 'drover',
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds after which DynamoDB may delete an item; readers treat it as gone from then on. */
  ttlAttribute: 'expiresAt',
  /** Runs by month. Keys only: content always comes from the table, so a lagging index never shows a stale status. */
  runsIndex: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk', projection: 'KEYS_ONLY' },
} as const;

/** Input of a CreateTable call for this table, on demand. TTL is a call of its own (UpdateTimeToLive). */
export const createTableInput = (tableName: string) =>
  ({
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: table.partitionKey, AttributeType: 'S' },
      { AttributeName: table.sortKey, AttributeType: 'S' },
      { AttributeName: table.runsIndex.partitionKey, AttributeType: 'S' },
      { AttributeName: table.runsIndex.sortKey, AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: table.partitionKey, KeyType: 'HASH' },
      { AttributeName: table.sortKey, KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: table.runsIndex.name,
        KeySchema: [
          { AttributeName: table.runsIndex.partitionKey, KeyType: 'HASH' },
          { AttributeName: table.runsIndex.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: table.runsIndex.projection },
      },
    ],
  }) satisfies Readonly<Record<string, unknown>>;
