import type { Job, Targets } from '../model/job.ts';
import type { FrozenSets, TargetSetSpec } from '../model/target-set.ts';

/** Both conditions; a line end closes a comment that one of them may end with. */
const both = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || other === undefined ? (one ?? other) : `(${one}\n) && (${other}\n)`;

const applyIn = (targets: Targets | undefined, sets: FrozenSets): Targets | undefined => {
  const kept: TargetSetSpec | undefined = targets?.set === undefined ? undefined : sets[targets.set];
  if (targets === undefined || kept === undefined) return targets;
  const { set: _set, ...own } = targets;
  const where = both(kept.where, own.where);
  return {
    ...own,
    ...(where === undefined ? {} : { where }),
    ...(kept.nodes === undefined ? {} : { nodes: kept.nodes }),
  };
};

/** The target sets that a job names, each once, with where it names them. */
export const usedSets = (
  job: Job,
): readonly { readonly name: string; readonly path: readonly (string | number)[] }[] => {
  const sites = [
    { targets: job.spec.targets, path: ['spec', 'targets', 'set'] },
    ...job.spec.groups.map((group, index) => ({
      targets: group.targets,
      path: ['spec', 'groups', index, 'targets', 'set'],
    })),
  ];
  const named = sites.flatMap(({ targets, path }) => (targets?.set === undefined ? [] : [{ name: targets.set, path }]));
  return named.filter(({ name }, index) => named.findIndex((one) => one.name === name) === index);
};

/** A job in which each target set has become what it says, narrowed by what stands beside it. Sets that are not given stay. */
export const applySets = (job: Job, sets: FrozenSets): Job => {
  if (Object.keys(sets).length === 0) return job;
  const { targets: own, ...spec } = job.spec;
  const targets = applyIn(own, sets);
  return {
    ...job,
    spec: {
      ...spec,
      ...(targets === undefined ? {} : { targets }),
      groups: job.spec.groups.map(({ targets: ofGroup, ...group }) => {
        const applied = applyIn(ofGroup, sets);
        return { ...group, ...(applied === undefined ? {} : { targets: applied }) };
      }),
    },
  };
};
