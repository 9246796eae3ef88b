import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { firingsText, scheduleText } from '../../output/schedule-text.ts';

const args = { '<name>': 'the schedule' };
const options = [{ flags: '--reason <text>', description: 'why, for whoever asks' }];
const schema = z.object({ reason: z.string().max(1024).optional() });
const bodyOf = ({ reason }: z.output<typeof schema>) => (reason === undefined ? {} : { reason });

/** `drover schedule pause`. */
export const schedulePauseCommand = defineCommand({
  name: 'pause',
  summary: 'Start nothing until resume; runs that go on are left alone',
  ...{ args, options, schema },
  run: async (session, request, [name = '']) => {
    const { client } = await session.connect();
    const schedule = await client.pauseSchedule(name, bodyOf(request));
    session.print(schedule, () => `schedule ${name} paused\n`);
    return 0;
  },
});

/** `drover schedule resume`. */
export const scheduleResumeCommand = defineCommand({
  name: 'resume',
  summary: 'Go on after a pause; what was due meanwhile is recorded and not started',
  ...{ args, options, schema },
  run: async (session, request, [name = '']) => {
    const { client } = await session.connect();
    const schedule = await client.resumeSchedule(name, bodyOf(request));
    session.print(schedule, () => scheduleText(schedule, session.host.now(), session.style));
    return 0;
  },
});

/** `drover schedule rm`. */
export const scheduleRemoveCommand = defineCommand({
  name: 'rm',
  summary: 'Take a schedule away; its history stays readable',
  args,
  schema: z.object({}),
  run: async (session, _options, [name = '']) => {
    const { client } = await session.connect();
    const schedule = await client.removeSchedule(name);
    session.print(schedule, () => `schedule ${name} removed\n`);
    return 0;
  },
});

/** Conflict, as of a lock that is held. */
const conflictExit = 6;

/** `drover schedule run-now`. */
export const scheduleRunNowCommand = defineCommand({
  name: 'run-now',
  summary: 'Start the run of a schedule now, also while it is paused; its overlap policy holds',
  ...{ args, options, schema },
  run: async (session, request, [name = '']) => {
    const { client } = await session.connect();
    const firing = await client.runSchedule(name, bodyOf(request));
    session.print(firing, () => firingsText([firing], session.style));
    if (firing.status === 'started') {
      session.say(`next: drover run watch ${firing.runId}`);
      return 0;
    }
    return firing.status === 'skipped' ? conflictExit : 1;
  },
});
