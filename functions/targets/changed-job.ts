import * as z from 'zod';
import type { ChangedJob } from '#functions/records/add-attempt.ts';
import { type JobHistory, readJobHistory } from '#functions/records/job-history.ts';
import { type JsonBlobs, jsonKey, putJson, readJson } from '#functions/records/json-blob.ts';
import { type RunPlacesDeps, runPlaces } from '#functions/records/run-places.ts';
import { resolveSets } from '#functions/records/target-sets.ts';
import { AppError, type ErrorPlace } from '#shared/errors/app-error.ts';
import { canonicalJson } from '#shared/job/canonical-json.ts';
import { expandJob } from '#shared/job/expand-job.ts';
import { jobDigest } from '#shared/job/job-digest.ts';
import { resolveParams } from '#shared/job/params.ts';
import { applyCommands } from '#shared/library/apply-commands.ts';
import { applySets } from '#shared/library/apply-sets.ts';
import { toRunJob } from '#shared/library/run-job.ts';
import type { Job, ParamValues } from '#shared/model/job.ts';
import { nodeSchema } from '#shared/model/node.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { carryOverRefusals, type TouchedPhase } from '#shared/plan/carry-job.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { checkRequest, jobOfRequest, type PlanPreviewDeps } from './check-request.ts';
import { plannedTargets } from './planned-targets.ts';
import { resolveCommands } from './resolve-commands.ts';

/** What holding a new job against a run needs. */
export interface ChangedJobDeps extends RunPlacesDeps, PlanPreviewDeps {
  readonly store: RunPlacesDeps['store'] & PlanPreviewDeps['store'];
  readonly json: Pick<JsonBlobs, 'job'>;
  readonly blobs: Blobs;
}

/**
 * Reads a job that a run is to go on with, and holds it against what the run has done. Its commands are taken as the library has them now.
 * Undefined when it is the job that the run has already.
 * @throws AppError as `jobOfRequest`; `params.invalid` when it asks for params that the run does not have; `run.job-refused` when what is done
 * cannot be carried over, with a place for each reason
 */
export const readChangedJob = async (
  deps: ChangedJobDeps,
  run: RunRecord,
  { document, again }: { readonly document: unknown; readonly again: boolean },
): Promise<ChangedJob | undefined> => {
  const { job, revision } = await jobOfRequest(deps, { job: document });
  const commands = await resolveCommands(deps, job);
  const sets = await resolveSets(deps, job);
  const stored = toRunJob(job, commands, sets);
  if (jsonKey('jobs', stored) === run.jobBlob) return undefined;
  const kept = Object.entries(run.params).filter(([name]) => Object.hasOwn(job.spec.params, name));
  const resolved = resolveParams(job, Object.fromEntries(kept));
  const params = { ...resolved, ...run.params };
  const jobs = await readJobHistory(deps.json, run);
  const refusals = [
    ...paramRefusals(run.params, resolved),
    ...carryOverRefusals({
      before: jobs.current,
      now: expandJob(applySets(applyCommands(job, commands), sets), params),
      touched: await touchedPhases(deps, run, jobs),
      again,
    }),
  ];
  const [first] = refusals;
  if (first !== undefined)
    throw new AppError('run.job-refused', `Run ${run.runId} cannot go on with this job: ${first.message}`, {
      places: refusals,
      hint: first.suggestion ?? 'Start a run of its own with the new job.',
    });
  const planned = job.spec.approval === undefined ? {} : await planAgain(deps, run, job, resolved);
  return {
    jobBlob: await putJson(deps.blobs, 'jobs', stored),
    jobDigest: jobDigest(job),
    ...(revision === undefined ? {} : { jobRevision: revision }),
    params,
    ...planned,
  };
};

/** A run keeps its params, so they must mean to the new job what they meant to the old one. */
const paramRefusals = (before: ParamValues, now: ParamValues): readonly ErrorPlace[] =>
  Object.entries(before).flatMap(([name, value]) =>
    now[name] === undefined || canonicalJson(now[name]) === canonicalJson(value)
      ? []
      : [
          {
            path: `/spec/params/${name}`,
            message: `param '${name}' would be ${canonicalJson(now[name])} where the run has ${canonicalJson(value)}`,
            suggestion: 'Leave the type of the param as it was.',
          },
        ],
  );

/** What people are asked to approve: the plan that the new job makes now. */
const planAgain = async (
  deps: ChangedJobDeps,
  run: RunRecord,
  job: Job,
  params: ParamValues,
): Promise<Pick<ChangedJob, 'planDigest' | 'plannedBlob'>> => {
  const nodes =
    run.nodesBlob === undefined ? {} : { nodes: await readJson(deps.blobs, run.nodesBlob, z.array(nodeSchema)) };
  const { plan } = await checkRequest(deps, { job, params, only: {}, ...nodes });
  const plannedBlob = await putJson(deps.blobs, `runs/${run.runId}/planned`, plannedTargets(job, plan));
  return { planDigest: plan.digest, plannedBlob };
};

/** Every phase that nodes have come to, with what they have done there. */
const touchedPhases = async (
  deps: ChangedJobDeps,
  run: RunRecord,
  jobs: JobHistory,
): Promise<readonly TouchedPhase[]> => {
  const touched = new Map<string, { group: string; phase: string; nodeCount: number; done: Map<number, string> }>();
  for await (const { place, node, entry } of runPlaces(deps, run, jobs)) {
    const name = `${place.groupIndex}.${place.phaseIndex}`;
    const known = touched.get(name) ?? {
      group: place.group.name,
      phase: place.phase.name,
      nodeCount: 0,
      done: new Map<number, string>(),
    };
    touched.set(name, known);
    known.nodeCount += 1;
    if (!known.done.has(entry.nextOperation)) known.done.set(entry.nextOperation, node.id);
  }
  return [...touched.values()];
};
