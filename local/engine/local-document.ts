import type { MapState, State, StateMachine, TaskState } from '#shared/workflow/asl.ts';

/**
 * The longest time that the interpreter's timer can wait, in seconds. Without a time of its own it ends every task after a minute, one that
 * waits for its token and one that is still at work alike.
 */
const longestSeconds = 2_147_483;

/**
 * The deployed document as the local interpreter can take it. The document itself stays what Step Functions wants; what differs is known
 * and small:
 * - aws-local-stepfunctions resolves TimeoutSecondsPath against a task's parameters, so the engine times token tasks itself: the time goes
 *   into the parameters, and the token is the engine's own;
 * - it knows no ToleratedFailurePercentage, so inside a Map that tolerates every failure a Fail state ends the iteration quietly.
 */
export const localDocument = (machine: StateMachine): StateMachine => ({
  ...machine,
  States: Object.fromEntries(Object.entries(machine.States).map(([name, state]) => [name, localState(state)])),
});

const localState = (state: State): State => {
  if (state.Type === 'Task') return localTask(state);
  return state.Type === 'Map' ? localMap(state) : state;
};

const localMap = (state: MapState): MapState => {
  const processor = localDocument(state.ItemProcessor);
  return { ...state, ItemProcessor: state.ToleratedFailurePercentage === 100 ? withoutFailures(processor) : processor };
};

const withoutFailures = (machine: StateMachine): StateMachine => ({
  ...machine,
  States: Object.fromEntries(
    Object.entries(machine.States).map(([name, state]) => [
      name,
      state.Type === 'Fail' ? { Type: 'Pass', End: true } : state,
    ]),
  ),
});

const localTask = (state: TaskState): TaskState => {
  const { TimeoutSeconds, TimeoutSecondsPath, ...rest } = state;
  const { 'token.$': _token, ...payload } = state.Parameters.Payload;
  const time =
    TimeoutSecondsPath === undefined ? { timeoutSeconds: TimeoutSeconds } : { 'timeoutSeconds.$': TimeoutSecondsPath };
  return {
    ...rest,
    Parameters: { ...state.Parameters, Payload: payload, ...time },
    TimeoutSeconds: longestSeconds,
  };
};
