import { pMapIterable } from 'p-map';
import { type BatchId, formatBatchId, type NodeId } from '#shared/model/ids.ts';
import type { Node } from '#shared/model/node.ts';
import type { BatchNode, ResultRecord, RunRecord, SliceRecord } from '#shared/model/run.ts';
import { type LedgerEntry, ledgerOf } from '#shared/plan/ledger.ts';
import type { LedgerStore, PlanStore } from '#shared/ports/store.ts';
import { isLaterSlice, type JobHistory, type JobPlace, keyOfSlice, partName } from './job-history.ts';
import { byNodeNames } from './node-names.ts';

/** Batches read at once. */
const readWidth = 8;

/** Reads of places. */
export interface RunPlacesDeps {
  readonly store: Pick<PlanStore, 'listSlices' | 'getBatch'> & Pick<LedgerStore, 'listResults'>;
}

/** Which places: of these groups, phases and nodes (by id or name); what is absent does not narrow. */
export interface PlaceFilter {
  readonly groups?: readonly string[] | undefined;
  readonly phases?: readonly string[] | undefined;
  readonly nodes?: readonly string[] | undefined;
}

/** A node in a phase, as it stands after the last batch that held it. */
export interface RunPlace {
  /** Its phase in the current job. */
  readonly place: JobPlace;
  readonly slice: SliceRecord;
  readonly batchId: BatchId;
  readonly node: Node;
  /** In terms of the current job. */
  readonly entry: LedgerEntry;
  /** What happened to it in that batch, in order; no marks. */
  readonly results: readonly ResultRecord[];
}

interface PlacedSlice {
  readonly slice: SliceRecord;
  readonly place: JobPlace;
}

/**
 * Every node in every phase that it has come to, phase by phase. Batches are read from the newest to the oldest and let go of again, so that the
 * size of a run costs time and not memory.
 */
export async function* runPlaces(
  deps: RunPlacesDeps,
  run: RunRecord,
  jobs: JobHistory,
  filter: PlaceFilter = {},
): AsyncGenerator<RunPlace> {
  const slices = await deps.store.listSlices(run.runId);
  const placed = slices.flatMap((slice): PlacedSlice[] => {
    const place = jobs.now(keyOfSlice(slice));
    return place && isAsked(place, filter) ? [{ slice, place }] : [];
  });
  const parts = Map.groupBy(placed, ({ slice, place }) => partName(place, slice));
  for (const part of [...parts.values()].toSorted(byPlan)) yield* placesOfPart(deps, jobs, part, filter);
}

const isAsked = ({ group, phase }: JobPlace, { groups, phases }: PlaceFilter): boolean =>
  (groups?.includes(group.name) ?? true) && (phases?.includes(phase.name) ?? true);

const byPlan = ([one]: readonly PlacedSlice[], [other]: readonly PlacedSlice[]): number => {
  if (!one || !other) return 0;
  return (
    one.place.groupIndex - other.place.groupIndex ||
    one.place.phaseIndex - other.place.phaseIndex ||
    one.slice.round - other.slice.round
  );
};

async function* placesOfPart(
  deps: RunPlacesDeps,
  jobs: JobHistory,
  part: readonly PlacedSlice[],
  { nodes }: PlaceFilter,
): AsyncGenerator<RunPlace> {
  const seen = new Set<NodeId>();
  const isNamed = nodes === undefined ? () => true : byNodeNames(nodes);
  const newestFirst = part.toSorted((a, b) => (isLaterSlice(keyOfSlice(a.slice), keyOfSlice(b.slice)) ? -1 : 1));
  const batches = newestFirst.flatMap((one) =>
    Array.from({ length: one.slice.batchCount }, (_, index) => ({
      ...one,
      batchId: formatBatchId(one.slice.sliceId, index),
    })),
  );
  const read = async ({ slice, batchId, ...rest }: (typeof batches)[number]) => {
    const [batch, results] = await Promise.all([
      deps.store.getBatch(slice.runId, batchId),
      deps.store.listResults(slice.runId, batchId),
    ]);
    return { slice, batchId, ...rest, nodes: batch?.nodes ?? [], results };
  };
  for await (const one of pMapIterable(batches, read, { concurrency: readWidth })) {
    const fresh = one.nodes.filter(({ node }) => !seen.has(node.id));
    for (const { node } of fresh) seen.add(node.id);
    yield* placesIn(jobs, { ...one, nodes: fresh.filter(({ node }) => isNamed(node)) });
  }
}

/** The places of a batch. */
function* placesIn(
  jobs: JobHistory,
  {
    slice,
    place,
    batchId,
    nodes,
    results,
  }: PlacedSlice & {
    readonly batchId: BatchId;
    readonly nodes: readonly BatchNode[];
    readonly results: readonly ResultRecord[];
  },
): Generator<RunPlace> {
  const operations = jobs.changed ? jobs.own(keyOfSlice(slice))?.phase.operations : undefined;
  const batch = { batch: { batchId, nodes: [...nodes] }, results, ...(operations === undefined ? {} : { operations }) };
  const ledger = ledgerOf(place.phase.operations, [batch]);
  const byNode = Map.groupBy(
    results.filter(({ mark }) => mark === undefined),
    ({ nodeId }) => nodeId,
  );
  for (const { node } of nodes) {
    const entry = ledger.get(node.id);
    if (entry) yield { place, slice, batchId, node, entry, results: byNode.get(node.id) ?? [] };
  }
}
