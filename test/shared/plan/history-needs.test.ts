import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { localDocument } from '#local/engine/local-document.ts';
import type { RunId } from '#shared/model/ids.ts';
import { jobSchema } from '#shared/model/job.ts';
import { historyNeeds, looksInLine, sparePauses } from '#shared/plan/history-needs.ts';
import { checkPlanLimits } from '#shared/plan/limits.ts';
import { type MapState, statesOf } from '#shared/workflow/asl.ts';
import { eventsOf, historyEvents } from '#shared/workflow/history.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import { type TaskName, taskRegistry } from '#shared/workflow/task-registry.ts';
import { hosts, jobOf as inputOf, op, type Rig, runnerNode, useRigs } from '#test/kit/rig.ts';
import { jobOf, phaseOf } from './plan-fixtures.ts';

const newRig = useRigs();
const states = new Map(statesOf(runMachine));
const batchStates = new Set(statesOf((states.get('For Each Batch') as MapState).ItemProcessor).map(([name]) => name));

const taskOf = (placeholder: string): TaskName => {
  const found = Object.entries(taskRegistry).find(
    ([, spec]) => 'placeholder' in spec && spec.placeholder === placeholder,
  );
  if (found === undefined) throw new Error(`No task has the placeholder ${placeholder}`);
  return found[0] as TaskName;
};

/** Approves wherever the run waits. */
const approve = async (rig: Rig, runId: RunId): Promise<void> => {
  const gate = (await rig.store.get(runId))?.gates?.findLast(({ status }) => status === 'open');
  if (gate === undefined) throw new Error(`Run ${runId} waits for nobody`);
  const { gateId, digest } = gate;
  const request = { gate: gateId, decision: 'approve', ...(digest === undefined ? {} : { digest }) } as const;
  await rig.services.decideGate(runId, request, 'ann');
};

/** Interprets the run machine with the real tasks, where everybody approves at once and time passes by itself; counts its history events. */
const countEvents = async (rig: Rig, runId: RunId, groups: number): Promise<number> => {
  const call = async (name: TaskName, payload: Record<string, unknown>): Promise<object> => {
    const parked = name === 'hold' || name === 'awaitAgent' ? { token: `${name} of ${runId}` } : {};
    const task = rig.tasks[name] as (input: unknown) => Promise<object>;
    const output = await task({ ...payload, ...parked });
    if (name === 'hold') await approve(rig, runId);
    if (name === 'awaitAgent') rig.clock.advance(5);
    if (name === 'nextStage' && 'kind' in output && output.kind === 'soak') rig.clock.advance(3600);
    return { Payload: output };
  };
  const handlers = Object.fromEntries(
    [...states].flatMap(([name, state]) =>
      state.Type === 'Task'
        ? [
            [
              name,
              (input: { Payload: Record<string, unknown> }) =>
                call(taskOf(state.Parameters.FunctionName), input.Payload),
            ],
          ]
        : [],
    ),
  );
  const machine = new StateMachine(JSON.parse(JSON.stringify(localDocument(runMachine))), {
    validationOptions: { noValidate: true },
  });
  const execution = machine.run({ runId, attempt: 1 }, {
    overrides: { taskResourceLocalHandlers: handlers, waitTimeOverrides: { Soak: 0 } },
  } as never);
  let [events, slices] = [2, 0];
  for await (const event of execution.eventLogs) {
    if (event.type !== 'StateEntered' || batchStates.has(event.state.name)) continue;
    const state = states.get(event.state.name);
    if (state === undefined) throw new Error(`There is no state ${event.state.name}`);
    events += eventsOf(state);
    if (event.state.name === 'Open Phase') slices += 1;
  }
  await execution.result;
  return events + 2 * (slices + groups);
};

const phases = (...names: string[]) => names.map((name) => ({ name, operations: [op(`${name}Op`)] }));
const gray = { strategy: 'grayScale' };
const spare = sparePauses * (historyEvents.hold + historyEvents.stage + historyEvents.slice);

