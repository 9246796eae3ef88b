import { readingDays } from '#shared/config/inventory.ts';
import { daySeconds } from '#shared/config/retention.ts';
import type { InventoryStore } from '#shared/ports/inventory-store.ts';
import { conditionalWrite, expiresIn, live, type StoreContext, strongRead } from './store-context.ts';
import { io } from './store-errors.ts';

/** Where the latest reading of the clouds is, in the table. */
export const createInventoryStore = (context: StoreContext): InventoryStore => ({
  getReading: async (source) => {
    const { data } = await io(context.entities.readings.get({ source }).go(strongRead));
    const item = live(context, data);
    return item && { source: item.source, id: item.id, readAt: item.readAt };
  },
  putReading: async (reading) => {
    const write = context.entities.readings
      .put({ ...reading, ...expiresIn(context, readingDays * daySeconds) })
      .where(({ readAt }, { notExists, lt }) => `${notExists(readAt)} OR ${lt(readAt, reading.readAt)}`)
      .go(conditionalWrite);
    await io(write);
  },
});
