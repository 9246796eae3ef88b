import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { hold } from './hold.ts';

/** Hold on Lambda. */
export const handler = lambdaTask('hold', () =>
  hold({ store: openStore(), engine: openCompleter(), clock: systemClock }),
);
