import { turnPatience, waitSeconds } from '../lock/times.ts';
import { parseDurationMs } from '../model/duration.ts';
import type { Group, Job } from '../model/job.ts';
import { historyEvents } from '../workflow/history.ts';
import { groupRoundSizes } from './rounds.ts';
import { countStages } from './stages.ts';

/** History events that a run may need, when no task has to be tried again. */
export interface HistoryNeeds {
  readonly total: number;
  /** Of each group, in the order of the job. */
  readonly groups: readonly GroupNeeds[];
}

/** What makes the history of a group long. */
export interface GroupNeeds {
  readonly events: number;
  readonly stages: number;
  /** Waits for a time between rounds. */
  readonly soaks: number;
  /** Waits for people: approvals between rounds, and rounds that a phase may find unwell. */
  readonly gates: number;
}

/** So many pauses are always possible; each begins the stage anew that it interrupted. */
export const sparePauses = 20;

/** A run that takes turns with others may wait so long for its own. */
export const daysInLine = 10;

/** Looks of a run that waits in line for so many days and is never woken. */
export const looksInLine = (days: number): number => {
  let looks = 0;
  for (let waitedMs = 0; waitedMs < days * 86_400_000; looks += 1)
    waitedMs += waitSeconds(waitedMs, turnPatience) * 1000;
  return looks;
};

const needsOfGroup = (job: Job, group: Group, nodeCount: number): GroupNeeds => {
  const { hold, slice, soak, stage } = historyEvents;
  const isOneShot = group.strategy === 'oneShot';
  const rounds = isOneShot ? 1 : groupRoundSizes(job, group, nodeCount).length;
  const stages = countStages(job, group, nodeCount);
  const slices = isOneShot ? group.phases.length : stages;
  const judging = group.phases.filter(({ judge }) => judge !== undefined);
  const isSoaked = group.soak !== undefined && parseDurationMs(group.soak) > 0;
  // A round is soaked before it is judged, also the last one; else before the next round.
  const soaks = isSoaked ? rounds - (judging.length > 0 ? 0 : 1) : 0;
  const approvals =
    group.approval === undefined ? 0 : group.approval.after === 'every' ? rounds - 1 : Math.min(1, rounds - 1);
  const gates = approvals + judging.filter(({ judge }) => judge === 'hold').length * rounds;
  const starts = job.spec.approval === undefined ? 0 : 1;
  const events = historyEvents.group + stages * stage + slices * slice + soaks * soak + (gates + starts) * hold;
  return { events, stages, soaks, gates };
};

/**
 * History events that a run may need on the way that its job describes. `nodeCounts` has the number of target nodes of each group.
 * Batches do not count: each is an execution of its own.
 */
export const historyNeeds = (job: Job, nodeCounts: readonly number[]): HistoryNeeds => {
  const groups = job.spec.groups.map((group, index) => needsOfGroup(job, group, nodeCounts[index] ?? 0));
  const { hold, run, slice, stage, turn } = historyEvents;
  const line = job.spec.concurrency === undefined ? 0 : looksInLine(daysInLine) * turn;
  const spare = sparePauses * (hold + stage + slice);
  return { total: run + line + spare + groups.reduce((sum, one) => sum + one.events, 0), groups };
};
