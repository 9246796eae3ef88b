import { type TakeCareDeps, takeCare } from '#functions/records/take-care.ts';
import type { TaskBehaviour } from '#shared/workflow/task-registry.ts';

/**
 * Settles the run of an execution that ended by itself: failed, timed out, or stopped by hand. The event only names the execution; one that is
 * late, doubled, or of an execution that was redriven since does no harm.
 */
export const settleRun =
  (deps: TakeCareDeps): TaskBehaviour<'settleRun'> =>
  async (execution) => ({ care: await takeCare(deps, execution) });
