import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { awaitTurn } from './await-turn.ts';

/** Await Turn on Lambda. */
export const handler = lambdaTask('awaitTurn', () =>
  awaitTurn({ store: openStore(), engine: openCompleter(), clock: systemClock }),
);
