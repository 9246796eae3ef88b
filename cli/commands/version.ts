import * as z from 'zod';
import { defineCommand } from '../command.ts';
import { openConnection } from '../connection.ts';
import { findLocalServer } from '../local-server.ts';

/** `drover version`. */
export const versionCommand = defineCommand({
  name: 'version',
  summary: 'Print the version of this program, and of the server when there is one',
  schema: z.object({}),
  run: async (session) => {
    const { host, settings } = session;
    const hasServer = settings.server !== undefined || (await findLocalServer(host, settings.stateDir)) !== undefined;
    const connection = hasServer ? await openConnection(settings, host) : undefined;
    const server = connection && { url: connection.baseUrl, version: (await connection.client.version()).version };
    session.print({ client: host.version, ...(server && { server }) }, () => {
      const remote = server === undefined ? '' : `server ${server.version} at ${server.url}\n`;
      return `drover ${host.version}\n${remote}`;
    });
    return 0;
  },
});
