import { runRequestSchema } from '#shared/contract/requests.ts';
import type { FaultJob } from '../kit/fault-job.ts';
import { noted, waitFor } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

const where = named('h-1', 'h-4', 'c-1');
const locks = { exclusive: true, concurrency: { key: 'faults' } };

/** Another run that wants the same turn and the same nodes; what it does is of no interest. */
const other = () =>
  runRequestSchema.parse({
    job: jobOf(where, [{ name: 'o', phases: [{ name: 'x', operations: [{ id: 'z', run: 'sleep 0.2' }] }] }], locks),
  });

/** Two runs that want the same things. */
export const contended: FaultJob = {
  name: 'contended',
  about:
    'a turn, exclusive nodes and a budget, wanted by two runs; the turn is taken away in the middle and comes back',
  job: (notes) =>
    jobOf(
      where,
      [
        {
          name: 'g',
          phases: [
            {
              name: 'p',
              operations: [noted(notes, 'a', { body: waitFor(notes.gate('go')) }), noted(notes, 'b')],
            },
          ],
        },
        { name: 'h', phases: [{ name: 'q', operations: [noted(notes, 'c'), noted(notes, 'd')] }] },
      ],
      locks,
    ),
  operate: async (operator) => {
    await operator.untilNoted('a runs everywhere', (executions) => executions.length === 3);
    const so = () => true;
    await operator.ask(
      (services) => services.submitRun({ request: other(), actor: 'operator', idempotencyKey: 'other' }),
      so,
    );
    await operator.ask((services) => services.putBudget('few', { where, max: 2 }, 'operator'), so);
    await operator.ask(
      (services, runId) => services.breakLock({ name: 'turn/faults', runId, reason: 'urgent' }, 'operator'),
      ({ turn }) => turn?.state !== 'held',
    );
    operator.open('go');
    await operator.ended();
  },
  ends: 'succeeded',
  executions: { a: 3, b: 3, c: 3, d: 3 },
};
