import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type ConnectedTable, connectTable } from '#local/table/local-table.ts';
import { serveTable } from '#local/table/table-server.ts';

/** A running dynalite with the product's table in it. */
export interface Dynalite extends ConnectedTable {
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

/** Starts dynalite in this process, on a free port of the loopback, in memory or in a folder, with the table in it. */
export const startDynalite = async (options: { readonly path?: string } = {}): Promise<Dynalite> => {
  const server = await serveTable(options);
  const table = await connectTable(server.port);
  return {
    ...table,
    stop: async () => {
      table.client.destroy();
      await server.close();
    },
  };
};
