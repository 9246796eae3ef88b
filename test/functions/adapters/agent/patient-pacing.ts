import { realPacing } from '#functions/adapters/agent/caller.ts';

/** Real time, short waits, and so many tries that chance does not exhaust them when half of the calls fail. */
export const patientPacing = {
  ...realPacing,
  retries: { tries: 25, firstDelayMs: 1, maxDelayMs: 5, totalMs: 20_000 },
};
