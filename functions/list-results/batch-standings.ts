import pMap from 'p-map';
import { isAttemptOpen } from '#functions/records/change-run.ts';
import { type BatchId, formatSliceId, type SliceId } from '#shared/model/ids.ts';
import type { Node } from '#shared/model/node.ts';
import type { BatchProgress, FrozenTargets, GroupRecord, RunRecord } from '#shared/model/run.ts';
import { isTerminalNodeStatus } from '#shared/model/status.ts';
import { lettersOf, statusLetters, statusOfLetter } from '#shared/model/status-letters.ts';
import { parsePositions } from '#shared/plan/positions.ts';
import { readBatch, type Source, type SourceDeps, statusesOfBatch } from './sources.ts';

/** Slices, and parts that have to be read batch by batch, that are read at once. */
const readWidth = 16;

/** How the nodes of one part of a run stand: one letter for each. */
export interface Standing {
  readonly source: Source;
  readonly nodes: readonly Pick<Node, 'id' | 'name'>[];
  readonly letters: string;
}

/**
 * How the nodes of each part stand, by the progress of its batch: one reading for a slice, whatever the number of its nodes. Only a batch of which an
 * earlier version wrote the progress is read with its results.
 */
export const readStandings = async (
  deps: SourceDeps,
  run: RunRecord,
  { sources, records }: { readonly sources: readonly Source[]; readonly records: readonly GroupRecord[] },
): Promise<readonly Standing[]> => {
  const progress = await readProgress(deps, run, sources);
  const blobs = new Map(records.map((one) => [`${one.attempt}.${one.groupIndex}`, one.targetsBlob]));
  const targetsOf = async ({ key }: Source): Promise<FrozenTargets | undefined> => {
    const blob = blobs.get(`${key.attempt}.${key.groupIndex}`);
    return blob === undefined ? undefined : deps.json.targets(blob);
  };
  const standingOf = async (source: Source): Promise<Standing> => {
    if (source.planned) {
      const nodes = (await source.planned()).map(({ node }) => node);
      return { source, nodes, letters: statusLetters.pending.repeat(nodes.length) };
    }
    const known = source.batchId && progress.get(source.batchId);
    const nodes = known && nodesOf(source, known, await targetsOf(source));
    if (nodes && known?.statuses?.length === nodes.length)
      return { source, nodes, letters: lettersNow(run, source, known.statuses) };
    return fromResults(deps, run, source);
  };
  return pMap(sources, standingOf, { concurrency: readWidth });
};

const readProgress = async (
  deps: SourceDeps,
  { runId }: RunRecord,
  sources: readonly Source[],
): Promise<ReadonlyMap<BatchId, BatchProgress>> => {
  const slices = new Set<SliceId>(sources.flatMap(({ key, batchId }) => (batchId ? [formatSliceId(key)] : [])));
  const lists = await pMap(slices, (sliceId) => deps.store.listProgress(runId, sliceId), { concurrency: readWidth });
  return new Map(lists.flat().map((one) => [one.batchId, one]));
};

/** The nodes of a batch, in its order, without reading it; undefined where its progress does not tell. */
const nodesOf = (
  { phase, key }: Source,
  { positions, nodeCount }: BatchProgress,
  targets: FrozenTargets | undefined,
): Standing['nodes'] | undefined => {
  if (targets === undefined) return undefined;
  if (phase.on === 'runner') {
    const runner = targets.runners[String(key.phaseIndex)];
    return runner && [runner.node];
  }
  if (positions === undefined) return undefined;
  const nodes = parsePositions(positions, nodeCount).flatMap((position) => targets.nodes[position]?.node ?? []);
  return nodes.length === nodeCount ? nodes : undefined;
};

/** An execution that broke leaves batches that say that they run; once their attempt is over, nothing in them is under way. */
const lettersNow = (run: RunRecord, { key }: Source, letters: string): string =>
  isAttemptOpen(run, key.attempt) ? letters : letters.replace(/./g, endedLetter);

const endedLetter = (letter: string): string => {
  const status = statusOfLetter(letter);
  return status !== undefined && isTerminalNodeStatus(status) ? letter : statusLetters.pending;
};

const fromResults = async (deps: SourceDeps, run: RunRecord, source: Source): Promise<Standing> => {
  if (source.batchId === undefined) return { source, nodes: [], letters: '' };
  const content = await readBatch(deps, run.runId, source.batchId);
  return {
    source,
    nodes: content.nodes.map(({ node }) => node),
    letters: lettersOf(statusesOfBatch(run, source, content)),
  };
};
