import * as z from 'zod';
import { consolePaths } from '#shared/contract/console-settings.ts';
import { defineCommand } from '../../command.ts';
import { findLocalServer } from '../../local-server.ts';
import { type ServedLocal, serveLocal } from './serve-local.ts';

/** `drover local up`. */
export const localUpCommand = defineCommand({
  name: 'up',
  summary: 'Serve the local cloud until Ctrl-C; unfinished runs go on, and schedules fire',
  details:
    'Other drover commands on this machine find it by themselves. It listens on the loopback only. It also serves the web console; drover console prints the link that is signed in.',
  options: [{ flags: '--port <port>', description: 'port to listen on (default 0: any free one)' }],
  schema: z.object({ port: z.coerce.number().int().min(0).max(65_535).default(0) }),
  run: async (session, { port }) => {
    const { host, settings, say, print } = session;
    const running = await findLocalServer(host, settings.stateDir);
    if (running) {
      say(`The local cloud is up already: ${running.url} (process ${running.pid})`);
      return 0;
    }
    const tell = ({ url }: ServedLocal): void => {
      print({ url, console: `${url}${consolePaths.home}` }, () => `${url}\n`);
      say(`The web console is at ${url}${consolePaths.home}; drover console prints the link that is signed in.`);
    };
    await serveLocal(session, { port, needsConsole: false, tell });
    return 0;
  },
});
