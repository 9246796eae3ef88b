import { statesOf } from '#shared/workflow/asl.ts';
import { eventsOf } from '#shared/workflow/history.ts';
import { runMachine } from '#shared/workflow/run-machine.ts';

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
