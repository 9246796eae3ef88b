import { defineCommand } from '../../command.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf } from '../../inputs/library-flags.ts';
import { commandArgument } from '../../inputs/references.ts';

/** `drover command rm`. */
export const commandRmCommand = defineCommand({
  name: 'rm',
  summary: 'Remove a command from use; its versions and history stay readable',
  details: 'Jobs that use it can no longer be planned or started. Runs keep the version that they were started with.',
  args: { '<command>': 'name' },
  options: changeOptions,
  schema: changeFlagsSchema,
  run: async (session, flags, [text = '']) => {
    const { name } = commandArgument(text);
    const { client } = await session.connect();
    const removed = await client.removeCommand(name, commentOf(flags), conditionsOf(flags));
    session.print(removed, () => `Removed ${name}; its versions stay readable: drover command history ${name}\n`);
    return 0;
  },
});
