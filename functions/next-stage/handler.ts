import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { openCompleter } from '#functions/runtime/engine.ts';
import { openInventory } from '#functions/runtime/inventory.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { nextStage } from './next-stage.ts';

/** Next Stage on Lambda. */
export const handler = lambdaTask('nextStage', () => {
  const blobs = openBlobs();
  return nextStage({
    store: openStore(),
    blobs,
    json: createJsonBlobs(blobs),
    inventory: openInventory(),
    engine: openCompleter(),
    clock: systemClock,
    log: openProcessLog(),
  });
});
