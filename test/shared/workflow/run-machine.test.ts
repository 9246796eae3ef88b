import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { errorCatalogue, isErrorCode } from '#shared/errors/catalogue.ts';
import { permitPatience, turnPatience, waitSeconds } from '#shared/lock/times.ts';
import { maxOneShotPhases, maxStages } from '#shared/plan/limits.ts';
import { type State, type StateMachine, statesOf, type TaskState } from '#shared/workflow/asl.ts';
import { eventsOfWay, historyEvents, historyLimit } from '#shared/workflow/history.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';
import { executionInputSchema, type TaskSpec, taskRegistry } from '#shared/workflow/task-registry.ts';
import { fieldOf, readsOf, taskOfPlaceholder, visits } from './document-walk.ts';
import { events, frame } from './history-events.ts';

const states = statesOf(runMachine);
const tasks = states.filter((entry): entry is [string, TaskState] => entry[1].Type === 'Task');
const specs: readonly TaskSpec[] = Object.values(taskRegistry);
const input = Object.fromEntries(Object.keys(executionInputSchema.shape).map((key) => [key, '']));
const all = visits(runMachine, input);

const specOf = (state: TaskState): TaskSpec => {
  const name = taskOfPlaceholder(state.Parameters.FunctionName);
  if (name === undefined) throw new Error(`No task has the placeholder ${state.Parameters.FunctionName}`);
  return taskRegistry[name];
};

const machinesOf = (machine: StateMachine): readonly StateMachine[] => [
  machine,
  ...Object.values(machine.States).flatMap((state) => (state.Type === 'Map' ? machinesOf(state.ItemProcessor) : [])),
];

const errorNamesOf = (state: State): readonly string[] => [
  ...('Retry' in state ? state.Retry.flatMap(({ ErrorEquals }) => ErrorEquals) : []),
  ...('Catch' in state ? (state.Catch ?? []).flatMap(({ ErrorEquals }) => ErrorEquals) : []),
  ...(state.Type === 'Fail' && 'Error' in state ? [state.Error] : []),
];

describe('the run machine and the task registry', () => {
  it('call the same functions', () => {
    const called = new Set(tasks.map(([, state]) => state.Parameters.FunctionName));
    const registered = new Set(specs.flatMap(({ placeholder }) => placeholder ?? []));
    expect(called).toEqual(registered);
  });

  it.each(tasks)('agree on what %s is given', (_, state) => {
    const payload = Object.keys(state.Parameters.Payload).map((key) => key.replace(/\.\$$/, ''));
    const schema = specOf(state).input;
    expect(schema).toBeInstanceOf(z.ZodObject);
    expect(payload.sort()).toEqual(Object.keys((schema as z.ZodObject).shape).sort());
  });

  it.each(tasks.filter(([, state]) => state.ResultSelector))('agree on what %s gives', (_, state) => {
    for (const path of Object.values(state.ResultSelector ?? {})) {
      const field = /^\$\.Payload\.(\w+)$/.exec(String(path))?.[1] ?? '';
      expect(fieldOf(specOf(state).output, field), `${path} in the output`).toBeDefined();
    }
  });
});

describe('the states of the run machine', () => {
  it('have names of their own, since the local interpreter knows tasks by name', () => {
    const names = states.map(([name]) => name);
    expect(names).toHaveLength(new Set(names).size);
  });

  it('are all reached', () => {
    expect(new Set(all.map(({ name }) => name))).toEqual(new Set(states.map(([name]) => name)));
  });

  it('lead only to states of their own level', () => {
    for (const machine of machinesOf(runMachine))
      for (const state of Object.values(machine.States)) {
        const catches = 'Catch' in state ? (state.Catch ?? []) : [];
        const next = 'Next' in state ? [state.Next] : [];
        for (const target of [machine.StartAt, ...next, ...catches.map(({ Next }) => Next)])
          expect(machine.States[target], target).toBeDefined();
      }
  });

  it('read only what is in their input, on every way to them', () => {
    const missing = all.flatMap(({ name, state, shape }) =>
      readsOf(state).flatMap((path) => (path in shape ? [] : [`${name} reads $.${path}`])),
    );
    expect([...new Set(missing)]).toEqual([]);
  });

  it('choose by values that the task before can give', () => {
    const choices = all.flatMap(({ name, state, shape }) =>
      state.Type === 'Choice'
        ? state.Choices.map(({ Variable, StringEquals }) => ({
            name,
            origin: shape[Variable.slice(2)] ?? '',
            StringEquals,
          }))
        : [],
    );
    expect(choices.length).toBeGreaterThan(0);
    for (const { name, origin, StringEquals } of choices) {
      const [task = '', field = ''] = origin.split('.');
      const spec = Object.entries(taskRegistry).find(([one]) => one === task)?.[1];
      const schema = spec && fieldOf(spec.output, field);
      expect(schema?.safeParse(StringEquals).success, `${name}: ${origin} = ${StringEquals}`).toBe(true);
    }
  });

  it('carry ids only: no path reads anything but ids, counts, times and decisions', () => {
    const known = [
      'runId',
      'attempt',
      'group',
      'sliceId',
      'batchId',
      'invocationId',
      'error',
      'error.Error',
      'error.Cause',
    ];
    const read = new Set(all.flatMap(({ state }) => readsOf(state)).filter((path) => !path.startsWith('now.')));
    expect([...read].filter((path) => !known.includes(path))).toEqual([]);
  });
});

