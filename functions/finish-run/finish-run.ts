import { type EndRunDeps, endRun } from '#functions/records/end-run.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/** Last state of an execution: ends the run. */
export const finishRun =
  (deps: EndRunDeps): TaskBehaviour<'finishRun'> =>
  async (input) => ({ status: await endRun(deps, input) });
