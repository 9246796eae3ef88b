import { defineCommand } from '../../command.ts';
import { changeFlagsSchema, changeOptions, commentOf, conditionsOf } from '../../inputs/library-flags.ts';
import { safeLine } from '../../output/safe-text.ts';

/** `drover targets rm`. */
export const targetsRmCommand = defineCommand({
  name: 'rm',
  summary: 'Remove a target set; its revisions stay readable',
  details:
    'Runs that are planned keep what it said. Stored jobs that name it cannot be started before there is one of that name again: it is said which.',
  args: { '<name>': 'name' },
  options: changeOptions,
  schema: changeFlagsSchema,
  run: async (session, flags, [name = '']) => {
    const { client } = await session.connect();
    const removed = await client.removeTargetSet(name, commentOf(flags), conditionsOf(flags));
    session.print(
      removed,
      () =>
        `Removed ${name}; what it said stays readable: drover targets show ${name} --revision ${removed.changes - 1}\n`,
    );
    for (const { job, schedules } of removed.usedBy) {
      const started = schedules.length === 0 ? '' : `, which is started by schedule ${schedules.join(', ')}`;
      session.say(
        `${session.style.yellow('warning')} job ${safeLine(job, 80)}${started} names it and cannot be started any more`,
      );
    }
    return 0;
  },
});
