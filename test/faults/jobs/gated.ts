import type { FaultJob, Operator } from '../kit/fault-job.ts';
import { noted } from '../kit/node-notes.ts';
import { jobOf, named } from './shapes.ts';

/** Waits until a gate is open, then says something there. */
const decide = async (
  operator: Operator,
  kind: string,
  say: { readonly decision: 'approve' | 'reject' | 'answer'; readonly answer?: string[] },
): Promise<void> => {
  await operator.until(`the ${kind} gate is open`, ({ gates }) =>
    gates.some((gate) => gate.kind === kind && gate.status === 'open'),
  );
  await operator.ask(
    async (services, runId) => {
      const { gates } = await operator.look();
      const gate = gates.find((one) => one.kind === kind);
      const digest = gate?.digest === undefined ? {} : { digest: gate.digest };
      await services.decideGate(runId, { ...say, ...digest, gate: gate?.gateId }, 'operator');
    },
    ({ gates }) => gates.some((gate) => gate.kind === kind && gate.status !== 'open'),
  );
};

/** Everything at which a run waits for people. */
export const gated: FaultJob = {
  name: 'gated',
  about: 'approval of the run and between rounds, a phase that judges, a question to a person',
  job: (notes) =>
    jobOf(
      named('h-1', 'h-2', 'c-1'),
      [
        {
          name: 'g',
          strategy: 'grayScale',
          rounds: [1, '100%'],
          approval: { after: 'first' },
          phases: [
            { name: 'p', operations: [noted(notes, 'a')] },
            {
              name: 'probe',
              on: 'runner',
              round: 'last',
              judge: 'hold',
              operations: [noted(notes, 'look', { body: 'false' })],
            },
          ],
        },
        {
          name: 'h',
          phases: [
            {
              name: 'q',
              on: 'runner',
              operations: [
                { id: 'which', waitInput: { message: 'Which?', type: 'select', options: ['this', 'that'] } },
                noted(notes, 'b', { body: 'echo "$WHICH"' }),
              ],
            },
          ],
        },
      ],
      { approval: {}, env: {} },
    ),
  operate: async (operator) => {
    await decide(operator, 'start', { decision: 'approve' });
    await decide(operator, 'round', { decision: 'approve' });
    await decide(operator, 'judge', { decision: 'approve' });
    await decide(operator, 'input', { decision: 'answer', answer: ['that'] });
    await operator.ended();
  },
  ends: 'completed',
  executions: { a: 3, look: 1, b: 1 },
};
