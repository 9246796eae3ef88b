import * as z from 'zod';
import type { Check } from '#shared/contract/meta-views.ts';
import { defineCommand } from '../command.ts';
import { examine } from '../doctor/examine.ts';
import { safeLine } from '../output/safe-text.ts';
import type { Style } from '../output/style.ts';

const mark = (status: Check['status'], style: Style): string =>
  ({ ok: style.green('ok     '), warning: style.yellow('warning'), problem: style.red('problem') })[status];

const checkText = ({ check, status, says, advice }: Check, style: Style): string => {
  const line = `${mark(status, style)}  ${check.padEnd(24)} ${safeLine(says, 400)}\n`;
  return advice === undefined ? line : `${line}${' '.repeat(34)}→ ${safeLine(advice, 400)}\n`;
};

/** `drover doctor`. */
export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Look whether a Drover is well, and say what to do about what is not',
  details:
    'Looks through the API: whether it is reached and lets you in, clocks, versions, inventory and agents, open runs, schedules. And has the deployment look at itself: table, blobs, state machine, rules, dead letters, scheduler, each region of each cloud, its clock.\nThe exit code is 1 when something is a problem.',
  schema: z.object({}),
  run: async (session) => {
    const checks = await examine(await session.connect(), session.host);
    session.print({ checks }, () => checks.map((check) => checkText(check, session.style)).join(''));
    return checks.some(({ status }) => status === 'problem') ? 1 : 0;
  },
});
