import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { type LocalTable, startLocalTable } from '#local/table/local-table.ts';

/** A running dynalite with the product's table in it. */
export interface Dynalite extends Omit<LocalTable, 'close'> {
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

/** Starts dynalite on a free port of the loopback, in memory or in a folder, with the table in it. */
export const startDynalite = async (options: { readonly path?: string } = {}): Promise<Dynalite> => {
  const { close, ...table } = await startLocalTable(options);
  return { ...table, stop: close };
};
