import type { FaultJob } from '../kit/fault-job.ts';
import { noted, waitFor } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

const unconfirmed = {
  reason: null,
  rawStatus: null,
  exitCode: null,
  signal: null,
  stdout: '',
  stdoutBytes: 0,
  omittedBytes: 0,
};

/** Stopped in the middle of an operation, then continued. */
export const aborted: FaultJob = {
  name: 'aborted',
  about: 'abort while an operation runs on two clouds, then continue: what was stopped runs in a new attempt',
  job: (notes) =>
    jobOf(named('h-1', 'h-4', 'c-1'), [
      {
        name: 'g',
        phases: [
          {
            name: 'p',
            operations: [
              noted(notes, 'a', { body: `[ "$ATTEMPT" != 1 ] || ${waitFor(notes.gate('never'))}` }),
              noted(notes, 'b'),
            ],
          },
        ],
      },
      { name: 'h', phases: [{ name: 'q', operations: [noted(notes, 'c')] }] },
    ]),
  operate: async (operator) => {
    await operator.untilNoted('a runs everywhere', (executions) => executions.length === 3);
    await operator.ask(
      (services, runId) => services.abortRun(runId, { reason: 'enough' }, 'operator'),
      (view) => view.control === 'abort',
    );
    await operator.ended();
    await operator.ask(
      (services, runId) => services.continueRun(runId, { mode: 'continue', only: {} }, 'operator'),
      (view) => view.attempts.length === 2,
    );
    await operator.ended();
  },
  ends: 'succeeded',
  executions: { a: 6, b: 3, c: 3 },
  // Whether a node was there to confirm that it stopped depends on when the cancel reached it.
  loosen: (ledger) => ({
    ...ledger,
    results: ledger.results.map((one) => (one.status === 'aborted' ? { ...one, ...unconfirmed } : one)),
  }),
};
