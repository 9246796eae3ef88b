import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openAgents } from '#functions/runtime/agents.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { openCompleter } from '#functions/runtime/engine.ts';
import { openHttp } from '#functions/runtime/http.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openSealer, openSecrets } from '#functions/runtime/secrets.ts';
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
    secrets: openSecrets(),
    sealer: openSealer(),
    http: openHttp(),
    engine: openCompleter(),
    clock: systemClock,
    log: openProcessLog(),
  });
});
