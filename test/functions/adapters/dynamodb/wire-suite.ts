import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createDynamoStore } from '#functions/adapters/dynamodb/dynamo-store.ts';
import { table } from '#shared/persistence/table.ts';
import type { Store } from '#shared/ports/store.ts';
import { type Dynalite, localClient, startDynalite } from '#test/kit/dynalite.ts';
import { sampleTime } from '#test/kit/store-samples.ts';
import { type Intercept, type RecordingProxy, startProxy, type WireCall } from './recording-proxy.ts';

/** The store before a recording proxy before dynalite, made anew for each suite; calls, waits and clock are reset for each test. */
export interface Wire {
  storeOf(change?: { readonly tableName?: string; readonly retentionSeconds?: number }): Store;
  /** Calls of this test so far. */
  calls(): readonly WireCall[];
  /** Back-off waits of this test so far, in milliseconds; none of them is waited for. */
  waits(): readonly number[];
  /** Dynalite's own endpoint. */
  endpoint(): string;
  forget(): void;
  intercept(next: Intercept): void;
  setNow(epochMs: number): void;
}

/** The put requests of a BatchWriteItem. */
export const putsOf = ({ body }: WireCall): unknown[] => body.RequestItems[table.defaultName];

/** Registers the hooks of a suite and gives access to what they make. */
export const wireSuite = (): Wire => {
  let dynalite: Dynalite;
  let proxy: RecordingProxy;
  let client: ReturnType<typeof localClient>;
  let waits: number[] = [];
  let now = 0;

  beforeAll(async () => {
    dynalite = await startDynalite();
    proxy = await startProxy(dynalite.endpoint);
    client = localClient(proxy.endpoint, { maxAttempts: 1 });
  });
  afterAll(async () => {
    client.destroy();
    await proxy.stop();
    await dynalite.stop();
  });
  beforeEach(() => {
    proxy.intercept((call, forward) => forward(call));
    proxy.forget();
    waits = [];
    now = Date.parse(sampleTime);
  });

  const pacing = { sleep: async (ms: number) => waits.push(ms), random: () => 0.5 };
  return {
    storeOf: (change = {}) =>
      createDynamoStore({ client, tableName: table.defaultName, now: () => now, pacing, ...change }),
    calls: () => proxy.calls,
    waits: () => waits,
    endpoint: () => dynalite.endpoint,
    forget: () => proxy.forget(),
    intercept: (next) => proxy.intercept(next),
    setNow: (epochMs) => {
      now = epochMs;
    },
  };
};
