import * as z from 'zod';
import { AppError } from '#shared/errors/app-error.ts';
import { defineCommand } from '../../command.ts';
import { readCalendars, timesFlagsSchema, timesOptions } from '../../inputs/schedule-request.ts';
import { dueTimesText, firingsText, schedulesText, scheduleText } from '../../output/schedule-text.ts';

/** `drover schedule ls`. */
export const scheduleLsCommand = defineCommand({
  name: 'ls',
  summary: 'List the schedules, with what is due next and what became of the last due time',
  schema: z.object({}),
  run: async (session) => {
    const { client } = await session.connect();
    const page = await client.listSchedules();
    session.print(page, () => schedulesText(page.items, session.host.now(), session.style));
    return 0;
  },
});

/** `drover schedule show`. */
export const scheduleShowCommand = defineCommand({
  name: 'show',
  summary: 'Show a schedule with its due times to come',
  args: { '<name>': 'the schedule' },
  schema: z.object({}),
  run: async (session, _options, [name = '']) => {
    const { client } = await session.connect();
    const { view: schedule, etag } = await client.viewSchedule(name);
    session.print({ ...schedule, etag }, () => scheduleText(schedule, session.host.now(), session.style));
    return 0;
  },
});

/** Names have no blanks, brackets or `@`; expressions have one of them. */
const isExpression = (text: string): boolean => /[\s(@]/.test(text);

/** `drover schedule next`. */
export const scheduleNextCommand = defineCommand({
  name: 'next',
  summary: 'Show the next due times of a schedule, or of an expression that is not stored',
  details: 'The changes of the clocks and blackouts are marked. drover schedule next "30 2 * * *" --zone Europe/Madrid',
  args: { '<name-or-expression>': 'a schedule, or an expression in any dialect' },
  options: [{ flags: '--count <n>', description: 'so many (1 to 200, default 5)' }, ...timesOptions],
  schema: timesFlagsSchema.extend({ count: z.coerce.number().int().min(1).max(200).default(5) }),
  run: async (session, { count, ...flags }, [text = '']) => {
    const { client } = await session.connect();
    const { host, style } = session;
    if (!isExpression(text)) {
      if (Object.values(flags).some((value) => value !== undefined))
        throw new AppError('usage.invalid', 'A stored schedule says itself when; leave the flags out');
      const { next, enabled } = (await client.viewSchedule(text, { next: count })).view;
      session.print({ next }, () => dueTimesText(next, host.now(), style));
      if (!enabled) session.say(`It is paused. Let it go on with: drover schedule resume ${text}`);
      return 0;
    }
    const { calendar: _files, dialect, zone, start, end } = flags;
    const calendars = await readCalendars(host, flags);
    const preview = await client.previewSchedule({
      ...{ expression: text, count },
      ...(dialect === undefined ? {} : { dialect }),
      ...(zone === undefined ? {} : { zone }),
      ...(start === undefined ? {} : { start }),
      ...(end === undefined ? {} : { end }),
      ...(calendars === undefined ? {} : { calendars }),
    });
    session.print(preview, () => dueTimesText(preview.next, host.now(), style));
    const { expressions, refused } = preview.aws;
    session.say(`Read as ${preview.dialect}, in ${preview.zone}.`);
    session.say(
      refused === undefined
        ? `On AWS: ${expressions.map((one) => `${one.expression} ${one.zone}`).join(' and ')}`
        : `Not on AWS: ${refused}`,
    );
    return 0;
  },
});

/** `drover schedule history`. */
export const scheduleHistoryCommand = defineCommand({
  name: 'history',
  summary: 'List what became of the due times of a schedule, newest first: the run, or why not',
  args: { '<name>': 'the schedule; one that was removed too' },
  options: [
    { flags: '--limit <n>', description: 'at most so many (1 to 1000, default 20)' },
    { flags: '--cursor <cursor>', description: 'go on where the list before ended' },
  ],
  schema: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(20), cursor: z.string().optional() }),
  run: async (session, { limit, cursor }, [name = '']) => {
    const { client } = await session.connect();
    const page = await client.listFirings(name, cursor === undefined ? { limit } : { limit, cursor });
    session.print(page, () => firingsText(page.items, session.style));
    if (page.cursor !== undefined && session.settings.format === 'table')
      session.say(`More: drover schedule history ${name} --cursor ${page.cursor}`);
    return 0;
  },
});
