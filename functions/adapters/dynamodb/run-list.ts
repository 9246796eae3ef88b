import * as z from 'zod';
import { type RunId, runIdSchema } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { table } from '#shared/persistence/table.ts';
import type { Page, PageRequest } from '#shared/ports/store.ts';
import { concurrentCalls, finishBulk } from './bulk.ts';
import { type Month, monthOf, monthsBack } from './months.ts';
import { decodeCursor, encodeCursor, limitOfPage } from './page-cursor.ts';
import { fromRunItem } from './run-entity.ts';
import { isLive, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';

/** How far back the list of runs goes; so an empty table is 25 small queries, not an endless walk. */
const maxMonthsBack = 24;
/** Months that are asked at once, after the first one alone: the first nearly always fills the page. */
const monthsAtOnce = 8;

/** Where a list of runs goes on: in this month, with the runs before this one. */
const placeSchema = z.strictObject({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/), before: runIdSchema });
type Place = z.infer<typeof placeSchema>;

const keySchema = z.object({ [table.runsIndex.sortKey]: runIdSchema });

/** Ids of the newest runs of a month, those before `before` when it is given. */
const idsOfMonth = async (
  context: StoreContext,
  month: Month,
  page: { readonly before: RunId | undefined; readonly limit: number },
): Promise<readonly Place[]> => {
  const query = context.entities.runs.query.byMonth({ month });
  const options = { order: 'desc', limit: page.limit, data: 'includeKeys', originalErr: true } as const;
  const { data } = await io(page.before ? query.lt({ runId: page.before }).go(options) : query.go(options));
  return data.map((item) => ({ month, before: keySchema.parse(item)[table.runsIndex.sortKey] }));
};

/** The months to ask, in groups that are asked together. */
const rounds = (months: readonly Month[]): readonly (readonly Month[])[] => {
  const groups = [months.slice(0, 1)];
  for (let at = 1; at < months.length; at += monthsAtOnce) groups.push(months.slice(at, at + monthsAtOnce));
  return groups;
};

/** Places of the newest runs from a place on, at least `count` of them where there are so many. */
const placesFrom = async (context: StoreContext, from: Place | undefined, count: number): Promise<readonly Place[]> => {
  const months = monthsBack(monthOf(context.now()), maxMonthsBack + 1);
  const found: Place[] = [];
  for (const round of rounds(months.filter((month) => !from || month <= from.month))) {
    const ask = (month: Month) =>
      idsOfMonth(context, month, { before: month === from?.month ? from.before : undefined, limit: count });
    found.push(...(await Promise.all(round.map(ask))).flat());
    if (found.length >= count) break;
  }
  return found;
};

/** The runs of these ids, in their order; a run that is gone is left out. */
const loadRuns = async (context: StoreContext, ids: readonly RunId[]): Promise<readonly RunRecord[]> => {
  const found = new Map<string, RunRecord>();
  const call = async (keys: { readonly runId: string }[]) => {
    const read = await io(context.entities.runs.get(keys).go({ ...strongRead, concurrent: concurrentCalls }));
    for (const item of read.data) if (isLive(context, item)) found.set(item.runId, fromRunItem(item));
    return read.unprocessed;
  };
  await finishBulk({ items: ids.map((runId) => ({ runId })), nameOf: ({ runId }) => runId, call }, context.pacing);
  return ids.flatMap((id) => found.get(id) ?? []);
};

/**
 * Lists runs, newest first. The index only says which runs there are; what is shown of them is read from the table.
 * @throws AppError `request.invalid` for a limit or a cursor that is not one.
 */
export const listRuns = async (context: StoreContext, page: PageRequest): Promise<Page<RunRecord>> => {
  const limit = limitOfPage(page);
  const from = page.cursor === undefined ? undefined : decodeCursor(placeSchema, page.cursor);
  const places = await placesFrom(context, from, limit + 1);
  const shown = places.slice(0, limit);
  const items = await loadRuns(
    context,
    shown.map((place) => place.before),
  );
  const last = places.length > limit ? shown.at(-1) : undefined;
  return last ? { items, cursor: encodeCursor(last) } : { items };
};
