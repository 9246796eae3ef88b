import type { State } from '#shared/workflow/asl.ts';
import { statesOf } from '#shared/workflow/asl.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';

/** History events of one pass through a state when nothing goes wrong (Step Functions API reference, "HistoryEvent"); a Map without its iterations. */
const eventsOf = (state: State): number => {
  if (state.Type === 'Task') return state.Resource.endsWith('.waitForTaskToken') ? 6 : 5;
  if (state.Type === 'Map') return state.ItemProcessor.ProcessorConfig?.Mode === 'DISTRIBUTED' ? 6 : 4;
  return 2;
};

const states = new Map(statesOf(runMachine));

/** History events of passes through these states. */
export const events = (...names: readonly string[]): number =>
  names.reduce((sum, name) => {
    const state = states.get(name);
    if (state === undefined) throw new Error(`There is no state ${name}`);
    return sum + eventsOf(state);
  }, 0);

/** Start and end of an iteration, or of an execution. */
export const frame = 2;
