import { AsyncLocalStorage } from 'node:async_hooks';
import { addUsage, noUsage, type Usage } from '#shared/model/usage.ts';
import type { Meter } from '#shared/ports/meter.ts';

/** A meter that tells tasks apart which run at the same time. */
export interface UsageMeter extends Meter {
  /** Does work; answers what it came to and what was counted meanwhile by it and all that it called. */
  measure<T>(work: () => Promise<T>): Promise<{ readonly settled: PromiseSettledResult<T>; readonly used: Usage }>;
}

const settle = <T>(work: () => Promise<T>): Promise<PromiseSettledResult<T>> =>
  work().then(
    (value) => ({ status: 'fulfilled', value }),
    (reason: unknown) => ({ status: 'rejected', reason }),
  );

/** A new meter. */
export const createUsageMeter = (): UsageMeter => {
  const tallies = new AsyncLocalStorage<{ used: Usage }>();
  return {
    count: (used) => {
      const tally = tallies.getStore();
      if (tally !== undefined) tally.used = addUsage([tally.used, used]);
    },
    measure: async (work) => {
      const tally = { used: noUsage };
      const settled = await tallies.run(tally, () => settle(work));
      return { settled, used: tally.used };
    },
  };
};
