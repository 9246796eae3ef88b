import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { NodeRow, ResultView } from '../contract/run-views.ts';
import type { RunId } from '../model/ids.ts';
import type { NodeStatus } from '../model/status.ts';
import { allPages } from './all-pages.ts';
import type { DroverClient } from './client.ts';

/** What is compared: a run as it stands after all its attempts, or what one of them did. */
export interface RunSide {
  readonly runId: RunId;
  readonly attempt?: number | undefined;
}

/** Something on both sides. */
export interface Pair<T> {
  readonly before: T;
  readonly after: T;
}

/** A node in a phase that did not do the same on both sides. */
export interface NodeDiff {
  readonly nodeId: string;
  readonly name: string;
  readonly status: Pair<NodeStatus>;
  readonly exitCode: Pair<number | null>;
  /** Operations whose output or exit code differs, or that only one side ran; empty when output is not compared. */
  readonly operations: readonly string[];
}

/** How a phase differs. */
export interface PhaseDiff {
  readonly group: string;
  readonly phase: string;
  /** Nodes that did the same on both sides. */
  readonly sameCount: number;
  readonly changed: readonly NodeDiff[];
  /** Names of nodes that only one side has in this phase. */
  readonly onlyBefore: readonly string[];
  readonly onlyAfter: readonly string[];
}

/** How two runs or attempts differ, phase by phase in the order of the plan. */
export interface RunDiff {
  readonly before: RunSide;
  readonly after: RunSide;
  readonly phases: readonly PhaseDiff[];
}

/** How to compare. */
export interface DiffOptions {
  /** False: statuses and exit codes only, which is quick. */
  readonly outputs: boolean;
}

/** A node in a phase, with a digest of what each operation printed: whatever was printed, it takes little memory. */
interface Place {
  readonly row: Pick<NodeRow, 'group' | 'phase' | 'nodeId' | 'name' | 'status' | 'exitCode'>;
  readonly digests: Map<string, string>;
}

type SideClient = Pick<DroverClient, 'listNodeRows' | 'listResults'>;

/** A runner is in a phase once for each round: the first time on one side is compared with the first on the other. */
const placeNames = () => {
  const seen = new Map<string, number>();
  return ({ group, phase, nodeId }: Place['row']): string => {
    const name = JSON.stringify([group, phase, nodeId]);
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    return `${name} ${times}`;
  };
};

const readPlaces = async (
  client: SideClient,
  { runId, attempt }: RunSide,
  { outputs }: DiffOptions,
): Promise<ReadonlyMap<string, Place>> => {
  const of = attempt === undefined ? {} : { attempt };
  const places = new Map<string, Place>();
  const byRound = new Map<string, Place>();
  const nameOf = placeNames();
  for await (const { group, phase, round, nodeId, name, status, exitCode } of allPages((page) =>
    client.listNodeRows(runId, { ...of, ...page }),
  )) {
    const place = { row: { group, phase, nodeId, name, status, exitCode }, digests: new Map<string, string>() };
    places.set(nameOf(place.row), place);
    byRound.set(JSON.stringify([group, phase, round, nodeId]), place);
  }
  if (!outputs) return places;
  // The results of later attempts come later, so each node keeps what it printed last.
  for await (const result of allPages((page) => client.listResults(runId, { ...of, ...page }))) {
    const { group, phase, round, nodeId, operation } = result;
    byRound.get(JSON.stringify([group, phase, round, nodeId]))?.digests.set(operation, digestOf(result));
  }
  return places;
};

const digestOf = ({ status, exitCode, stdout, stderr, uploads, outputs }: ResultView): string =>
  bytesToHex(sha256(utf8ToBytes(JSON.stringify([status, exitCode, stdout, stderr, uploads ?? null, outputs]))));

const compare = (before: Place, after: Place): NodeDiff | undefined => {
  const names = new Set([...before.digests.keys(), ...after.digests.keys()]);
  const operations = [...names].filter((name) => before.digests.get(name) !== after.digests.get(name));
  const { nodeId, name } = after.row;
  const isSame =
    before.row.status === after.row.status && before.row.exitCode === after.row.exitCode && operations.length === 0;
  if (isSame) return undefined;
  return {
    nodeId,
    name,
    status: { before: before.row.status, after: after.row.status },
    exitCode: { before: before.row.exitCode, after: after.row.exitCode },
    operations,
  };
};

const diffPhase = (pairs: readonly { readonly before?: Place | undefined; readonly after?: Place | undefined }[]) => {
  const changed: NodeDiff[] = [];
  const [onlyBefore, onlyAfter]: [string[], string[]] = [[], []];
  let sameCount = 0;
  for (const { before, after } of pairs) {
    if (before && after) {
      const diff = compare(before, after);
      if (diff) changed.push(diff);
      else sameCount += 1;
    } else if (before) onlyBefore.push(before.row.name);
    else if (after) onlyAfter.push(after.row.name);
  }
  return { sameCount, changed, onlyBefore, onlyAfter };
};

/**
 * Compares two runs, or two attempts of one: per phase the nodes whose status, exit code or output differs. Phases are the same when the names of
 * group and phase are, nodes when their ids are. All rows of both sides are read, page by page.
 * @throws AppError the client's errors
 */
export const diffRuns = async (
  client: SideClient,
  before: RunSide,
  after: RunSide,
  options: DiffOptions,
): Promise<RunDiff> => {
  const [old, now] = [await readPlaces(client, before, options), await readPlaces(client, after, options)];
  const names = [...new Set([...now.keys(), ...old.keys()])];
  const pairs = names.map((name) => ({ before: old.get(name), after: now.get(name) }));
  const phaseOf = ({ before: one, after: other }: (typeof pairs)[number]): string => {
    const { group = '', phase = '' } = other?.row ?? one?.row ?? {};
    return JSON.stringify([group, phase]);
  };
  const phases = [...Map.groupBy(pairs, phaseOf)].map(([name, of]): PhaseDiff => {
    const row = of[0]?.after?.row ?? of[0]?.before?.row;
    return { group: row?.group ?? name, phase: row?.phase ?? name, ...diffPhase(of) };
  });
  return { before, after, phases };
};
