import { isTerminalRunStatus, type RunStatus } from '#shared/model/status.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';

/** What the CLI's exit codes mean. Errors get theirs from the error registry. */
export const exitCodes = {
  0: 'done; every node succeeded or was tolerated',
  1: 'the run failed or was aborted, or Drover itself has a defect',
  2: 'wrong usage, or an invalid job, parameter or file',
  3: 'the run was rejected, or its approval timed out',
  4: 'not allowed: the token is missing or not valid',
  5: 'not found',
  6: 'conflict: something else holds it, or it is not in a state for this',
  7: 'throttled or not reachable; trying again later is sensible',
  8: 'the run is not over: it is paused, or waits for an approval or an answer',
  124: 'the wait timed out; the run goes on',
  130: 'interrupted; the run goes on',
} as const;

/** Exit code of a command that waited for a run and saw it with this status. */
export const exitCodeOfRun = (status: RunStatus): number => {
  if (!isTerminalRunStatus(status)) return 8;
  if (status === 'succeeded' || status === 'completed') return 0;
  return status === 'rejected' ? 3 : 1;
};

/** Exit code of a plan that is asked for one, as of `terraform plan`: 0 when the run would do nothing, 2 when there is work to do. */
export const plannedExitCode = ({ nodeOperations }: RunPlan['totals']): number => (nodeOperations === 0 ? 0 : 2);

/** Exit code of such a plan when it could not be made: 2 has another meaning there. */
export const failedPlanExitCode = 1;

/** One line for the help of a command. */
export const exitCodeHint = `Exit codes: 0 done, 1 failed, 2 wrong usage, 3 rejected, 4 not allowed, 5 not found, 6 conflict,
7 try again, 8 waits for people, 124 timeout, 130 interrupted; drover --help says more.`;

/** The table of exit codes for `drover --help`. */
export const exitCodeHelp = (): string =>
  [
    'Exit codes:',
    ...Object.entries(exitCodes).map(([code, meaning]) => `  ${code.padStart(3)}  ${meaning}`),
    'With --detailed-exitcode a plan ends with 0 for nothing to do, 2 for work to do, 1 for an error.',
  ].join('\n');
