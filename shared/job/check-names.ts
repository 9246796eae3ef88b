import type { Job } from '../model/job.ts';
import { type Finding, type Path, pointerOf } from './finding.ts';
import { isTurn, type OperationSite, operationSites } from './job-outline.ts';

interface Named {
  readonly name: string;
  readonly path: Path;
}

const checkUnique = (what: string, all: readonly Named[]): readonly Finding[] => {
  const first = new Map<string, Path>();
  return all.flatMap(({ name, path }) => {
    const taken = first.get(name);
    if (taken === undefined) first.set(name, path);
    return taken === undefined ? [] : [{ path, message: `'${name}' is already the ${what} at ${pointerOf(taken)}` }];
  });
};

/** Steps of a forEach are kept under their id with the number of the turn: `copy_1`, `copy_2`. */
const checkTurnIds = (sites: readonly OperationSite[]): readonly Finding[] => {
  const inTurns = new Set(sites.filter(({ blocks }) => blocks.some(isTurn)).map(({ operation }) => operation.id));
  return sites.flatMap(({ operation, path }) => {
    const stem = operation.id.replace(/(?:_\d+)+$/, '');
    return stem !== operation.id && inTurns.has(stem)
      ? [{ path: [...path, 'id'], message: `'${operation.id}' is what a turn of the step '${stem}' is called` }]
      : [];
  });
};

/** Names of groups and phases, and ids of operations, are unique in the whole job: people and the ledger refer to them alone. */
export const checkNames = (job: Job): readonly Finding[] => {
  const groups = job.spec.groups.map((group, index) => ({ name: group.name, path: ['spec', 'groups', index, 'name'] }));
  const phases = job.spec.groups.flatMap((group, groupIndex) =>
    group.phases.map((phase, index) => ({
      name: phase.name,
      path: ['spec', 'groups', groupIndex, 'phases', index, 'name'],
    })),
  );
  const operations = operationSites(job).map(({ operation, path }) => ({ name: operation.id, path: [...path, 'id'] }));
  return [
    ...checkTurnIds(operationSites(job)),
    ...checkUnique('name of the group', groups),
    ...checkUnique('name of the phase', phases),
    ...checkUnique('id of the operation', operations),
  ];
};
