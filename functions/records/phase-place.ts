import { AppError } from '#shared/errors/app-error.ts';
import type { SliceKey } from '#shared/model/ids.ts';
import type { Group, Job, Phase } from '#shared/model/job.ts';
import type { GroupRecord, RunRecord } from '#shared/model/run.ts';
import type { PlanStore } from '#shared/ports/store.ts';
import { jobOfAttempt } from './job-history.ts';
import type { JsonBlobs } from './json-blob.ts';

/** Where a slice or batch stands: its job, group and phase, and the group's record. */
export interface PhasePlace {
  readonly key: SliceKey;
  readonly job: Job;
  readonly group: Group;
  readonly phase: Phase;
  readonly record: GroupRecord;
}

/**
 * Finds job, group, phase and group record of a slice key, as they are in its attempt; the group record is read strongly consistent.
 * @throws AppError `record.missing` when the ledger does not have them: the id does not belong to this run.
 */
export const phasePlace = async (
  deps: { readonly store: Pick<PlanStore, 'getGroup'>; readonly json: JsonBlobs },
  run: RunRecord,
  key: SliceKey,
): Promise<PhasePlace> => {
  const [job, record] = await Promise.all([
    jobOfAttempt(deps.json, run, key.attempt),
    deps.store.getGroup(run.runId, key.attempt, key.groupIndex),
  ]);
  const group = job.spec.groups[key.groupIndex];
  const phase = group?.phases[key.phaseIndex];
  if (!group || !phase || !record)
    throw new AppError(
      'record.missing',
      `Run ${run.runId} has no phase ${key.groupIndex}/${key.phaseIndex} in attempt ${key.attempt}`,
    );
  return { key, job, group, phase, record };
};
