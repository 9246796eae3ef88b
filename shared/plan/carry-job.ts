import type { ErrorPlace } from '../errors/app-error.ts';
import { pointerOf } from '../job/finding.ts';
import type { Group, Job, Phase } from '../model/job.ts';
import { doneBehind } from './carry-over.ts';

/** A phase that nodes have come to. */
export interface TouchedPhase {
  readonly group: string;
  readonly phase: string;
  readonly nodeCount: number;
  /** How many operations nodes have done, each number with one node that has. */
  readonly done: ReadonlyMap<number, string>;
}

/** A run's job, the one that it is to go on with, and how far it has come. */
export interface CarriedJob {
  readonly before: Job;
  readonly now: Job;
  readonly touched: readonly TouchedPhase[];
  /** True when what is done is not counted: everything runs again. */
  readonly again: boolean;
}

/**
 * Why a run cannot go on with another job, one place each; empty when it can. What nodes have done is told by the names of groups and phases and
 * the ids of operations, so everything that a node has come to must still be there and mean the same:
 *
 * - the job has the same name;
 * - a phase that nodes have come to is in its group, on the same kind of node, and in the same round of a runner phase;
 * - groups that have begun keep their order, strategy and rounds (their nodes are frozen);
 * - the operations that a node has done stay the first ones of its phase.
 *
 * What no node has come to may be added, changed, moved and removed at will, and so may what an operation does.
 */
export const carryOverRefusals = (carried: CarriedJob): readonly ErrorPlace[] => {
  const { before, now, touched } = carried;
  if (before.metadata.name !== now.metadata.name)
    return [
      {
        path: '/metadata/name',
        message: `the run is of job '${before.metadata.name}', and this is job '${now.metadata.name}'`,
        suggestion: 'Start a run of its own with it.',
      },
    ];
  const groups = [...new Set(touched.map(({ group }) => group))];
  return [
    ...groups.flatMap((name) => groupRefusals(carried, name)),
    ...orderRefusals(carried, groups),
    ...touched.flatMap((phase) => phaseRefusals(carried, phase)),
  ];
};

const groupIn = (job: Job, name: string): Group | undefined => job.spec.groups.find((group) => group.name === name);

const pathOf = (job: Job, groupName: string, phaseName?: string): string => {
  const group = job.spec.groups.findIndex(({ name }) => name === groupName);
  const phase = job.spec.groups[group]?.phases.findIndex(({ name }) => name === phaseName) ?? -1;
  if (group < 0) return '/spec/groups';
  return pointerOf(['spec', 'groups', group, ...(phase < 0 ? [] : ['phases', phase])]);
};

const groupRefusals = ({ before, now }: CarriedJob, name: string): readonly ErrorPlace[] => {
  const [old, fresh] = [groupIn(before, name), groupIn(now, name)];
  if (!old || !fresh) return [];
  const roundsOf = (job: Job, group: Group) =>
    JSON.stringify([group.strategy, group.rounds ?? null, group.roundCount ?? job.spec.roundCount ?? null]);
  const inRounds = old.strategy === 'grayScale' || fresh.strategy === 'grayScale';
  if (!inRounds || roundsOf(before, old) === roundsOf(now, fresh)) return [];
  return [
    {
      path: pathOf(now, name),
      message: `group '${name}' has begun, so its strategy and its rounds have to stay what they were`,
      suggestion: 'Take the strategy, rounds and roundCount of the job that the run began with.',
    },
  ];
};

const orderRefusals = ({ before, now }: CarriedJob, touched: readonly string[]): readonly ErrorPlace[] => {
  const orderIn = (job: Job) => job.spec.groups.map(({ name }) => name).filter((name) => touched.includes(name));
  const [old, fresh] = [orderIn(before), orderIn(now)];
  const common = old.filter((name) => fresh.includes(name));
  const moved = fresh.find((name, index) => common[index] !== name);
  if (moved === undefined) return [];
  return [
    {
      path: pathOf(now, moved),
      message: `the groups that have begun (${common.map((name) => `'${name}'`).join(', ')}) have to stay in this order`,
    },
  ];
};

const phaseRefusals = (carried: CarriedJob, touched: TouchedPhase): readonly ErrorPlace[] => {
  const { before, now } = carried;
  const phaseIn = (job: Job) => groupIn(job, touched.group)?.phases.find(({ name }) => name === touched.phase);
  const [old, fresh] = [phaseIn(before), phaseIn(now)];
  const nodes = touched.nodeCount === 1 ? 'one node' : `${touched.nodeCount} nodes`;
  const path = pathOf(now, touched.group, touched.phase);
  if (!old) return [];
  if (!fresh)
    return [
      {
        path,
        message: `phase '${touched.phase}' of group '${touched.group}' has run on ${nodes}, and the new job does not have it`,
        suggestion: 'Keep it: what is done in it is not run again. Or start a run of its own with the new job.',
      },
    ];
  if (old.on !== fresh.on || (old.on === 'runner' && roundOf(old) !== roundOf(fresh)))
    return [
      {
        path,
        message: `phase '${touched.phase}' has run on ${nodes}, so it has to stay \`on: ${old.on}\`${old.on === 'runner' ? ` in round ${roundOf(old)}` : ''}`,
      },
    ];
  return carried.again ? [] : operationRefusals(touched, { old, fresh, path });
};

const roundOf = (phase: Phase): string => phase.round ?? (phase.judge === undefined ? 'first' : 'every');

const operationRefusals = (
  { phase, done }: TouchedPhase,
  { old, fresh, path }: { readonly old: Phase; readonly fresh: Phase; readonly path: string },
): readonly ErrorPlace[] => {
  const ids = { before: old.operations.map(({ id }) => id), now: fresh.operations.map(({ id }) => id) };
  for (const [count, node] of [...done].sort(([one], [other]) => other - one)) {
    const behind = doneBehind(ids, count);
    if (behind === undefined) continue;
    return [
      {
        path,
        message: `operation '${behind}' of phase '${phase}' is done on ${node}, and in the new job something that is not done comes before it`,
        suggestion: `Put what is new behind '${behind}', or run everything again with --force.`,
      },
    ];
  }
  return [];
};
