import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openStore } from '#functions/runtime/store.ts';
import { awaitPermit } from './await-permit.ts';

/** Await Permit on Lambda. */
export const handler = lambdaTask('awaitPermit', () => awaitPermit({ store: openStore(), engine: openCompleter() }));
