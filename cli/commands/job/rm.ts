import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf } from '../../inputs/library-flags.ts';
import { jobArgument } from '../../inputs/references.ts';

/** `drover job rm`. */
export const jobRmCommand = defineCommand({
  name: 'rm',
  summary: 'Remove a stored job; its revisions stay readable',
  details: 'It can no longer be started by name. Runs of it go on, and show the revision they were started with.',
  args: { '<job>': 'name' },
  options: changeOptions,
  schema: changeFlagsSchema,
  run: async (session, flags, [text = '']) => {
    const { name, revision } = jobArgument(text);
    if (revision !== undefined)
      throw new AppError('usage.invalid', 'A single revision cannot be removed: runs refer to it');
    const { client } = await session.connect();
    const removed = await client.removeJob(name, commentOf(flags), conditionsOf(flags));
    session.print(
      removed,
      () =>
        `Removed ${name}; its revisions stay readable, because runs refer to them: drover job show '${name}@${removed.changes - 1}'\n`,
    );
    return 0;
  },
});