describe('historyNeeds', () => {
  it.each<[string, readonly Record<string, unknown>[], Record<string, unknown>]>([
    ['a oneShot group with three phases', [{ name: 'g', phases: phases('a', 'b', 'c') }], {}],
    [
      'two groups',
      [
        { name: 'g', phases: phases('a') },
        { name: 'h', phases: phases('b') },
      ],
      {},
    ],
    ['rounds', [{ name: 'g', ...gray, rounds: [1, 3, '100%'], phases: phases('a', 'b') }], {}],
    ['rounds with soaks', [{ name: 'g', ...gray, rounds: [1, 3, '100%'], soak: '10m', phases: phases('a') }], {}],
    [
      'rounds with soaks and approvals',
      [{ name: 'g', ...gray, roundCount: 0, soak: '10m', approval: { after: 'every' }, phases: phases('a') }],
      {},
    ],
    [
      'an approval after the first round, and of the run',
      [{ name: 'g', ...gray, roundCount: 3, approval: { after: 'first' }, phases: phases('a', 'b') }],
      { approval: {} },
    ],
  ])('says how many events %s come to', async (_, groups, spec) => {
    const rig = newRig(hosts(5));
    const job = jobSchema.parse(inputOf(groups, spec));
    const runId = await rig.submit(groups, { spec });

    const events = await countEvents(rig, runId, groups.length);

    expect((await rig.store.get(runId))?.status).toBe('succeeded');
    const counts = groups.map(() => 5);
    expect(historyNeeds(job, counts).total - spare).toBe(events);
  });

  it('says how many events rounds come to that a phase finds unwell each time', async () => {
    const rig = newRig([...hosts(4), runnerNode()]);
    const judge = { name: 'j', on: 'runner', judge: 'hold', operations: [op('jOp')] };
    const groups = [{ name: 'g', ...gray, roundCount: 2, soak: '1h', phases: [...phases('a'), judge] }];
    rig.script.answer = ({ operation }) => ({ exit: operation === 'jOp' ? 1 : 0 });
    const job = jobSchema.parse(inputOf(groups));
    const runId = await rig.submit(groups);

    const events = await countEvents(rig, runId, 1);

    expect(historyNeeds(job, [4]).total - spare).toBe(events);
  });
});

describe('checkPlanLimits, by history', () => {
  const rounds = (more: object) =>
    jobOf([{ name: 'slow', strategy: 'grayScale', roundCount: 0, phases: [phaseOf('p')], ...more }]);
  const check = (count: number, more: object) => () => checkPlanLimits(rounds(more), [count]);

  it('takes 600 rounds with a soak before each, and refuses them with an approval as well', () => {
    expect(check(600, { soak: '1h' })).not.toThrow();
    expect(check(600, { soak: '1h', approval: { after: 'first' } })).not.toThrow();
    expect(check(600, { soak: '1h', approval: { after: 'every' } })).toThrow(
      expect.objectContaining({
        code: 'plan.limit-exceeded',
        message:
          "The run may need 32689 history events, the limit of Step Functions is 25000; group 'slow' alone needs 31789 (600 stages, 599 soaks, 599 waits for people)",
        hint: expect.stringContaining('approval: after: first'),
      }),
    );
    expect(check(450, { soak: '1h', approval: { after: 'every' } })).not.toThrow();
  });

  it('leaves room for ten days in line', () => {
    const inLine = (count: number) => () =>
      checkPlanLimits(
        jobOf([{ name: 'slow', strategy: 'grayScale', roundCount: 0, soak: '1h', phases: [phaseOf('p')] }], {
          concurrency: {},
        }),
        [count],
      );
    expect(inLine(580)).not.toThrow();
    expect(inLine(600)).toThrow(/history events/);
    expect(looksInLine(10)).toBeLessThanOrEqual(75);
  });
});

describe('a run that is paused', () => {
  it('for a year leaves few events, because its token is parked for a month at a time', () => {
    expect((365 / 30) * historyEvents.hold).toBeLessThan(200);
  });
});
