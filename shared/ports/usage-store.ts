import type { EndedRun } from '../model/ended-run.ts';
import type { RunId } from '../model/ids.ts';
import type { Usage } from '../model/usage.ts';

/** Counters of what runs use, and what is kept of runs that have ended. */
export interface UsageStore {
  /**
   * Adds to the counters of a run. `part` is what did it (a batch, a slice), so that many at once do not meet in one item. Not idempotent: what is
   * counted twice was done twice, or its answer was lost, which makes a count too high by one call.
   */
  addRunUsage(runId: RunId, part: string, usage: Usage): Promise<void>;
  /** All that was counted of a run. */
  getRunUsage(runId: RunId): Promise<Usage>;
  /** Keeps how a run ended; an earlier record of it is replaced. */
  putEndedRun(run: EndedRun): Promise<void>;
  /** Runs that began in a month (`YYYY-MM`, UTC) and have ended, of one job or all, all of them. */
  listEndedRuns(month: string, jobName?: string): Promise<readonly EndedRun[]>;
  /** The newest ended runs of a job that began in a month. */
  listLatestEndedRuns(month: string, jobName: string, limit: number): Promise<readonly EndedRun[]>;
}
