import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openStore } from '#functions/runtime/store.ts';
import { awaitAgent } from './await-agent.ts';

/** Await Agent on Lambda. */
export const handler = lambdaTask('awaitAgent', () => awaitAgent({ store: openStore(), engine: openCompleter() }));
