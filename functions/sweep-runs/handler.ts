import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { openEngine } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { sweepRuns } from './sweep-runs.ts';

/** Sweep Runs on Lambda. */
export const handler = lambdaTask('sweepRuns', () =>
  sweepRuns({
    store: openStore(),
    json: createJsonBlobs(openBlobs()),
    engine: openEngine(),
    clock: systemClock,
    log: openProcessLog(),
  }),
);
