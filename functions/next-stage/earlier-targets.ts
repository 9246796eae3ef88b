import { currentAttempt } from '#functions/records/change-run.ts';
import { readJobHistory } from '#functions/records/job-history.ts';
import { type JsonBlobs, putJson } from '#functions/records/json-blob.ts';
import { overInventory } from '#functions/targets/over-inventory.ts';
import { candidatesOfRun, resolveRunners } from '#functions/targets/resolve-targets.ts';
import type { Group, Job } from '#shared/model/job.ts';
import type { FrozenTargets, GroupRecord, RunRecord } from '#shared/model/run.ts';
import { needsRunner } from '#shared/plan/runners.ts';
import type { Blobs, Inventory } from '#shared/ports/services.ts';
import type { PlanStore } from '#shared/ports/store.ts';

/** What taking targets over needs. */
export interface EarlierTargetsDeps {
  readonly store: Pick<PlanStore, 'listGroups'>;
  readonly json: JsonBlobs;
  readonly blobs: Blobs;
  readonly inventory: Inventory;
}

/** A group of a run, in its current job. */
export interface GroupOfRun {
  readonly run: RunRecord;
  readonly job: Job;
  readonly group: Group;
}

/** The frozen targets of a group. */
export type KeptTargets = Pick<GroupRecord, 'targetsBlob' | 'nodeCount'>;

/**
 * The targets that an earlier attempt froze for a group, told by its name; undefined when none did. When the job has changed since, each phase
 * keeps its runner, and phases that are new get one.
 */
export const earlierTargets = async (
  deps: EarlierTargetsDeps,
  { run, job, group }: GroupOfRun,
): Promise<KeptTargets | undefined> => {
  if (currentAttempt(run) === 1) return undefined;
  const jobs = await readJobHistory(deps.json, run);
  const latest = (await deps.store.listGroups(run.runId))
    .filter((one) => jobs.at(one.attempt).spec.groups[one.groupIndex]?.name === group.name)
    .sort((a, b) => a.attempt - b.attempt)
    .at(-1);
  if (latest === undefined || !jobs.changed) return latest;
  const before = jobs.at(latest.attempt).spec.groups[latest.groupIndex];
  const targets = await deps.json.targets(latest.targetsBlob);
  const kept = keptRunners(targets, before, group);
  const isComplete = group.phases.every((phase, index) => !needsRunner(phase) || kept[String(index)] !== undefined);
  const fresh = isComplete ? {} : await freshRunners(deps, { run, job, group });
  return keepTargets(deps.blobs, run, { nodes: targets.nodes, runners: { ...fresh, ...kept } });
};

const freshRunners = async (
  { blobs, inventory }: EarlierTargetsDeps,
  { run, job, group }: GroupOfRun,
): Promise<FrozenTargets['runners']> => {
  const toCandidates = await candidatesOfRun(blobs, run.nodesBlob);
  const scope = { params: run.params, run: { id: run.runId, attempt: currentAttempt(run), job: run.jobName } };
  return overInventory(inventory, inventory.ages.plannedSeconds, (reading) => ({
    value: resolveRunners(job, group, toCandidates(reading), scope),
    complete: true,
  }));
};

const keptRunners = (targets: FrozenTargets, before: Group | undefined, group: Group): FrozenTargets['runners'] =>
  Object.fromEntries(
    group.phases.flatMap((phase, index) => {
      const old = before?.phases.findIndex(({ name }) => name === phase.name) ?? -1;
      const runner = needsRunner(phase) ? targets.runners[String(old)] : undefined;
      return runner === undefined ? [] : [[String(index), runner]];
    }),
  );

/** Keeps the targets of a group. */
export const keepTargets = async (
  blobs: Blobs,
  { runId }: Pick<RunRecord, 'runId'>,
  targets: FrozenTargets,
): Promise<KeptTargets> => ({
  targetsBlob: await putJson(blobs, `runs/${runId}/targets`, targets),
  nodeCount: targets.nodes.length,
});
