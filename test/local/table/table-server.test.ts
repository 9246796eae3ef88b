import { BatchWriteItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connectTable } from '#local/table/local-table.ts';
import { serveTable } from '#local/table/table-server.ts';

const uncaught: unknown[] = [];
const note = (error: unknown): void => void uncaught.push(error);
beforeEach(() => {
  uncaught.length = 0;
  process.on('uncaughtException', note).on('unhandledRejection', note);
});
afterEach(() => void process.off('uncaughtException', note).off('unhandledRejection', note));

it('closes under requests whose callers have gone, and nothing is thrown where nobody catches', async () => {
  for (let round = 0; round < 5; round += 1) {
    const server = await serveTable({});
    const { client, tableName } = await connectTable(server.port);
    const item = (id: number) => ({ PutRequest: { Item: { pk: { S: 'p' }, sk: { S: String(id) } } } });
    const asked = Array.from({ length: 60 }, (_, index) =>
      index % 2 === 0
        ? client.send(
            new BatchWriteItemCommand({
              RequestItems: { [tableName]: Array.from({ length: 25 }, (_item, id) => item(index * 25 + id)) },
            }),
          )
        : client.send(
            new QueryCommand({
              TableName: tableName,
              KeyConditionExpression: 'pk = :pk',
              ExpressionAttributeValues: { ':pk': { S: 'p' } },
            }),
          ),
    );
    const settled = Promise.allSettled(asked);
    await Promise.race(asked);
    client.destroy();
    await server.close();
    await settled;
  }
  expect(uncaught).toEqual([]);
});
