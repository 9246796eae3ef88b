import fc from 'fast-check';
import { describe, it } from 'vitest';
import { isAppError } from '#shared/errors/app-error.ts';
import type { RunId } from '#shared/model/ids.ts';
import { driveAttempt, type Walk } from '#test/kit/drive.ts';
import { host, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';
import type { Answer, Question } from '#test/kit/scripted-agent.ts';
import { expectSameRows } from './expect-same-rows.ts';

const newRig = useRigs();

/** Two services on the first instance, and instances in two regions by turns. */
const fleet = (count: number) => [
  ...Array.from({ length: count }, (_, index) =>
    host(`i-${String(index + 1).padStart(3, '0')}`, { region: index % 2 === 0 ? 'eu-west-1' : 'eu-west-2' }),
  ),
  host('api@1', { instanceId: 'i-001' }),
  runnerNode(),
];

/** Phases and operations have names that no other group has. */
const phaseOf = {
  work: (n: number, _rounds: object) => ({
    name: `work${n}`,
    operations: [op(`a${n}`, { failIgnore: true }), op(`b${n}`)],
  }),
  again: (n: number, _rounds: object) => ({
    name: `again${n}`,
    operations: [op(`c${n}`, { retries: { max: 1, backoff: '1s' } })],
  }),
  say: (n: number, rounds: object) => ({ name: `say${n}`, on: 'runner', ...rounds, operations: [op(`s${n}`)] }),
  probe: (n: number, _rounds: object) => ({ name: `probe${n}`, on: 'runnerPerTarget', operations: [op(`t${n}`)] }),
};

const aPhases = fc.subarray(['work', 'again', 'say', 'probe'] as const, { minLength: 1 });
const aGroup = fc.record({
  strategy: fc.constantFrom(['oneShot'] as const, ['grayScale', [1, '50%', '100%']] as const),
  maxConcurrency: fc.constantFrom(1, 2, '100%'),
  maxFailures: fc.constantFrom(0, 1, '100%'),
  phases: aPhases,
});
const groupsOf = (some: readonly (typeof aGroup extends fc.Arbitrary<infer T> ? T : never)[]) =>
  some.map(({ strategy: [strategy, rounds], phases, ...group }, index) => ({
    ...{
      name: `g${index}`,
      strategy,
      ...group,
      phases: phases.map((one) => phaseOf[one](index, rounds === undefined ? {} : { round: 'every' })),
    },
    ...(rounds === undefined ? {} : { rounds }),
  }));

/** What an operator does while or after an attempt goes on: at the given sending of it, or once it stands still. */
const aTurn = fc.record({
  after: fc.integer({ min: 0, max: 12 }),
  meanwhile: fc.constantFrom('look', 'pause', 'abort', 'drain'),
  mark: fc.constantFrom('ignore', 'ignore ahead', 'reset', 'nothing'),
  next: fc.constantFrom('continue', 'force', 'retry', 'narrow'),
});
type Turn = typeof aTurn extends fc.Arbitrary<infer T> ? T : never;

const unlessRefused = async (act: () => Promise<void>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    if (!isAppError(error, 'run.conflict') && !isAppError(error, 'run.nothing-selected')) throw error;
  }
};

const meddle = ({ services }: Rig, runId: RunId, how: Turn['meanwhile']): Promise<void> => {
  const act = {
    look: async () => undefined,
    pause: () => services.pauseRun(runId, {}, 'ann'),
    abort: () => services.abortRun(runId, {}, 'ann'),
    drain: () => services.abortRun(runId, { afterBatch: true }, 'ann'),
  };
  return unlessRefused(act[how]);
};

