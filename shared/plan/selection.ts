import { AppError } from '../errors/app-error.ts';
import type { NodeId } from '../model/ids.ts';
import type { Group, Job, Phase } from '../model/job.ts';
import type { Selection } from '../model/run.ts';
import type { Stage } from './stages.ts';

/** The part of a selection that narrows: to groups, phases, nodes; what is absent does not narrow. */
export type Narrowed = Partial<Pick<Selection, 'groups' | 'phases' | 'nodes'>>;

/** True when a group takes part: it is named or none is, and one of its phases takes part. */
export const selectsGroup = (selection: Narrowed, group: Group): boolean =>
  (selection.groups?.includes(group.name) ?? true) && group.phases.some((phase) => selectsPhase(selection, phase));

/** True when a phase is named, or none is. */
export const selectsPhase = (selection: Narrowed, phase: Pick<Phase, 'name'>): boolean =>
  selection.phases?.includes(phase.name) ?? true;

/** The items whose node is named, or all when none is; in their order. */
export const selectNodes = <T extends { readonly node: { readonly id: NodeId } }>(
  selection: Narrowed,
  items: readonly T[],
): readonly T[] => {
  if (selection.nodes === undefined) return items;
  const named = new Set(selection.nodes);
  return items.filter((item) => named.has(item.node.id));
};

/** The stages without the phases that do not take part. Stages keep their index and rounds, so that ids mean the same in every attempt. */
export const narrowStages = (stages: readonly Stage[], group: Group, selection: Narrowed): readonly Stage[] =>
  selection.phases === undefined
    ? stages
    : stages
        .map((stage) => ({
          ...stage,
          slices: stage.slices.filter((slice) => selectsAt(group, slice.phaseIndex, selection)),
        }))
        .filter((stage) => stage.slices.length > 0);

const selectsAt = (group: Group, phaseIndex: number, selection: Narrowed): boolean => {
  const phase = group.phases[phaseIndex];
  return phase !== undefined && selectsPhase(selection, phase);
};

/**
 * Checks that everything named is in the job. Node ids are not looked at: whether they are targets is known only later.
 * @throws AppError `request.invalid` with a place for each unknown name, or when the named groups have none of the named phases.
 */
export const checkSelection = (job: Job, selection: Narrowed): void => {
  const groups = job.spec.groups.map((group) => group.name);
  const phases = job.spec.groups.flatMap((group) => group.phases.map((phase) => phase.name));
  const places = [...unknown('group', selection.groups, groups), ...unknown('phase', selection.phases, phases)];
  const [first] = places;
  if (first !== undefined)
    throw new AppError('request.invalid', first.message, {
      places,
      hint: 'Names must be written as in the job file, with the same capitals.',
    });
  if (!job.spec.groups.some((group) => selectsGroup(selection, group)))
    throw new AppError('request.invalid', 'None of the named groups has one of the named phases', {
      hint: 'Name the group of the phase, or name only the phase.',
    });
};

const unknown = (kind: 'group' | 'phase', named: readonly string[] | undefined, known: readonly string[]) =>
  (named ?? [])
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `only.${kind}s`,
      message: `The job has no ${kind} '${name}'; it has ${known.map((one) => `'${one}'`).join(', ')}`,
    }));
