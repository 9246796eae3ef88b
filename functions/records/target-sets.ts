import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { usedSets } from '#shared/library/apply-sets.ts';
import type { Job } from '#shared/model/job.ts';
import type { LibraryChange } from '#shared/model/library.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import { type FrozenSet, type FrozenSets, type TargetSetSpec, targetSetSpecSchema } from '#shared/model/target-set.ts';
import { type LibraryReadDeps, readContent, requireRevision } from './library.ts';

/** One revision of a target set, and the latest change of its name. */
export interface StoredSet {
  readonly revision: LibraryChange;
  readonly latest: LibraryChange;
  readonly spec: TargetSetSpec;
}

/**
 * One revision of a target set; without a number, the latest. With `history`, revisions by number are found also when the set was removed.
 * @throws AppError `targets.not-found`
 */
export const requireSet = async (
  deps: LibraryReadDeps,
  { name, revision: number }: { readonly name: string; readonly revision?: number | undefined },
  options: { readonly history?: true } = {},
): Promise<StoredSet> => {
  const { revision, latest } = await requireRevision(deps, { kind: 'targets', name }, number, options);
  return { revision, latest, spec: await readContent(deps.libraryBlobs, revision, targetSetSpecSchema) };
};

/**
 * The target sets that a job names, as they are now.
 * @throws AppError `targets.not-found`, with the place that names it
 */
export const resolveSets = async (deps: LibraryReadDeps, job: Job): Promise<FrozenSets> => {
  const resolved: (readonly [string, FrozenSet])[] = [];
  for (const { name, path } of usedSets(job)) {
    try {
      const { spec, revision } = await requireSet(deps, { name });
      resolved.push([name, { ...spec, revision: revision.change }]);
    } catch (error) {
      if (!isAppError(error, 'targets.not-found')) throw error;
      const { message, hint } = error;
      throw new AppError('targets.not-found', message, {
        places: [{ path: `/${path.join('/')}`, message, ...(hint === undefined ? {} : { suggestion: hint }) }],
        ...(hint === undefined ? {} : { hint }),
        cause: error,
      });
    }
  }
  return Object.fromEntries(resolved);
};

/** Which nodes a caller asks for: a condition, a target set, or both. */
export interface NodeFilter {
  readonly where?: string | undefined;
  readonly set?: string | undefined;
}

/**
 * A filter as a predicate on nodes of the inventory.
 * @throws AppError `expression.invalid`, `targets.not-found`; the predicate throws `expression.failed`
 */
export const nodeFilter = async (
  deps: LibraryReadDeps,
  { where, set }: NodeFilter,
): Promise<(node: InventoryNode) => boolean> => {
  const condition = where === undefined ? undefined : parseCondition(where);
  const { spec = {} }: { readonly spec?: TargetSetSpec } =
    set === undefined ? {} : await requireSet(deps, { name: set });
  const ofSet = spec.where === undefined ? undefined : parseCondition(spec.where);
  const named = spec.nodes === undefined ? undefined : new Set(spec.nodes);
  const scope = { params: {}, run: { id: '', attempt: 1, job: '' }, outputs: {} };
  return (node) =>
    (named?.has(node.id) ?? true) &&
    (ofSet?.evaluate({ ...scope, node }) ?? true) &&
    (condition?.evaluate({ ...scope, node }) ?? true);
};
