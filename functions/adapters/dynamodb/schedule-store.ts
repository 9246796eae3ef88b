import * as z from 'zod';
import {
  type FiringRecord,
  firingRecordSchema,
  handledRecordSchema,
  type ScheduleRecord,
  scheduleRecordSchema,
} from '#shared/model/schedule.ts';
import type { Page, PageRequest } from '#shared/ports/pages.ts';
import type { ScheduleStore } from '#shared/ports/schedule-store.ts';
import { decodeCursor, encodeCursor, limitOfPage } from './page-cursor.ts';
import {
  conditionalWrite,
  firingRetention,
  isLive,
  live,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
  whenNext,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { isDone, readerOf } from './versioned-records.ts';

const readSchedule = readerOf(scheduleRecordSchema.strip(), 'a schedule');
const readFiring = readerOf(firingRecordSchema.strip(), 'a firing');
const readHandled = readerOf(handledRecordSchema.strip(), 'how far a schedule is handled');

/** A schedule is kept until it is taken away: then it expires at once, and the table forgets it in time. */
const putSchedule = (context: StoreContext, schedule: ScheduleRecord, removed: boolean): Promise<boolean> => {
  const { name, version } = schedule;
  const gone = removed ? { expiresAt: Math.floor(context.now() / 1000) } : {};
  const put = context.entities.schedules.put({ name, version, record: JSON.stringify(schedule), ...gone });
  return isDone(put.where(whenNext(context, version)).go(conditionalWrite));
};

const toFiringItem = (context: StoreContext, { schedule, dueAt, status, ...record }: FiringRecord) => ({
  ...{ schedule, dueAt, status, record: JSON.stringify(record) },
  ...firingRetention(context),
});

const beforeSchema = z.strictObject({ before: z.iso.datetime() });

const listFirings = async (context: StoreContext, schedule: string, page: PageRequest): Promise<Page<FiringRecord>> => {
  const limit = limitOfPage(page);
  const query = context.entities.firings.query.byDueTime({ schedule });
  const options = { ...strongRead, order: 'desc', count: limit + 1 } as const;
  const { data } = await io(
    page.cursor === undefined
      ? query.begins({ dueAt: '' }).go(options)
      : query.lt({ dueAt: decodeCursor(beforeSchema, page.cursor).before }).go(options),
  );
  const items = data
    .slice(0, limit)
    .filter((item) => isLive(context, item))
    .map(readFiring);
  const last = data.length > limit ? data[limit - 1] : undefined;
  return last === undefined ? { items } : { items, cursor: encodeCursor({ before: last.dueAt }) };
};

const listFiredBetween = async (
  context: StoreContext,
  schedule: string,
  span: { readonly from: string; readonly to: string },
): Promise<readonly FiringRecord[]> => {
  const query = context.entities.firings.query.byDueTime({ schedule });
  const { data } = await io(query.between({ dueAt: span.from }, { dueAt: span.to }).go(strongQuery));
  return data.filter((item) => isLive(context, item) && item.dueAt > span.from).map(readFiring);
};

const putHandled = async (
  context: StoreContext,
  handled: Parameters<ScheduleStore['putHandled']>[0],
): Promise<void> => {
  const write = context.entities.handled
    .put({ ...handled, record: '{}' })
    .where(({ record, until }, { notExists, lt }) => `${notExists(record)} OR ${lt(until, handled.until)}`)
    .go(conditionalWrite);
  await io(write);
};

/** Schedules and firings in the table. */
export const createScheduleStore = (context: StoreContext): ScheduleStore => ({
  getSchedule: async (name) => {
    const { data } = await io(context.entities.schedules.get({ name }).go(strongRead));
    const item = live(context, data);
    return item && readSchedule(item);
  },
  putSchedule: (schedule) => putSchedule(context, schedule, false),
  removeSchedule: (schedule) => putSchedule(context, { ...schedule, version: schedule.version + 1 }, true),
  listSchedules: async () => {
    const { data } = await io(context.entities.schedules.query.byName({}).go(strongQuery));
    return data.filter((item) => isLive(context, item)).map(readSchedule);
  },
  getFiring: async ({ schedule, dueAt }) => {
    const { data } = await io(context.entities.firings.get({ schedule, dueAt }).go(strongRead));
    const item = live(context, data);
    return item && readFiring(item);
  },
  createFiring: (firing) =>
    isDone(context.entities.firings.put(toFiringItem(context, firing)).where(whenAbsent(context)).go(conditionalWrite)),
  settleFiring: (firing) =>
    isDone(
      context.entities.firings
        .put(toFiringItem(context, firing))
        .where(({ status }, { eq }) => eq(status, 'starting'))
        .go(conditionalWrite),
    ),
  listFirings: (schedule, page) => listFirings(context, schedule, page),
  listFiredBetween: (schedule, from, to) => listFiredBetween(context, schedule, { from, to }),
  getHandled: async (schedule) => {
    const { data } = await io(context.entities.handled.get({ schedule }).go(strongRead));
    const item = live(context, data);
    return item && readHandled(item);
  },
  putHandled: (handled) => putHandled(context, handled),
});
