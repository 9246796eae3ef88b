import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { commandArgument } from '../../inputs/references.ts';
import { commandText } from '../../output/command-text.ts';

/** `drover command show`. */
export const commandShowCommand = defineCommand({
  name: 'show',
  summary: 'Show a command: arguments, settings, outputs, text, and who put it',
  args: { '<command>': 'name, name@latest, or name@ and the first digits of a version' },
  schema: z.object({}),
  run: async (session, _options, [text = '']) => {
    const { name, version } = commandArgument(text);
    const { client } = await session.connect();
    const { view, etag } = await client.viewCommand(name, { version });
    session.print({ ...view, etag }, () => commandText(view, session.style));
    return 0;
  },
});
