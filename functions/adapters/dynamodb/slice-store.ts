import type { RunId, SliceId } from '#shared/model/ids.ts';
import type { SliceRecord } from '#shared/model/run.ts';
import type { NewBatch, PlanStore } from '#shared/ports/store.ts';
import { firstBatches } from './batch-store.ts';
import { known } from './entity-config.ts';
import { fromSliceItem, sliceKey, toSliceItem } from './slice-entity.ts';
import {
  conditionalWrite,
  isLive,
  live,
  retention,
  type StoreContext,
  strongQuery,
  strongRead,
  whenAbsent,
} from './store-context.ts';
import { io } from './store-errors.ts';
import { missing } from './stored-record.ts';

/** The part of the port that is about slices. */
export type SliceStore = Pick<PlanStore, 'getSlice' | 'openSlice' | 'closeSlice' | 'listSlices'>;

const getSlice = async (context: StoreContext, runId: RunId, sliceId: SliceId): Promise<SliceRecord | undefined> => {
  const { data } = await io(context.entities.slices.get(sliceKey({ runId, sliceId })).go(strongRead));
  const item = live(context, data);
  return item && fromSliceItem(item);
};

/** The slice comes last: who sees it sees all of its batches. */
const openSlice = async (
  context: StoreContext,
  slice: SliceRecord,
  batches: readonly NewBatch[],
): Promise<SliceRecord> => {
  const before = await getSlice(context, slice.runId, slice.sliceId);
  if (before) return before;
  await firstBatches(context, batches);
  const item = { ...toSliceItem(slice), ...retention(context) };
  const { rejected } = await io(context.entities.slices.put(item).where(whenAbsent(context)).go(conditionalWrite));
  if (!rejected) return slice;
  const stored = await getSlice(context, slice.runId, slice.sliceId);
  if (!stored) throw missing(`slice ${slice.sliceId} of run ${slice.runId}`);
  return stored;
};

const closeSlice = async (context: StoreContext, slice: Parameters<SliceStore['closeSlice']>[0]): Promise<void> => {
  const { status, counts, stops, closedAt } = slice;
  const fields = { status, counts, ...(stops === undefined ? {} : { stops }), ...known({ closedAt }) };
  const change = context.entities.slices.patch(sliceKey(slice)).set(fields);
  const written = await io(change.go(conditionalWrite));
  if (written.rejected) throw missing(`slice ${slice.sliceId} of run ${slice.runId}`);
};

const listSlices = async (context: StoreContext, runId: RunId, attempt?: number): Promise<readonly SliceRecord[]> => {
  const key = attempt === undefined ? { runId } : { runId, attempt };
  const { data } = await io(context.entities.slices.query.byRun(key).go(strongQuery));
  return data.filter((item) => isLive(context, item)).map(fromSliceItem);
};

/** Slices in the table. */
export const createSliceStore = (context: StoreContext): SliceStore => ({
  getSlice: (runId, sliceId) => getSlice(context, runId, sliceId),
  openSlice: (slice, batches) => openSlice(context, slice, batches),
  closeSlice: (slice) => closeSlice(context, slice),
  listSlices: (runId, attempt) => listSlices(context, runId, attempt),
});
