import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { withoutCallLog } from '#functions/adapters/aws/without-call-log.ts';
import type { Store } from '#shared/ports/store.ts';
import { type Pacing, realPacing } from './bulk.ts';
import { createEntities } from './entities.ts';
import { createInventoryStore } from './inventory-store.ts';
import { createLedgerStore } from './ledger-store.ts';
import { createLibraryStore } from './library-store.ts';
import { createLockStore } from './lock-store.ts';
import { createPlanStore } from './plan-store.ts';
import { createPurgeStore } from './purge-store.ts';
import { createRateStore } from './rate-store.ts';
import { createRunStore } from './run-store.ts';
import { createScheduleStore } from './schedule-store.ts';
import type { StoreContext } from './store-context.ts';
import { createUsageStore } from './usage-store.ts';

/** What the store needs. */
export interface DynamoStoreOptions {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long what belongs to a run is kept after it was written; longer than any run takes. Absent: for ever. */
  readonly retentionSeconds?: number;
  /** How long what is kept of ended runs is kept. Absent: for ever. */
  readonly historySeconds?: number;
  /** How long firings of schedules are kept. Absent: for ever. */
  readonly firingSeconds?: number;
  /** Back-off of bulk calls that the table throttles; real timers when absent. */
  readonly pacing?: Pacing;
  /** A name for a write that no other write has; random when absent. */
  readonly newWriteId?: () => string;
}

/**
 * The store on one DynamoDB table (`table.ts`). Correctness stands on conditional writes of single items and on strongly consistent reads;
 * only the list of runs reads an index.
 * All methods throw AppError: `store.unavailable` (throttled, no network), `store.conflict`, `record.missing` (an update of nothing),
 * `task.payload-too-large` (an item above 400 KB), `config.invalid` (no such table, no right), `internal.bug` (a record that does not fit its schema).
 */
export const createDynamoStore = (options: DynamoStoreOptions): Store => {
  const {
    client,
    tableName,
    now,
    retentionSeconds,
    historySeconds,
    firingSeconds,
    pacing = realPacing,
    newWriteId = randomUUID,
  } = options;
  const context: StoreContext = {
    entities: createEntities({ client: withoutCallLog(client), table: tableName }),
    now,
    retentionSeconds,
    historySeconds,
    firingSeconds,
    pacing,
    newWriteId,
  };
  return {
    ...createRunStore(context),
    ...createPlanStore(context),
    ...createLedgerStore(context),
    ...createLibraryStore(context),
    ...createLockStore(context),
    ...createRateStore(context),
    ...createUsageStore(context),
    ...createPurgeStore(context),
    ...createScheduleStore(context),
    ...createInventoryStore(context),
  };
};
