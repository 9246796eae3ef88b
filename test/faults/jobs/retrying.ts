import type { FaultJob } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, withRole } from './shapes.ts';

/** Operations that are tried again, and those that Drover does itself. */
export const retrying: FaultJob = {
  name: 'retrying',
  about: 'retries with back-off on two clouds, failOn, steps that Drover does itself, outputs gathered over nodes',
  job: (notes) =>
    jobOf(withRole('h', 'c'), [
      {
        name: 'try',
        maxFailures: 1,
        phases: [
          {
            name: 'again',
            operations: [
              noted(notes, 'flaky', {
                body: '[ "$NODE" != h-2 ] && [ "$NODE" != c-1 ] || [ "$TRY" -ge 1 ]',
                retries: { max: 2, backoff: '1s', factor: 1 },
              }),
              noted(notes, 'hopeless', {
                body: '[ "$NODE" != h-3 ] || exit 4',
                retries: { max: 1, backoff: '1s' },
              }),
              { id: 'note', setEnv: { COLOR: 'blue on ${{ node.name }}' } },
              noted(notes, 'paint', {
                body: 'echo "color=$COLOR" >> "$DROVER_OUTPUT"',
                outputs: { color: {} },
                failOn: { patterns: ['red'] },
              }),
            ],
          },
        ],
      },
      {
        name: 'sum',
        phases: [
          {
            name: 'gather',
            on: 'runner',
            operations: [
              { id: 'colors', aggregate: { from: 'paint.color', as: 'list', by: 'name' } },
              { id: 'rest', wait: '1s' },
              { id: 'say', echo: '${{ outputs.colors.result }}' },
            ],
          },
        ],
      },
    ]),
  ends: 'failed',
  executions: { flaky: 8, hopeless: 7, paint: 5 },
};
