import type { FaultJob } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

const inFirst = (node: string): string => `[ "$NODE$ATTEMPT" != ${node}1 ]`;

/** A spent budget stops the group before the last node; continuing takes up exactly what is left. */
export const stopped: FaultJob = {
  name: 'stopped',
  about: 'one node at a time, failures beyond the budget, the groups behind never start; continue does what is left',
  job: (notes) =>
    jobOf(named('h-1', 'h-2', 'h-3', 'h-4'), [
      {
        name: 'careful',
        roundCount: 0,
        maxFailures: 1,
        phases: [
          {
            name: 'p',
            operations: [noted(notes, 'a'), noted(notes, 'b', { body: `${inFirst('h-1')} && ${inFirst('h-2')}` })],
          },
        ],
      },
      { name: 'next', phases: [{ name: 'q', operations: [noted(notes, 'c')] }] },
    ]),
  operate: async (operator) => {
    await operator.ended();
    await operator.ask(
      (services, runId) => services.continueRun(runId, { mode: 'continue', only: {} }, 'operator'),
      (view) => view.attempts.length === 2,
    );
    await operator.ended();
  },
  ends: 'succeeded',
  executions: { a: 4, b: 6, c: 4 },
};
