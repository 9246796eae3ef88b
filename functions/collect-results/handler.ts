import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openAgents } from '#functions/runtime/agents.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { openCompleter } from '#functions/runtime/engine.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { openProcessLog, systemClock } from '#functions/runtime/process.ts';
import { openSecrets } from '#functions/runtime/secrets.ts';
import { openStore } from '#functions/runtime/store.ts';
import { collectResults } from './collect-results.ts';

/** Collect Results on Lambda. */
export const handler = lambdaTask('collectResults', () => {
  const blobs = openBlobs();
  return collectResults({
    store: openStore(),
    blobs,
    json: createJsonBlobs(blobs),
    agents: openAgents(),
    secrets: openSecrets(),
    engine: openCompleter(),
    clock: systemClock,
    log: openProcessLog(),
  });
});
