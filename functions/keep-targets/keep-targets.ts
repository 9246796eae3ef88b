import type { LibraryWriter, Tagged } from '#functions/api/services.ts';
import { type ChangingStore, changeLibrary, etagOf } from '#functions/records/change-library.ts';
import { type LibraryReadDeps, putContent } from '#functions/records/library.ts';
import { changedBy } from '#functions/records/library-views.ts';
import { removeName } from '#functions/records/remove-name.ts';
import { requireSet, type StoredSet } from '#functions/records/target-sets.ts';
import type { NamesQuery, RemoveQuery } from '#shared/contract/library-requests.ts';
import type { PageQuery } from '#shared/contract/requests.ts';
import type {
  PutTargetSetRequest,
  TargetSetChange,
  TargetSetPut,
  TargetSetQuery,
  TargetSetRemoved,
  TargetSetSummary,
  TargetSetView,
} from '#shared/contract/target-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import type { LibraryChange } from '#shared/model/library.ts';
import { type TargetSetSpec, targetSetNameSchema } from '#shared/model/target-set.ts';
import type { LibraryStore } from '#shared/ports/library-store.ts';
import { type Clock, type Log, nowIso } from '#shared/ports/services.ts';
import type { Page } from '#shared/ports/store.ts';
import { type UsersDeps, usersOfSet } from './users-of-set.ts';

/** What keeping target sets needs. */
export interface KeepTargetsDeps extends LibraryReadDeps, UsersDeps {
  readonly store: LibraryReadDeps['store'] & UsersDeps['store'] & ChangingStore & Pick<LibraryStore, 'listChanges'>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Makes a target set, or changes what it says. Runs that are planned keep what it said then.
 * @throws AppError `request.invalid`, `expression.invalid`, `precondition.failed`
 */
export const putTargetSet =
  (deps: KeepTargetsDeps) =>
  async (text: string, request: PutTargetSetRequest, writer: LibraryWriter): Promise<Tagged<TargetSetPut>> => {
    const name = checkedName(text);
    const spec = checkedSpec(request);
    const digest = await putContent(deps.libraryBlobs, 'targets', spec);
    const described = request.description === undefined ? {} : { description: request.description };
    const { latest, created } = await changeLibrary(deps.store, { kind: 'targets', name }, writer, (before) =>
      before?.action === 'put' && before.digest === digest && before.description === request.description
        ? undefined
        : {
            action: 'put',
            digest,
            actor: writer.actor,
            at: nowIso(deps.clock),
            ...(request.comment === undefined ? {} : { comment: request.comment }),
            ...described,
            outline: outlineOf(spec),
          },
    );
    if (created) deps.log.info('targets.put', { name, revision: latest.change, actor: writer.actor });
    return { view: { ...viewOf({ revision: latest, latest, spec }), created }, etag: etagOf(latest) };
  };

/**
 * A revision of a target set; by its number also when the set was removed.
 * @throws AppError `targets.not-found`
 */
export const viewTargetSet =
  (deps: KeepTargetsDeps) =>
  async (name: string, { revision }: TargetSetQuery): Promise<Tagged<TargetSetView>> => {
    const stored = await requireSet(deps, { name, revision }, { history: true });
    const etag = revision === undefined ? etagOf(stored.latest) : `"${stored.latest.change}.${revision}"`;
    return { view: viewOf(stored), etag };
  };

/** Target sets by name. Pages are shortened by what was removed, not refilled: the cursor leads on. */
export const listTargetSets =
  ({ store }: KeepTargetsDeps) =>
  async ({ removed, prefix, cursor, limit }: NamesQuery): Promise<Page<TargetSetSummary>> => {
    const page = await store.listNames({
      kind: 'targets',
      limit,
      ...(prefix === undefined ? {} : { prefix }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    return { ...page, items: page.items.filter(({ action }) => removed || action === 'put').map(summaryOf) };
  };

/**
 * Revisions of a target set, newest first.
 * @throws AppError `targets.not-found`
 */
export const listTargetSetChanges =
  ({ store }: KeepTargetsDeps) =>
  async (name: string, { cursor, limit }: PageQuery): Promise<Page<TargetSetChange>> => {
    const page = await store.listChanges(
      { kind: 'targets', name },
      { limit, ...(cursor === undefined ? {} : { cursor }) },
    );
    if (page.items.length === 0 && cursor === undefined)
      throw new AppError('targets.not-found', `There is no target set '${name}'`, {
        hint: 'List the target sets with: drover targets ls',
      });
    return {
      ...page,
      items: page.items.map((one) => ({
        revision: one.change,
        action: one.action,
        ...(one.description === undefined ? {} : { description: one.description }),
        outline: one.outline ?? '',
        ...changedBy(one),
      })),
    };
  };

/**
 * Removes a target set from use, and says which stored jobs name it: they cannot be started any more before there is one of that name again.
 * Runs that are planned go on.
 * @throws AppError `targets.not-found`, `precondition.failed`
 */
export const removeTargetSet =
  (deps: KeepTargetsDeps) =>
  async (name: string, query: RemoveQuery, writer: LibraryWriter): Promise<TargetSetRemoved> => {
    const removed = await removeName(deps, { kind: 'targets', name }, query, writer);
    return { ...removed, usedBy: [...(await usersOfSet(deps, name))] };
  };

const checkedName = (name: string): string => {
  const checked = targetSetNameSchema.safeParse(name);
  if (checked.success) return checked.data;
  throw new AppError('request.invalid', `'${name}' ${checked.error.issues[0]?.message ?? 'is no name'}`);
};

/** A set stands apart from jobs and runs, so its condition can only look at the node. */
const checkedSpec = ({ where, nodes }: PutTargetSetRequest): TargetSetSpec => {
  if ((where === undefined) === (nodes === undefined))
    throw new AppError('request.invalid', 'A target set says either where or nodes', {
      places: [{ path: '', message: "give one of 'where' and 'nodes'" }],
      hint: 'Such as: drover targets put web --where \'node.tags.app == "shop"\'',
    });
  if (nodes !== undefined) return { nodes: [...new Set(nodes)] };
  const foreign = parseCondition(where ?? '').references.find(({ kind }) => kind !== 'node');
  if (foreign !== undefined)
    throw new AppError('request.invalid', `The condition '${where}' looks at more than the node`, {
      places: [{ path: '/where', message: 'only node may be used here' }],
      hint: 'Put what depends on params into the job: targets: {set: …, where: …}.',
    });
  return { where };
};

/** Characters of a condition in an outline. */
const outlineLength = 120;

const outlineOf = ({ where, nodes = [] }: TargetSetSpec): string => {
  if (where === undefined) return `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
  const line = where.replaceAll(/\s+/g, ' ').trim();
  return `where ${line.length > outlineLength ? `${line.slice(0, outlineLength)}…` : line}`;
};

const summaryOf = (latest: LibraryChange): TargetSetSummary => ({
  name: latest.name,
  revision: latest.change,
  ...(latest.description === undefined ? {} : { description: latest.description }),
  outline: latest.outline ?? '',
  removed: latest.action === 'remove',
  ...changedBy(latest),
});

const viewOf = ({ revision, latest, spec }: StoredSet): TargetSetView => ({
  ...summaryOf(revision),
  ...spec,
  removed: latest.action === 'remove',
  latest: latest.change === revision.change,
});
