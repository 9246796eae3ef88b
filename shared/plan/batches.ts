import type { AgentKind, Placement } from '../model/node.ts';
import type { BatchNode } from '../model/run.ts';
import { clamp } from './amount.ts';

/** A node of a slice that is left to do. `online` is of the instance that runs the script. */
export type BatchCandidate = BatchNode & {
  readonly online: boolean;
  /** Names of the disruption budgets that it is under, in order; absent for none. */
  readonly budgets?: readonly string[];
};

/** What `planBatches` needs. */
export interface BatchSpec {
  readonly nodes: readonly BatchCandidate[];
  /** Nodes at once, at least 1. */
  readonly width: number;
  /** Instances that one call of an agent takes, at least 1. */
  readonly limitOf: (agent: AgentKind) => number;
  /** Nodes of one batch under a disruption budget, at least 1; without limit when absent. */
  readonly limitUnder?: (budget: string) => number;
  /** JSON bytes of the nodes of one batch, at most; a single node above it is a batch of its own. */
  readonly maxBatchBytes?: number;
}

/** Nodes that one agent call reaches. */
export interface PlannedBatch {
  readonly online: boolean;
  readonly nodes: readonly BatchNode[];
  /** Disruption budgets that all of its nodes are under; absent for none. */
  readonly budgets?: readonly string[];
}

/** The batches of a slice, in the order in which they start. */
export interface BatchPlan {
  readonly batches: readonly PlannedBatch[];
  /** Batches at once, at least 1. Any so many of them hold no more nodes together than the width allows. */
  readonly width: number;
}

interface OpenBatch {
  readonly online: boolean;
  readonly budgets: readonly string[];
  readonly nodes: BatchNode[];
  bytes: number;
  full: boolean;
}

/** Batches of one agent, account, region, shell and reach, under the same budgets. */
interface Lane {
  readonly batches: OpenBatch[];
  /** Position of the last batch of each instance, so that the next node of that instance goes beyond it. */
  readonly lastOf: Map<string, number>;
  firstOpen: number;
}

const defaultBatchBytes = 262_144;

/**
 * Puts nodes into batches that share agent, account, region, shell and reach, one node per instance and batch. Nodes under different
 * disruption budgets go apart, so that a batch that has to wait holds up no node that is not under its budget.
 *
 * When the width covers all nodes, batches are as big as the agent takes and all run at once, those that are online first. Otherwise the
 * order of the list is the order of the batches, and a batch takes a quarter of the width, so that a slow node holds up only its quarter.
 */
export const planBatches = (spec: BatchSpec): BatchPlan => {
  const { nodes, width, limitOf, limitUnder, maxBatchBytes = defaultBatchBytes } = spec;
  const allAtOnce = width >= nodes.length;
  const sizeFor = (agent: AgentKind) => (allAtOnce ? limitOf(agent) : clamp(Math.floor(width / 4), 1, limitOf(agent)));
  const sizeOf = ({ via, budgets = [] }: BatchCandidate) =>
    budgets.reduce((least, name) => Math.min(least, limitUnder?.(name) ?? least), sizeFor(via.agent));
  const lanes = new Map<string, Lane>();
  const batches: OpenBatch[] = [];
  for (const candidate of nodes) {
    const lane = laneOf(lanes, candidate);
    const fresh = place(lane, candidate, { nodes: sizeOf(candidate), bytes: maxBatchBytes });
    if (fresh !== undefined) batches.push(fresh);
  }
  const ordered = allAtOnce ? batches.toSorted((a, b) => Number(b.online) - Number(a.online)) : batches;
  return {
    batches: ordered.map(({ online, nodes: members, budgets }) => ({
      online,
      nodes: members,
      ...(budgets.length === 0 ? {} : { budgets }),
    })),
    width: allAtOnce ? Math.max(1, batches.length) : batchesAtOnce(batches, width),
  };
};

const batchesAtOnce = (batches: readonly OpenBatch[], width: number): number => {
  const largest = batches.reduce((most, batch) => Math.max(most, batch.nodes.length), 1);
  return clamp(Math.floor(width / largest), 1, batches.length);
};

const laneOf = (lanes: Map<string, Lane>, { via, online, budgets }: BatchCandidate): Lane => {
  const key = laneKey(via, online, budgets);
  const known = lanes.get(key);
  if (known !== undefined) return known;
  const lane: Lane = { batches: [], lastOf: new Map(), firstOpen: 0 };
  lanes.set(key, lane);
  return lane;
};

const laneKey = (via: Placement, online: boolean, budgets: readonly string[] = []): string =>
  JSON.stringify([via.agent, via.account ?? null, via.region, via.os, online, ...budgets]);

/** Puts a candidate into the first batch of its lane that can take it. Returns the batch when it had to be a new one. */
const place = (
  lane: Lane,
  { online, budgets = [], ...node }: BatchCandidate,
  limit: { readonly nodes: number; readonly bytes: number },
): OpenBatch | undefined => {
  const bytes = jsonBytes(node) + 1;
  let at = Math.max(lane.firstOpen, (lane.lastOf.get(node.via.instanceId) ?? -1) + 1);
  while (at < lane.batches.length && !takes(lane.batches[at], bytes, limit.bytes)) at += 1;
  const known = lane.batches[at];
  const batch = known ?? { online, budgets, nodes: [], bytes: 2, full: false };
  if (known === undefined) lane.batches.push(batch);
  batch.nodes.push(node);
  batch.bytes += bytes;
  batch.full = batch.nodes.length >= limit.nodes;
  lane.lastOf.set(node.via.instanceId, at);
  while (lane.batches[lane.firstOpen]?.full) lane.firstOpen += 1;
  return known === undefined ? batch : undefined;
};

/** Whether a batch has room. One that lacks the bytes is closed for good, so that planning stays linear in the nodes. */
const takes = (batch: OpenBatch | undefined, bytes: number, maxBytes: number): boolean => {
  if (batch === undefined || batch.full) return false;
  if (batch.bytes + bytes <= maxBytes) return true;
  batch.full = true;
  return false;
};

const encoder = new TextEncoder();
const jsonBytes = (value: unknown): number => encoder.encode(JSON.stringify(value)).length;
