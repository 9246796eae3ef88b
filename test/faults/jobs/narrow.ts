import type { FaultJob } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

/** A part of a job, then all of that part by force. */
export const narrow: FaultJob = {
  name: 'narrow',
  about: 'a run of some phases only, then everything of one phase again by force',
  only: { phases: ['p', 'r'] },
  job: (notes) =>
    jobOf(named('h-1', 'h-2', 'c-1'), [
      {
        name: 'g',
        strategy: 'grayScale',
        roundCount: 2,
        phases: [
          { name: 'p', operations: [noted(notes, 'a')] },
          { name: 'q', operations: [noted(notes, 'b')] },
        ],
      },
      { name: 'h', phases: [{ name: 'r', operations: [noted(notes, 'c')] }] },
    ]),
  operate: async (operator) => {
    await operator.ended();
    await operator.ask(
      (services, runId) => services.continueRun(runId, { mode: 'force', only: { phases: ['p'] } }, 'operator'),
      (view) => view.attempts.length === 2,
    );
    await operator.ended();
  },
  ends: 'succeeded',
  executions: { a: 6, c: 3 },
};