describe('every task of the run machine', () => {
  it.each(tasks)('%s ends in time, after its function has', (_, state) => {
    if (state.TimeoutSecondsPath !== undefined)
      expect(['$.now.look', '$.now.hold']).toContain(state.TimeoutSecondsPath);
    else expect(state.TimeoutSeconds).toBeGreaterThan(specOf(state).timeoutSeconds);
  });

  it.each(tasks)('%s is tried again when Lambda or a service is in trouble', (_, state) => {
    const retried = state.Retry.filter(({ MaxAttempts }) => MaxAttempts > 0).flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(retried).toEqual(
      expect.arrayContaining([
        'Lambda.ServiceException',
        'Lambda.AWSLambdaException',
        'Lambda.SdkClientException',
        'Lambda.TooManyRequestsException',
        'Lambda.ClientExecutionTimeoutException',
      ]),
    );
    const transient = Object.entries(errorCatalogue).flatMap(([code, { retryable }]) =>
      retryable && /^(agent|inventory|store|engine)\./.test(code) ? [code] : [],
    );
    expect(retried.filter(isErrorCode).sort()).toEqual(transient.sort());
  });

  it.each(tasks)('%s goes somewhere after any error', (_, state) => {
    const handled = state.Catch.flatMap(({ ErrorEquals }) => ErrorEquals);
    expect(handled).toContain('States.DataLimitExceeded');
    expect(state.Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });
});

describe('error names', () => {
  it('are of the error registry, of Step Functions or of Lambda', () => {
    const names = states.flatMap(([, state]) => errorNamesOf(state));
    expect(names.filter((name) => !isErrorCode(name) && !/^(States|Lambda)\.\w+$/.test(name))).toEqual([]);
  });
});

describe('the history of an execution, of 25,000 events at most', () => {
  const slice = frame + events('Open Phase', 'For Each Batch', 'Close Phase', 'Phase Done');
  const decision = events('Next Stage', 'What Next?');
  const stageOf = (slices: number): number => decision + events('Phases Of Stage') + slices * slice;
  const groupOf = (stages: number): number => frame + stages + decision + events('Group Done');
  const runOf = (groups: number): number =>
    frame + events('Start Run', 'For Each Group') + groups + events('Nothing Wrong', 'Finish Run', 'Run Done');

  it('is counted on the ways through the machine', () => {
    expect(historyEvents).toEqual({
      run: frame + events('Start Run', 'For Each Group', 'Nothing Wrong', 'Finish Run', 'Run Done'),
      group: groupOf(0),
      stage: stageOf(0),
      slice,
      soak: decision + events('Soak'),
      hold: decision + events('Hold'),
      turn: decision + events('Await Turn'),
      batch: frame + events('Batch Done'),
      operation: events('Invoke Operation', 'Sent?', 'Await Agent', 'Collect Results', 'Settled?'),
      look: events('Await Agent', 'Collect Results', 'Settled?'),
      permit: events('Invoke Operation', 'Sent?', 'Await Permit'),
    });
    expect(() => eventsOfWay(runMachine, 'Nowhere')).toThrow('no state Nowhere');
  });

  it('holds the most operations that a phase may have once its blocks are laid out, each looked at three times', () => {
    const { batch, operation, look } = historyEvents;
    expect(batch + 400 * (operation + 2 * look)).toBeLessThan(historyLimit);
  });

  it('holds the most stages that a run may have, each after a soak', () => {
    const soak = decision + events('Soak');
    expect(runOf(groupOf(maxStages * (stageOf(1) + soak)))).toBeLessThan(historyLimit);
  });

  it('holds the most phases that a oneShot group may have, with every one of them retried twice', () => {
    const retries = 2 * 3 * 2 * maxOneShotPhases;
    expect(runOf(groupOf(stageOf(maxOneShotPhases)) + retries)).toBeLessThan(historyLimit);
  });

  /** Looks of one that waits so many days, and is never woken. */
  const looksIn = (days: number, patience: typeof turnPatience): number => {
    let looks = 0;
    for (let waited = 0; waited < days * 86_400_000; looks += 1) waited += waitSeconds(waited, patience) * 1000;
    return looks;
  };

  it('holds ten days in line before the most stages that a run may have', () => {
    const inLine = looksIn(10, turnPatience) * (decision + events('Await Turn'));
    expect(runOf(groupOf(maxStages * stageOf(1) + inLine))).toBeLessThan(historyLimit);
    const soak = decision + events('Soak');
    expect(runOf(groupOf((maxStages - 10) * (stageOf(1) + soak) + inLine))).toBeLessThan(historyLimit);
  });

  it.each([30, 200])('holds a batch that waits for its nodes for %i days, and then works for half a day', (days) => {
    const wait = events('Await Permit', 'Invoke Operation', 'Sent?');
    const look = events('Await Agent', 'Collect Results', 'Settled?');
    expect(frame + looksIn(days, permitPatience) * wait + 800 * look).toBeLessThan(historyLimit);
  });

  it('holds a hundred pauses', () => {
    expect(runOf(groupOf(stageOf(maxOneShotPhases) + 100 * (decision + events('Hold'))))).toBeLessThan(historyLimit);
  });

  it('holds a batch that is looked at every minute for a day', () => {
    const look = events('Await Agent', 'Collect Results', 'Settled?');
    expect(frame + 24 * 60 * look).toBeLessThan(historyLimit);
  });
});

describe('the payload of a state, of 256 KiB at most', () => {
  it('holds the batches of 500,000 nodes', () => {
    const batches = Array.from({ length: 10_000 }, (_, index) => `a99-g99-s0-p39-x9-b${index}`);
    const output = taskRegistry.openPhase.output.parse({ batches, width: 1 });
    expect(JSON.stringify({ runId: '0'.repeat(26), sliceId: 'a99-g99-s0-p39-x9', now: output }).length).toBeLessThan(
      262_144,
    );
  });
});
