import { parseDurationMs } from '../model/duration.ts';
import type { Group, Job, OnLeased, Phase } from '../model/job.ts';

/** How a phase uses its nodes alone: what becomes of a node that another run has, and after how long. */
export interface Exclusive {
  readonly onLeased: OnLeased['onLeased'];
  /** Absent: for as long as it takes. */
  readonly patienceMs?: number;
}

/**
 * Whether a phase has its nodes for itself; undefined when it shares them. What a group says replaces what the job says. A runner serves many
 * runs at once, so runner phases never have theirs alone.
 */
export const exclusiveOf = (job: Job, group: Group, phase: Pick<Phase, 'on'>): Exclusive | undefined => {
  const said = group.exclusive ?? job.spec.exclusive ?? false;
  if (said === false || phase.on === 'runner') return undefined;
  const { onLeased, timeout }: OnLeased = said === true ? { onLeased: 'wait' } : said;
  const patience = timeout === undefined ? undefined : parseDurationMs(timeout);
  if (onLeased === 'wait') return patience === undefined ? { onLeased } : { onLeased, patienceMs: patience };
  return { onLeased, patienceMs: patience ?? 0 };
};

/** True when some phase of the job has its nodes for itself. */
export const usesLeases = (job: Job): boolean =>
  job.spec.groups.some((group) => group.phases.some((phase) => exclusiveOf(job, group, phase) !== undefined));
