import { createJsonBlobs } from '#functions/records/json-blob.ts';
import { openBlobs } from '#functions/runtime/blobs.ts';
import { lambdaTask } from '#functions/runtime/lambda-task.ts';
import { planningAgents } from '#functions/runtime/planning-agents.ts';
import { systemClock } from '#functions/runtime/process.ts';
import { openStore } from '#functions/runtime/store.ts';
import { openPhase } from './open-phase.ts';

/** Open Phase on Lambda. */
export const handler = lambdaTask('openPhase', () =>
  openPhase({ store: openStore(), json: createJsonBlobs(openBlobs()), agents: planningAgents, clock: systemClock }),
);
