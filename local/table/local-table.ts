import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { createTableInput, table } from '#shared/persistence/table.ts';
import { startTableProcess, type TableProcessOptions } from './table-process.ts';

/** Patience with a table that has to be started again: five seconds and more. */
const attempts = 8;

/** The product's table behind an endpoint of this machine. */
export interface ConnectedTable {
  readonly endpoint: string;
  readonly tableName: string;
  readonly client: DynamoDBClient;
}

/** A DynamoDB table on this machine. */
export interface LocalTable extends ConnectedTable {
  /** The table's own process, as it is now. */
  readonly pid: () => number | undefined;
  /** Ends client and server; what is on disk stays. */
  close(): Promise<void>;
}

/**
 * Starts the table of a folder in a process of its own, with the product's table in it.
 * @throws AppError `local.locked` when another process has the folder open
 */
export const startLocalTable = async (options: TableProcessOptions): Promise<LocalTable> => {
  const server = await startTableProcess(options);
  try {
    const connected = await connectTable(server.port);
    const close = async () => {
      connected.client.destroy();
      await server.close();
    };
    return { ...connected, pid: server.pid, close };
  } catch (error) {
    await server.close();
    throw error;
  }
};

/** A client for a DynamoDB endpoint on the loopback, with the product's table behind it. */
export const connectTable = async (port: number): Promise<ConnectedTable> => {
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: attempts,
  });
  await ensureTable(client, table.defaultName);
  return { endpoint, tableName: table.defaultName, client };
};

const ensureTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(createTableInput(tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const describe = () => client.send(new DescribeTableCommand({ TableName: tableName }));
  while ((await describe()).Table?.TableStatus !== 'ACTIVE');
};
