import { setTimeout } from 'node:timers/promises';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { table } from '#shared/persistence/table.ts';

/** What expiring items needs. */
export interface ExpireOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Ends it between two pages. */
  readonly signal?: AbortSignal;
  /** Between two pages, so that what people wait for comes first. Milliseconds. */
  readonly pauseMs?: number;
}

const deletesAtOnce = 8;

const { partitionKey, sortKey, ttlAttribute } = table;

/**
 * Deletes the items whose time is over, as DynamoDB does by itself and dynalite does not. This is the table's own work, not Drover's: nothing is
 * decided from what it reads, and each item is deleted only if it is still over then. Returns how many.
 */
export const expireItems = async ({ client, tableName, now, signal, pauseMs = 50 }: ExpireOptions): Promise<number> => {
  const over = { ':now': { N: String(Math.floor(now / 1000)) } };
  const condition = { ConditionExpression: '#t <= :now', ExpressionAttributeNames: { '#t': ttlAttribute } };
  const deleteIfOver = async (Key: Record<string, AttributeValue>): Promise<boolean> => {
    try {
      const given = { TableName: tableName, Key, ...condition, ExpressionAttributeValues: over };
      await client.send(new DeleteItemCommand(given));
      return true;
    } catch (error) {
      // Somebody has written it anew in between.
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  };
  let expired = 0;
  let from: Record<string, AttributeValue> | undefined;
  const scanPage = () =>
    client.send(
      new ScanCommand({
        TableName: tableName,
        FilterExpression: '#t <= :now',
        ProjectionExpression: '#p, #s',
        ExpressionAttributeNames: { '#t': ttlAttribute, '#p': partitionKey, '#s': sortKey },
        ExpressionAttributeValues: over,
        ExclusiveStartKey: from,
      }),
    );
  do {
    const page = await scanPage();
    const deleted = await pMap(page.Items ?? [], (key) => signal?.aborted !== true && deleteIfOver(key), {
      concurrency: deletesAtOnce,
    });
    expired += deleted.filter(Boolean).length;
    from = page.LastEvaluatedKey;
    if (from !== undefined) await setTimeout(pauseMs);
  } while (from !== undefined && signal?.aborted !== true);
  return expired;
};
