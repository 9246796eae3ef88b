import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { requireRun } from '#functions/records/change-run.ts';
import type { MapGroup, MapPhase, RunMap, RunMapQuery } from '#shared/contract/map-views.ts';
import type { NodeId, RunId } from '#shared/model/ids.ts';
import type { Group, Phase } from '#shared/model/job.ts';
import type { Node } from '#shared/model/node.ts';
import { absentLetter } from '#shared/model/status-letters.ts';
import { readStandings, type Standing } from './batch-standings.ts';
import { latestRecords, type RunParts, readRunParts, type SourceDeps } from './sources.ts';

type NamedNode = Pick<Node, 'id' | 'name'>;

/**
 * How every node of a run stands in every phase after the last attempt that touched it, or what one attempt did: a letter for each. Reads groups, slices
 * and the progress of batches, and neither batches nor results; nodes come from the frozen targets. Each batch is shown as its progress was last written,
 * as in counts: between two operations, or two tries of one, what came last of its nodes may not be there yet.
 * @throws AppError `run.not-found`
 */
export const viewRunMap =
  (deps: SourceDeps) =>
  async (runId: RunId, { attempt, known }: RunMapQuery = {}): Promise<RunMap> => {
    const run = await requireRun(deps.store, runId);
    const parts = await readRunParts(deps, run, attempt);
    const standings = Map.groupBy(await readStandings(deps, run, parts), ({ source }) => source.order[0] ?? 0);
    const drawn = await Promise.all(
      groupsOf(parts, attempt).map(async ({ group, index, targetsBlob }) => {
        const targets = targetsBlob === undefined ? [] : (await deps.json.targets(targetsBlob)).nodes;
        const nodes = targets.map(({ node }) => node);
        return { targetsBlob, frozen: nodes.length, ...drawGroup(group, nodes, standings.get(index) ?? []) };
      }),
    );
    const lists = listsTag(drawn);
    return {
      runId,
      attempt: attempt ?? run.attempts.length,
      status: attempt === undefined ? run.status : (run.attempts[attempt - 1]?.status ?? run.status),
      lists,
      groups: drawn.map(
        ({ name, nodes, phases }): MapGroup => ({
          name,
          ...(lists === known ? {} : listOf(nodes)),
          phases: [...phases],
        }),
      ),
    };
  };

interface GroupOnMap {
  readonly group: Group;
  readonly index: number;
  /** Absent before the group begins. */
  readonly targetsBlob?: string;
}

/** All groups of the current job, or those that an attempt came to. */
const groupsOf = ({ jobs, records }: RunParts, attempt: number | undefined): readonly GroupOnMap[] => {
  const mine = attempt === undefined ? records : records.filter((one) => one.attempt === attempt);
  const latest = latestRecords(mine, jobs);
  const job = attempt === undefined ? jobs.current : jobs.at(attempt);
  return job.spec.groups.flatMap((group, index) => {
    const record = latest.get(group.name);
    if (record === undefined) return attempt === undefined ? [{ group, index }] : [];
    return [{ group, index, targetsBlob: record.targetsBlob }];
  });
};

interface DrawnGroup {
  readonly name: string;
  readonly nodes: readonly NamedNode[];
  readonly phases: readonly MapPhase[];
}

const drawGroup = (group: Group, targets: readonly NamedNode[], standings: readonly Standing[]): DrawnGroup => {
  const byPhase = Map.groupBy(standings.toSorted(byAge), ({ source }) => source.order[2] ?? 0);
  const nodes = [...targets];
  const places = new Map(nodes.map(({ id }, index) => [id, index]));
  // An earlier attempt may have had other targets.
  for (const [phaseIndex, its] of byPhase) {
    if (group.phases[phaseIndex]?.on === 'runner') continue;
    for (const node of its.flatMap((one) => one.nodes))
      if (!places.has(node.id)) {
        places.set(node.id, nodes.length);
        nodes.push(node);
      }
  }
  const phases = group.phases.map((phase, index) => {
    const its = byPhase.get(index) ?? [];
    return phase.on === 'runner' ? drawRunner(phase, its) : drawPhase(phase, its, places);
  });
  return { name: group.name, nodes, phases };
};

/** What is only planned first, then older attempts and passes: of two that hold a node, the later one counts. */
const byAge = ({ source: a }: Standing, { source: b }: Standing): number =>
  Number(b.planned !== undefined) - Number(a.planned !== undefined) ||
  a.key.attempt - b.key.attempt ||
  a.key.pass - b.key.pass;

const drawPhase = (
  { name, on }: Phase,
  standings: readonly Standing[],
  places: ReadonlyMap<NodeId, number>,
): MapPhase => {
  const letters = Array.from({ length: places.size }, (): string => absentLetter);
  for (const standing of standings)
    standing.nodes.forEach(({ id }, index) => {
      const place = places.get(id);
      if (place !== undefined) letters[place] = standing.letters[index] ?? absentLetter;
    });
  return { name, on, statuses: letters.join('') };
};

/** A runner stands there once for each round that it serves. */
const drawRunner = ({ name, on }: Phase, standings: readonly Standing[]): MapPhase => {
  const found = new Map<string, { readonly node: NamedNode; readonly round: number; readonly letter: string }>();
  for (const { source, nodes, letters } of standings)
    nodes.forEach((node, index) => {
      found.set(`${source.round} ${node.id}`, { node, round: source.round, letter: letters[index] ?? absentLetter });
    });
  const rows = [...found.values()].sort((a, b) => a.round - b.round);
  return {
    ...{ name, on, statuses: rows.map(({ letter }) => letter).join('') },
    ...listOf(rows.map(({ node }) => node)),
    rounds: rows.map(({ round }) => round),
  };
};

const listOf = (nodes: readonly NamedNode[]): { readonly nodeIds: NodeId[]; readonly names: string[] } => ({
  nodeIds: nodes.map(({ id }) => id),
  names: nodes.map(({ name }) => name),
});

interface TaggedGroup extends DrawnGroup {
  readonly targetsBlob: string | undefined;
  /** How many of its nodes that blob holds. */
  readonly frozen: number;
}

/** The blob of frozen targets is named by its content, so its name stands for the nodes in it. */
const listsTag = (groups: readonly TaggedGroup[]): string => {
  const lists = groups.map(({ name, nodes, targetsBlob, frozen }) => [
    name,
    targetsBlob ?? '',
    ...nodes.slice(frozen).map(({ id }) => id),
  ]);
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(lists)))).slice(0, 32);
};
