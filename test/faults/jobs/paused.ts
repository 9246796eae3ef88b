import type { FaultJob } from '../kit/fault-job.ts';
import { noted, waitFor } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

/** Held between two operations, then let go. */
export const paused: FaultJob = {
  name: 'paused',
  about: 'pause while an operation runs on two clouds, hold, resume: each node at its own next operation',
  job: (notes) =>
    jobOf(named('h-1', 'h-4', 'c-1'), [
      {
        name: 'g',
        phases: [
          {
            name: 'p',
            operations: [noted(notes, 'a', { body: waitFor(notes.gate('go')) }), noted(notes, 'b'), noted(notes, 'c')],
          },
        ],
      },
    ]),
  operate: async (operator) => {
    await operator.untilNoted('a runs everywhere', (executions) => executions.length === 3);
    await operator.ask(
      (services, runId) => services.pauseRun(runId, { reason: 'lunch' }, 'operator'),
      (view) => view.control === 'pause',
    );
    operator.open('go');
    await operator.until('it is paused', (view) => view.status === 'paused');
    await operator.ask(
      (services, runId) => services.resumeRun(runId, {}, 'operator'),
      (view) => view.control === 'go',
    );
    await operator.ended();
  },
  ends: 'succeeded',
  executions: { a: 3, b: 3, c: 3 },
};
