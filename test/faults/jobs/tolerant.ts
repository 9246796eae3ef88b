import type { FaultJob } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, withRole } from './shapes.ts';

/** Failures within the budget, tolerated ones, and nodes that do not answer. */
export const tolerant: FaultJob = {
  name: 'tolerant',
  about: 'failIgnore, a failing node and two offline ones within the budget, two phases together, then another group',
  job: (notes) =>
    jobOf(withRole('h', 'c', 'deaf'), [
      {
        name: 'most',
        maxFailures: 3,
        phases: [
          {
            name: 'try',
            operations: [
              noted(notes, 'may', { body: '[ "$NODE" != h-2 ]', failIgnore: true }),
              noted(notes, 'must', { body: '[ "$NODE" != c-1 ]' }),
              noted(notes, 'more'),
            ],
          },
        ],
      },
      {
        name: 'after',
        maxFailures: '100%',
        targets: { where: withRole('h') },
        phases: [
          { name: 'one', operations: [noted(notes, 'left')] },
          { name: 'other', operations: [noted(notes, 'right', { body: 'echo no >&2; exit 3' })] },
        ],
      },
    ]),
  ends: 'failed',
  executions: { may: 6, must: 6, more: 5, left: 4, right: 4 },
};
