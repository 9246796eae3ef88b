import { rm } from 'node:fs/promises';
import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { findLocalServer, localFolder } from '../../local-server.ts';

/** `drover local reset`. */
export const localResetCommand = defineCommand({
  name: 'reset',
  summary: 'Remove the local cloud: its runs, instances and fleet file',
  options: [{ flags: '-y, --yes', description: 'do not ask' }],
  schema: z.object({ yes: z.boolean().default(false) }),
  run: async ({ host, settings, say }, { yes }) => {
    const running = await findLocalServer(host, settings.stateDir);
    if (running)
      throw new AppError('local.locked', `The local cloud is up: ${running.url} (process ${running.pid})`, {
        hint: 'Stop it first (Ctrl-C in its terminal).',
      });
    const folder = localFolder(settings.stateDir);
    if (!yes && !host.stdin.isTerminal)
      throw new AppError('usage.invalid', `This removes ${folder} with all its runs`, { hint: 'Say so with --yes.' });
    if (!yes && !/^y(es)?$/i.test(await host.stdin.ask(`Remove ${folder} with all its runs? [y/N] `))) return 0;
    await rm(folder, { recursive: true, force: true });
    say(`Removed ${folder}`);
    return 0;
  },
});
