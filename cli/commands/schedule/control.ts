import * as z from 'zod';
import { defineCommand } from '../../command.ts';
import { firingsText, scheduleText } from '../../output/schedule-text.ts';
import { sendOnce } from '../../runs/submit.ts';

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
  details: 'The same --key with the same schedule and reason starts one run, however often it is sent.',
  args,
  options: [...options, { flags: '--key <key>', description: 'idempotency key, 1 to 255 characters' }],
  schema: schema.extend({ key: z.string().min(1).max(255).optional() }),
  run: async (session, { key = session.host.newKey(), ...request }, [name = '']) => {
    const { client } = await session.connect();
    const { firing, replayed } = await sendOnce(session.host, () => client.runSchedule(name, bodyOf(request), key));
    if (replayed) session.say('It was asked for under this key before');
    session.print(firing, () => firingsText([firing], session.style));
    if (firing.status === 'started') {
      session.say(`next: drover run watch ${firing.runId}`);
      return 0;
    }
    return firing.status === 'skipped' ? conflictExit : 1;
  },
});
