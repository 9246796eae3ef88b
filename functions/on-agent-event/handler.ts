import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openStore } from '#functions/runtime/store.ts';
import { onAgentEvent } from './on-agent-event.ts';

/** On Agent Event on Lambda. */
export const handler = lambdaTask('onAgentEvent', () => onAgentEvent({ store: openStore(), engine: openCompleter() }));
