import type { FaultJob } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, withRole } from './shapes.ts';

/** More than the ledger keeps inline, so that it goes to a blob. */
const longText = 'head -c 3000 /dev/zero | tr "\\0" x';

/** Two clouds, three regions, two groups, rounds with a soak, runner phases, outputs that travel, conditions, text in blobs. */
export const rolling: FaultJob = {
  name: 'rolling',
  about: 'two groups on two clouds; rounds, soak, runner phases, outputs used by later phases, conditions, long output',
  job: (notes) =>
    jobOf(withRole('h', 'c'), [
      {
        name: 'check',
        phases: [
          {
            name: 'look',
            operations: [
              noted(notes, 'free', {
                body: `echo "free=$NODE" >> "$DROVER_OUTPUT"; ${longText}`,
                outputs: { free: {} },
              }),
            ],
          },
        ],
      },
      {
        name: 'roll',
        strategy: 'grayScale',
        rounds: [1, '100%'],
        soak: '1s',
        phases: [
          {
            name: 'announce',
            on: 'runner',
            round: 'first',
            operations: [noted(notes, 'say', { body: 'echo "word=go" >> "$DROVER_OUTPUT"', outputs: { word: {} } })],
          },
          {
            name: 'work',
            operations: [
              {
                ...noted(notes, 'stop', { body: 'echo "$FREE $WORD"' }),
                env: { ...noted(notes, 'stop').env, FREE: '${{ outputs.free.free }}', WORD: '${{ outputs.say.word }}' },
              },
              noted(notes, 'start', { when: 'outputs.free.free != "h-2" && outputs.free.free != "c-1"' }),
            ],
          },
          { name: 'report', on: 'runner', round: 'last', operations: [noted(notes, 'tell')] },
        ],
      },
    ]),
  ends: 'succeeded',
  executions: { free: 6, say: 1, stop: 6, start: 4, tell: 1 },
};
