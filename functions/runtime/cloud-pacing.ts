import type { Pacing } from '#functions/adapters/agent/caller.ts';
import { createRateGate } from '#functions/adapters/agent/rate-gate.ts';
import { openProcessLog, plainPacing, systemClock } from './process.ts';
import { openStore } from './store.ts';

/** How clouds are called from this process: with all that it opens, one gate, so that its calls share what is known of the limits. */
export const cloudPacing: Pacing = {
  ...plainPacing,
  gate: createRateGate({
    ...{ store: openStore, clock: systemClock, sleep: plainPacing.sleep, random: plainPacing.random },
    log: {
      debug: (event, fields) => openProcessLog().debug(event, fields),
      info: (event, fields) => openProcessLog().info(event, fields),
      warn: (event, fields) => openProcessLog().warn(event, fields),
      error: (event, fields) => openProcessLog().error(event, fields),
    },
  }),
};
