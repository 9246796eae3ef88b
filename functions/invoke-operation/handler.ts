import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openAgents } from '#functions/runtime/agents.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { invokeOperation } from './invoke-operation.ts';

/** Invoke Operation on Lambda. */
export const handler = lambdaTask('invokeOperation', () => {
  const blobs = openBlobs();
  return invokeOperation({
    store: openStore(),
    blobs,
    json: createJsonBlobs(blobs),
    agents: openAgents(),
    clock: systemClock,
    log: openProcessLog(),
  });
});
