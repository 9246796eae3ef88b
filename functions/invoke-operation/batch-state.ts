import type { PhasePlace } from '#functions/records/phase-place.ts';
import type { BatchProgress, BatchRecord, InvocationRecord, ResultRecord, RunRecord } from '#shared/model/run.ts';

/** A batch under way, with all that decides its next step. */
export interface BatchState {
  readonly run: RunRecord;
  readonly place: PhasePlace;
  readonly batch: BatchRecord;
  readonly progress: BatchProgress;
  readonly results: readonly ResultRecord[];
  readonly invocations: readonly InvocationRecord[];
}
