import { type MapState, type State, type StateMachine, statesOf } from './asl.ts';
import { runMachine } from './run-machine.ts';

/** Events that Step Functions keeps of one execution; one that needs more fails. A batch is an execution of its own. */
export const historyLimit = 25_000;

/** Start and end of an execution, or of an iteration of an inline Map. */
const frame = 2;

/** History events of one pass through a state when nothing goes wrong (Step Functions API reference, "HistoryEvent"); a Map without its iterations. */
export const eventsOf = (state: State): number => {
  if (state.Type === 'Task') return state.Resource.endsWith('.waitForTaskToken') ? 6 : 5;
  if (state.Type === 'Map') return state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED' ? 6 : 4;
  return 2;
};

const stateOf = (machine: StateMachine, name: string): State => {
  const state = machine.States[name];
  if (state === undefined) throw new Error(`The state machine has no state ${name}`);
  return state;
};

const nextOf = (state: State, answer: string): string | undefined => {
  if (state.Type === 'Choice') return state.Choices.find((one) => one.StringEquals === answer)?.Next ?? state.Default;
  return 'Next' in state ? state.Next : undefined;
};

/**
 * Events on the way from a state to the end of its machine, or to that state again. `answers` are what the Choices on the way hear; iterations
 * of Maps are not counted.
 */
export const eventsOfWay = (machine: StateMachine, from: string, answers: readonly string[] = []): number => {
  let events = 0;
  let heard = 0;
  let name: string | undefined = from;
  do {
    const state = stateOf(machine, name);
    events += eventsOf(state);
    name = nextOf(state, answers[heard] ?? '');
    if (state.Type === 'Choice') heard += 1;
  } while (name !== undefined && name !== from);
  return events;
};

const processorOf = (name: string): StateMachine => {
  const map = statesOf(runMachine).find(
    (entry): entry is [string, MapState] => entry[0] === name && entry[1].Type === 'Map',
  );
  if (map === undefined) throw new Error(`The state machine has no Map ${name}`);
  return map[1].ItemProcessor;
};

const group = processorOf('For Each Group');
const phase = processorOf('Phases Of Stage');
const batch = processorOf('For Each Batch');

/** History events of what a run does, counted on the state machine itself. */
export const historyEvents = {
  /** Of a run beside its groups. */
  run: frame + eventsOfWay(runMachine, runMachine.StartAt),
  /** Of a group beside what it does: its end. */
  group: frame + eventsOfWay(group, group.StartAt, ['done']),
  /** A stage beside its slices. */
  stage: eventsOfWay(group, group.StartAt, ['run']),
  slice: frame + eventsOfWay(phase, phase.StartAt),
  /** A wait for a time. */
  soak: eventsOfWay(group, group.StartAt, ['soak']),
  /** A wait for people: at a gate, or paused. It parks anew after 30 days. */
  hold: eventsOfWay(group, group.StartAt, ['hold']),
  /** A look at whether the run's turn has come. */
  turn: eventsOfWay(group, group.StartAt, ['wait']),
  /** Of a batch beside its operations: its start and end. */
  batch: frame + eventsOf(stateOf(batch, 'Batch Done')),
  /** An operation of a batch that is over at its first look. */
  operation: eventsOfWay(batch, batch.StartAt, ['open', 'next']),
  /** One more look at an operation. */
  look: eventsOfWay(batch, 'Await Agent', ['open']),
  /** A look at whether a batch gets its nodes. */
  permit: eventsOfWay(batch, batch.StartAt, ['wait']),
} as const;
