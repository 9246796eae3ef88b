import { parse } from 'yaml';
import * as z from 'zod';
import { messageOf } from '#shared/errors/app-error.ts';
import { blackoutSchema, type Calendar } from '#shared/model/schedule.ts';

const mostBlackouts = 1000;

/** Reads a list of `{from, to, summary}`, YAML or JSON, as a calendar; or says why it is none. This module carries the YAML reader with it. */
export const readCalendarText = (name: string, text: string): Calendar | { readonly error: string } => {
  if (/^\uFEFF?\s*BEGIN:VCALENDAR/i.test(text))
    return {
      error: 'This is an iCalendar file. The command line reads those: drover schedule put NAME --calendar FILE',
    };
  try {
    const blackouts = z.array(blackoutSchema).min(1, 'it has no events').max(mostBlackouts).safeParse(parse(text));
    return blackouts.success ? { name, blackouts: blackouts.data } : { error: z.prettifyError(blackouts.error) };
  } catch (error) {
    return { error: messageOf(error) };
  }
};
