import { type Pacing, realPacing } from '#functions/adapters/agent/caller.ts';
import { createRateGate } from '#functions/adapters/agent/rate-gate.ts';
import { openProcessLog, processMeter, systemClock } from './process.ts';
import { openStore } from './store.ts';

/** How clouds are called from this process: with all that it opens, one gate, so that its calls share what is known of the limits. */
export const cloudPacing: Pacing = {
  ...realPacing,
  called: () => processMeter.count({ agentCalls: 1 }),
  onThrottled: (call) => openProcessLog().warn('agent.throttled', { call }),
  gate: createRateGate({
    ...{ store: openStore, clock: systemClock, sleep: realPacing.sleep, random: realPacing.random },
    log: {
      debug: (event, fields) => openProcessLog().debug(event, fields),
      info: (event, fields) => openProcessLog().info(event, fields),
      warn: (event, fields) => openProcessLog().warn(event, fields),
      error: (event, fields) => openProcessLog().error(event, fields),
    },
  }),
};
