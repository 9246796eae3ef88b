import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
} from '@aws-sdk/client-dynamodb';
import { Level } from 'level';
import { AppError } from '#shared/errors/app-error.ts';
import { createTableInput, table } from '#shared/persistence/table.ts';

interface DynaliteOptions {
  readonly path?: string;
  readonly createTableMs: number;
}

// dynalite has no types.
const createDynalite: (options: DynaliteOptions) => Server = createRequire(import.meta.url)('dynalite');

/** A DynamoDB table on this machine. */
export interface LocalTable {
  readonly endpoint: string;
  readonly tableName: string;
  readonly client: DynamoDBClient;
  /** Ends client and server; what is on disk stays. */
  close(): Promise<void>;
}

/**
 * Starts dynalite on a free port of the loopback, in memory or in the folder `path`, with the product's table in it.
 * @throws AppError `local.locked` when another process has the folder open
 */
export const startLocalTable = async (options: { readonly path?: string } = {}): Promise<LocalTable> => {
  if (options.path !== undefined) await requireUnlocked(options.path);
  const server = createDynalite({ ...options, createTableMs: 0 });
  // Its only client is this process. A connection that is closed for idling at the moment when it is used again costs a call.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const client = new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    // A locked folder answers every call with a server error: say so at once instead of trying again.
    maxAttempts: 1,
  });
  const close = async () => {
    client.destroy();
    server.closeAllConnections();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
  };
  try {
    await ensureTable(client, table.defaultName);
  } catch (cause) {
    await close();
    throw lockedError(options.path, cause);
  }
  return { endpoint, tableName: table.defaultName, client, close };
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

/** Opens the database once by ourselves: dynalite throws where nobody can catch it when another process has it open. */
const requireUnlocked = async (path: string): Promise<void> => {
  const database = new Level(path);
  try {
    await database.open();
  } catch (cause) {
    throw lockedError(path, cause);
  }
  await database.close();
};

const lockedError = (path: string | undefined, cause: unknown): AppError =>
  new AppError('local.locked', `The local cloud in ${path ?? 'memory'} cannot be opened`, {
    cause,
    hint: 'Another drover process probably has it open. Use that one (drover local up serves it), wait for it to end, or give another --state-dir.',
  });
