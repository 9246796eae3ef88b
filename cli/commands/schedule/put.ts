import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { conditionsOf, ifMatchOption, newOption } from '../../inputs/library-flags.ts';
import { readScheduleRequest, scheduleFlagsSchema, scheduleOptions } from '../../inputs/schedule-request.ts';
import { scheduleText } from '../../output/schedule-text.ts';

/** `drover schedule put`. */
export const schedulePutCommand = defineCommand({
  name: 'put',
  summary: 'Start a stored job by the clock: make a schedule, or replace it',
  details:
    'Expressions of crontab, of a crontab with years, of Alibaba Cloud and of EventBridge Scheduler are understood exactly, or refused with the reason. What is due while the run before goes on is skipped, unless --overlap says otherwise; each due time is on record: drover schedule history.',
  args: { '[name]': 'letters, digits, . _ - (at most 60); absent: the one in the file' },
  options: [...scheduleOptions, ifMatchOption, newOption],
  schema: scheduleFlagsSchema.extend({ ifMatch: z.string().min(1).optional(), new: z.boolean().default(false) }),
  run: async (session, flags, [named]) => {
    const { host } = session;
    const { ifMatch, new: isNew, ...said } = flags;
    const { name, request } = await readScheduleRequest(host, said, named);
    const { client, kind } = await session.connect();
    const { view: schedule, etag } = await client.putSchedule(name, request, conditionsOf({ ifMatch, new: isNew }));
    session.print({ ...schedule, etag }, () => scheduleText(schedule, host.now(), session.style));
    if (kind === 'embedded') session.say('It fires while the local cloud is up: drover local up');
    if (!schedule.enabled) session.say(`It is paused. Let it go on with: drover schedule resume ${name}`);
    return 0;
  },
});
