import * as z from 'zod';
import { defineCommand } from '../command.ts';
import { readToken } from '../connection.ts';
import { consoleAddress, noConsoleBehindSignatures, signedInLink } from '../console-address.ts';
import { findLocalServer } from '../local-server.ts';
import type { Session } from '../session.ts';
import { type ServedLocal, serveLocal } from './local/serve-local.ts';

const printLink = ({ print }: Session, url: string): void => print({ url }, () => `${url}\n`);

/** The link to the console of a server that runs; undefined when there is none to ask, and the local cloud is meant. */
const linkOfRunning = async ({ host, settings }: Session): Promise<string | undefined> => {
  const { server, signing, tokenFile, stateDir } = settings;
  if (server !== undefined) {
    if (signing !== undefined) throw noConsoleBehindSignatures(server);
    return consoleAddress(host.fetch, server, tokenFile === undefined ? undefined : await readToken(tokenFile));
  }
  const local = await findLocalServer(host, stateDir);
  return local === undefined ? undefined : consoleAddress(host.fetch, local.url, local.token);
};

/** `drover console`. */
export const consoleCommand = defineCommand({
  name: 'console',
  summary: 'Print the link to the web console; without a server, serve the local cloud with it until Ctrl-C',
  details:
    'The link to a local cloud is signed in: it has the token of the server behind #, which browsers send to nobody. Whoever has it may do everything there, until the server stops. At a deployment people sign in at its issuer.\nThe page is the one that npm run build made, or that of the folder DROVER_CONSOLE_DIR.',
  options: [{ flags: '--port <port>', description: 'port to listen on when it serves (default 0: any free one)' }],
  schema: z.object({ port: z.coerce.number().int().min(0).max(65_535).default(0) }),
  run: async (session, { port }) => {
    const link = await linkOfRunning(session);
    if (link !== undefined) {
      printLink(session, link);
      return 0;
    }
    const tell = ({ url, token }: ServedLocal): void => printLink(session, signedInLink(url, token));
    await serveLocal(session, { port, needsConsole: true, tell });
    return 0;
  },
});
