import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { callService } from '#functions/adapters/aws/service-error.ts';
import type { Probe } from '#shared/ports/examination.ts';

/** Whether the table is there and in use. */
export const tableProbe = (client: DynamoDBClient, tableName: string): Probe => ({
  check: 'table',
  needs: `Allow dynamodb:DescribeTable on the table ${tableName}, or deploy again if it is gone (docs/operations.md, "Back up, restore").`,
  look: async () => {
    const { Table } = await callService(
      { name: `The table ${tableName}`, unavailable: 'store.unavailable' },
      client.send(new DescribeTableCommand({ TableName: tableName })),
    );
    const says = `${tableName} is ${Table?.TableStatus}`;
    // A table that is being changed can be used meanwhile.
    if (Table?.TableStatus === 'ACTIVE' || Table?.TableStatus === 'UPDATING') return { status: 'ok', says };
    return { status: 'problem', says, advice: 'Wait until it is ACTIVE; if it is being deleted, restore it.' };
  },
});
