import { join } from 'node:path';
import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { findLocalServer, localFolder } from '../../local-server.ts';

/** `drover local up`. */
export const localUpCommand = defineCommand({
  name: 'up',
  summary: 'Serve the local cloud until Ctrl-C; unfinished runs go on, and schedules fire',
  details: 'Other drover commands on this machine find it by themselves. It listens on the loopback only.',
  options: [{ flags: '--port <port>', description: 'port to listen on (default 0: any free one)' }],
  schema: z.object({ port: z.coerce.number().int().min(0).max(65_535).default(0) }),
  run: async ({ host, settings, say, print }, { port }) => {
    const running = await findLocalServer(host, settings.stateDir);
    if (running) {
      say(`The local cloud is up already: ${running.url} (process ${running.pid})`);
      return 0;
    }
    // Loaded only here: no other command should pay for the local cloud.
    const [{ openLocal }, { serveApp }] = await Promise.all([
      import('../../embedded.ts'),
      import('#local/serve-app.ts'),
    ]);
    const local = await openLocal(settings, (line) => host.stderr.write(line), { fires: true });
    try {
      const served = await serveApp(local, { dir: settings.stateDir, port, pid: process.pid });
      print({ url: served.url }, () => `${served.url}\n`);
      say(
        `The local cloud is up, its state is in ${localFolder(settings.stateDir)}. Ctrl-C stops it; runs go on at the next start.`,
      );
      say(`Its instances are in ${settings.fleetFile ?? join(localFolder(settings.stateDir), 'fleet.yaml')}`);
      await stopped(host.onInterrupt);
      await served.close();
    } finally {
      await local.close();
    }
    return 0;
  },
});

/** Resolves when the process is asked to end. */
const stopped = (onInterrupt: (listener: () => void) => () => void): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      forget();
      process.off('SIGTERM', done);
      resolve();
    };
    const forget = onInterrupt(done);
    process.once('SIGTERM', done);
  });
