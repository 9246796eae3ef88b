import type { LedgerStore } from '#shared/ports/store.ts';
import { createInvocationStore } from './invocation-store.ts';
import { createOutputsStore } from './outputs-store.ts';
import { createResultStore } from './result-store.ts';
import { createStopStore } from './stop-store.ts';
import type { StoreContext } from './store-context.ts';
import { createWakeUpStore } from './wake-up-store.ts';

/** Invocations, results and outputs in the table. */
export const createLedgerStore = (context: StoreContext): LedgerStore => ({
  ...createInvocationStore(context),
  ...createStopStore(context),
  ...createWakeUpStore(context),
  ...createResultStore(context),
  ...createOutputsStore(context),
});
