/** A process that owns a table, to be killed. Argument: folder. Says the table's pid, then each item that was acknowledged, a line each. */
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { startLocalTable } from '#local/table/local-table.ts';
import { silentLog } from '#test/kit/system.ts';

const { client, tableName, pid } = await startLocalTable({ path: process.argv[2] ?? '', log: silentLog });
console.log(pid());
for (let count = 0; ; count += 1) {
  await client.send(new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'p' }, sk: { S: `item-${count}` } } }));
  console.log(`item-${count}`);
}
