import { once } from 'node:events';
import type { Server } from 'node:http';

/** Lets a server listen on a free port of the loopback; gives its address. */
export const addressOf = async (server: Server): Promise<string> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server does not listen');
  return `http://127.0.0.1:${address.port}`;
};
