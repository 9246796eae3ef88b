import type { Submission } from '#functions/api/services.ts';
import { abortRun, type ControlRunDeps } from '#functions/control-run/control-run.ts';
import { type SubmitRunDeps, submitRun } from '#functions/submit-run/submit-run.ts';
import type { RunId } from '#shared/model/ids.ts';

/** Starts runs for a function that is not the API. */
export const openSubmit = (
  deps: Omit<SubmitRunDeps, 'abort'> & ControlRunDeps,
): ((submission: Submission) => Promise<{ readonly runId: RunId; readonly created: boolean }>) =>
  submitRun({ ...deps, abort: abortRun(deps) });