const markSome = async ({ services }: Rig, runId: RunId, how: Turn['mark']): Promise<void> => {
  const phases = (await services.viewRun(runId)).groups[0]?.phases.map(({ name }) => name).slice(0, 2) ?? [];
  const [one, reason] = [host('i-002').id, 'known'];
  const act = {
    nothing: async () => undefined,
    ignore: () => services.ignoreNodes(runId, { reason, only: { nodes: [one] } }, 'ann'),
    'ignore ahead': () => services.ignoreNodes(runId, { reason, only: { phases } }, 'ann'),
    reset: () => services.resetNodes(runId, { only: { nodes: [one, host('i-001').id] } }, 'ann'),
  };
  await unlessRefused(act[how]);
};

const goOn = ({ services }: Rig, runId: RunId, how: Turn['next']): Promise<void> => {
  const act = {
    continue: () => services.continueRun(runId, { mode: 'continue', only: {} }, 'ann'),
    force: () => services.continueRun(runId, { mode: 'force', only: {} }, 'ann'),
    narrow: () => services.continueRun(runId, { mode: 'continue', only: { nodes: [host('i-001').id] } }, 'ann'),
    retry: () => services.retryRun(runId, { nodes: 'failed', force: false, only: {} }, 'ann'),
  };
  return unlessRefused(act[how]);
};

/** The rig as the state machine sees it, with looks at the run after sendings, and an operator who comes in at one of them. */
const watched = (rig: Rig, runId: RunId, { after, meanwhile }: Turn): Walk => {
  let sendings = 0;
  const invokeOperation: Rig['tasks']['invokeOperation'] = async (input) => {
    const sent = rig.aws.sends.length;
    const output = await rig.tasks.invokeOperation(input);
    // Between two tries of an operation nothing is written of the batch, so the map is behind the list then, as counts are.
    if (rig.aws.sends.length > sent && sendings % 3 === after % 3) await expectSameRows(rig, runId);
    if (sendings === after) await meddle(rig, runId, meanwhile);
    sendings += 1;
    return output;
  };
  return { tasks: { ...rig.tasks, invokeOperation }, clock: rig.clock };
};

/** One turn: the attempt goes on as far as it does, the operator marks, and adds an attempt or resumes. */
const takeTurn = async (rig: Rig, runId: RunId, turn: Turn): Promise<void> => {
  const { attempt, status } = await rig.services.viewRun(runId);
  if (status === 'queued' || status === 'running')
    if ((await driveAttempt(watched(rig, runId, turn), runId, attempt)) === 'held') {
      await expectSameRows(rig, runId);
      await markSome(rig, runId, turn.mark);
      await expectSameRows(rig, runId);
      await rig.services.resumeRun(runId, {}, 'ann');
      await driveAttempt(rig, runId, attempt);
    }
  await expectSameRows(rig, runId);
  await markSome(rig, runId, turn.mark);
  await expectSameRows(rig, runId);
  await goOn(rig, runId, turn.next);
  await expectSameRows(rig, runId);
};

/** Answers that look random and are the same whenever they are asked. */
const answers =
  (seed: number) =>
  ({ instanceId, operation, attempt }: Question): Answer => {
    const text = `${seed} ${instanceId} ${operation} ${attempt}`;
    const sum = [...text].reduce((n, letter) => (n * 31 + letter.charCodeAt(0)) % 9973, 7);
    if (sum % 11 === 0) return { state: 'failed', rawStatus: 'TimedOut' };
    return { exit: sum % 4 === 0 ? 3 : 0 };
  };

describe('the map of a run', () => {
  it('says what the list of its nodes says, at every step, whatever the run and its operators do', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(aGroup, { minLength: 1, maxLength: 2 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(),
        fc.array(aTurn, { minLength: 1, maxLength: 2 }),
        async (some, count, seed, turns) => {
          const rig = newRig(fleet(count));
          rig.script.answer = answers(seed);
          const runId = await rig.submit(groupsOf(some));
          for (const turn of turns) await takeTurn(rig, runId, turn);
        },
      ),
      { numRuns: 6, endOnFailure: true },
    );
  }, 60_000);
});
