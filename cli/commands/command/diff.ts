import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { commandSides } from '../../inputs/diff-sides.ts';
import { printDiff } from '../../output/print-diff.ts';

/** `drover command diff`. */
export const commandDiffCommand = defineCommand({
  name: 'diff',
  summary: 'Compare two versions of a command, or a file with what is stored',
  details:
    'Each side is a file, or name@version. One name alone is compared with the version before; one command file with what is stored under its name. A bare script is compared with the text of the other side.',
  args: { '<before>': 'file, name or name@version', '[after]': 'file, name or name@version' },
  schema: z.object({}),
  run: async (session, _options, [before = '', after]) => {
    const { client } = await session.connect();
    return printDiff(session, await commandSides({ host: session.host, client }, before, after));
  },
});
