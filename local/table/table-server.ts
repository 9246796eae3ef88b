import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { requestsUnderWay } from './requests-under-way.ts';

interface DynaliteOptions {
  readonly path?: string;
  readonly createTableMs: number;
}

// dynalite has no types.
const createDynalite: (options: DynaliteOptions) => Server = createRequire(import.meta.url)('dynalite');

/** A DynamoDB endpoint on the loopback. */
export interface TableServer {
  readonly port: number;
  /** Answers what it was asked, ends every connection, and closes the folder; what is on disk stays. */
  close(): Promise<void>;
}

/** Starts dynalite in this process, in memory or in the folder `path`; port 0 (the default) takes a free one. */
export const serveTable = async ({
  path,
  port = 0,
}: {
  readonly path?: string;
  readonly port?: number;
}): Promise<TableServer> => {
  const server = createDynalite({ ...(path === undefined ? {} : { path }), createTableMs: 0 });
  const requests = requestsUnderWay(server);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    close: async () => {
      // A handler whose database is closed under it throws where nobody catches.
      await requests.over();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
};
