import { describe, expect, it } from 'vitest';
import { inText } from '#console/schedules/in-text.ts';
import { readCalendarText } from '#console/schedules/read-calendar.ts';
import {
  fieldOfRefusal,
  formOfSchedule,
  newScheduleForm,
  paramTexts,
  previewOf,
  readScheduleForm,
  strayParams,
} from '#console/schedules/schedule-form.ts';
import { putScheduleRequestSchema, type ScheduleView } from '#shared/contract/schedule-views.ts';
import { paramSchema } from '#shared/model/param.ts';

const declared = {
  service: paramSchema.parse({ default: 'shop' }),
  count: paramSchema.parse({ type: 'number', required: true }),
};

const stored: ScheduleView = {
  ...{ name: 'nightly', job: 'restart', expression: '0 2 * * *', dialect: 'unix', zone: 'Europe/Madrid' },
  params: { service: 'shop', count: 2, gone: true },
  ...{ overlap: 'queue', catchUp: { deadline: '2h' }, jitter: '5m', enabled: false, description: 'Restarts' },
  calendars: [{ name: 'freezes', blackouts: [{ from: '2027-12-24T00:00:00Z', to: '2027-12-27T00:00:00Z' }] }],
  tags: { team: 'shop', note: 'a=b' },
  ...{ createdAt: '2026-01-01T00:00:00Z', createdBy: 'ann', updatedAt: '2026-01-01T00:00:00Z', updatedBy: 'ann' },
  next: [],
  aws: { expressions: [], exact: true },
};

describe('the form of a schedule', () => {
  it('says what is stored, when nothing is changed; what is paused stays so', () => {
    const { params: _given, ...rest } = putScheduleRequestSchema.parse({
      ...{ job: 'restart', expression: '0 2 * * *', dialect: 'unix', zone: 'Europe/Madrid', overlap: 'queue' },
      ...{
        catchUp: stored.catchUp,
        jitter: '5m',
        description: 'Restarts',
        calendars: stored.calendars,
        tags: stored.tags,
      },
    });
    const form = formOfSchedule(stored);
    expect(readScheduleForm(form, undefined, false)).toEqual({
      name: 'nightly',
      request: { ...rest, params: stored.params },
    });
    // A value that was given stays given, also where the job has the same default.
    expect(readScheduleForm(form, declared, false)).toMatchObject({
      request: { params: { service: 'shop', count: 2 } },
    });
    expect(strayParams(form, declared)).toEqual(['gone']);
    expect(paramTexts({ ...form, params: { count: '7' } }, declared)).toEqual({ service: 'shop', count: '7' });
    expect(readScheduleForm({ ...form, params: { count: '7' } }, declared, false)).toMatchObject({
      request: { params: { service: 'shop', count: 7 } },
    });
  });

  it('of a new one asks for what is needed, and says at each field what is wrong', () => {
    const form = newScheduleForm('', 'UTC');
    expect(readScheduleForm(form, undefined, true)).toEqual({
      errors: {
        name: 'is required',
        job: 'is required: the name of a stored job',
        expression: 'is required, such as 0 2 * * *',
      },
    });
    const wrong = {
      ...form,
      ...{
        name: 'a b',
        job: 'x',
        expression: '* * * * *',
        start: 'soon',
        jitter: '5 minutes',
        catchUp: 'late',
        tags: 'team',
      },
    };
    expect(readScheduleForm(wrong, declared, true)).toEqual({
      errors: {
        name: expect.stringContaining('is not a schedule name'),
        start: expect.any(String),
        jitter: expect.stringContaining('is not a duration'),
        catchUp: expect.stringContaining('is not a duration'),
        tags: "'team' is not name=value",
        'params.count': 'is required',
      },
    });
  });

  it('stores a new one paused when asked to, and says nothing of that else', () => {
    const form = { ...newScheduleForm('hello', ''), name: 'n', expression: ' @daily ' };
    expect(readScheduleForm(form, {}, true)).toMatchObject({ name: 'n', request: { expression: '@daily' } });
    expect(readScheduleForm(form, {}, true)).not.toHaveProperty('request.enabled');
    expect(readScheduleForm(form, {}, true)).not.toHaveProperty('request.zone');
    expect(readScheduleForm({ ...form, isPaused: true }, {}, true)).toMatchObject({ request: { enabled: false } });
    expect(readScheduleForm({ ...form, isPaused: true }, {}, false)).not.toHaveProperty('request.enabled');
  });

  it('asks what an expression means as soon as there is one', () => {
    const form = newScheduleForm('hello', 'UTC');
    expect(previewOf(form, 8)).toBeUndefined();
    expect(previewOf({ ...form, expression: '0 2 * * *', dialect: 'unix' }, 8)).toEqual({
      ...{ expression: '0 2 * * *', dialect: 'unix', zone: 'UTC', calendars: [], count: 8 },
    });
    expect(previewOf({ ...form, expression: '0 2 * * *', start: 'soon' }, 8)).toBeUndefined();
    expect(fieldOfRefusal("'Europe/Madri' is not a time zone", { zone: 'Europe/Madri', job: '' })).toBe('zone');
    expect(fieldOfRefusal('A crontab expression has five fields, not 4', { zone: 'UTC', job: '' })).toBe('expression');
  });
});

describe('a calendar that is written in', () => {
  it('is a list of events, or says why not', () => {
    const text = '- {from: 2027-12-24T00:00:00+01:00, to: 2027-12-27T00:00:00+01:00, summary: Christmas}';
    expect(readCalendarText('freezes', text)).toMatchObject({ name: 'freezes', blackouts: [{ summary: 'Christmas' }] });
    expect(readCalendarText('a', 'BEGIN:VCALENDAR')).toMatchObject({
      error: expect.stringContaining('--calendar FILE'),
    });
    expect(readCalendarText('a', '[')).toHaveProperty('error');
    expect(readCalendarText('a', '[]')).toMatchObject({ error: expect.stringContaining('no events') });
    expect(readCalendarText('a', text.replaceAll('27T', '23T'))).toMatchObject({
      error: expect.stringContaining('ends before it begins'),
    });
  });
});

describe('how long it is until a due time', () => {
  it.each([
    ['2026-01-01T00:00:00Z', 'now'],
    ['2026-01-01T00:00:09.9Z', '9s'],
    ['2026-01-01T02:10:00Z', '2h10m'],
    ['2026-01-04T04:59:00Z', '3d 4h'],
  ])('%s is in %s', (at, text) => expect(inText(at, Date.parse('2026-01-01T00:00:00Z'))).toBe(text));
});
