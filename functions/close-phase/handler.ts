import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { closePhase } from './close-phase.ts';

/** Close Phase on Lambda. */
export const handler = lambdaTask('closePhase', () =>
  closePhase({
    store: openStore(),
    json: createJsonBlobs(openBlobs()),
    engine: openCompleter(),
    clock: systemClock,
    log: openProcessLog(),
  }),
);
