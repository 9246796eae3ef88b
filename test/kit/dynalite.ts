import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { createTableInput, table } from '#shared/persistence/table.ts';

interface DynaliteOptions {
  readonly path?: string;
  readonly createTableMs: number;
}

// dynalite has no types.
const createDynalite: (options: DynaliteOptions) => Server = createRequire(import.meta.url)('dynalite');

/** A running dynalite with the product's table in it. */
export interface Dynalite {
  readonly endpoint: string;
  readonly tableName: string;
  readonly client: DynamoDBClient;
  /** Ends the client and the server; what is on disk stays. */
  stop(): Promise<void>;
}

/** A client for an endpoint on this machine. */
export const localClient = (endpoint: string, config: DynamoDBClientConfig = {}): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    ...config,
  });

const ensureTable = async (client: DynamoDBClient, tableName: string): Promise<void> => {
  try {
    await client.send(new CreateTableCommand(createTableInput(tableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const describe = () => client.send(new DescribeTableCommand({ TableName: tableName }));
  while ((await describe()).Table?.TableStatus !== 'ACTIVE');
};

const stopServer = async (server: Server): Promise<void> => {
  const closed = new Promise<void>((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
  });
  server.closeAllConnections();
  await closed;
};

/** Starts dynalite on a free port of the loopback, in memory or in a folder, with the table in it. */
export const startDynalite = async (options: { readonly path?: string } = {}): Promise<Dynalite> => {
  const server = createDynalite({ ...options, createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  const client = localClient(endpoint);
  await ensureTable(client, table.defaultName);
  const stop = async () => {
    client.destroy();
    await stopServer(server);
  };
  return { endpoint, tableName: table.defaultName, client, stop };
};
