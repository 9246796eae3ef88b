import pMap from 'p-map';
import { type PermitLife, readPermitLife } from '#functions/records/permit-life.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { askLease, freshLease, type LeaseBlock } from '#shared/lock/lease.ts';
import { isSamePermit } from '#shared/lock/permit.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { LeaseRecord, PermitWait } from '#shared/model/lock.ts';
import type { GivenUp, PermitDeps, PermitWish, Taking } from './permit-wish.ts';

/** Leases written at once. */
const writeWidth = 16;

/** How often nodes are asked for again that others changed at this moment. */
const maxRounds = 10;

/** What came of asking for nodes. `contended`: another batch is taking them just now, so it is worth a look soon. */
export type LeasesTaken =
  | { readonly kind: 'taken'; readonly givenUp: readonly GivenUp[] }
  | { readonly kind: 'refused'; readonly waitFor: Omit<PermitWait, 'since'>; readonly contended: boolean };

interface Blocked {
  readonly nodeId: NodeId;
  readonly by: LeaseBlock;
  readonly isTaking: boolean;
}

interface Asked {
  readonly granted: readonly LeaseRecord[];
  /** With a place in line, where that is to be written. */
  readonly places: readonly LeaseRecord[];
  readonly blocked: readonly Blocked[];
}

/**
 * Leases all nodes that a batch needs, or none: nothing is written to a node before all of them are free. Where others come first at that very
 * moment, those nodes are asked for again. Nodes that another run has are given up once the job's patience is over.
 */
export const takeLeases = async (deps: PermitDeps, wish: PermitWish, taking: Taking): Promise<LeasesTaken> => {
  let wanted = wish.nodeIds;
  let givenUp: readonly GivenUp[] = [];
  for (let round = 0; round < maxRounds; round += 1) {
    const asked = await askAll(deps, wanted, taking);
    if (asked.blocked.length > 0 && !isOutOfPatience(wish, taking)) {
      await putAll(deps, asked.places);
      return refused(asked.blocked);
    }
    givenUp = [...givenUp, ...asked.blocked.map((one) => giveUp(wish, taking, one))];
    wanted = await putAll(deps, asked.granted);
    if (wanted.length === 0) return { kind: 'taken', givenUp };
  }
  throw new AppError('store.conflict', `The leases of batch ${wish.key.batchId} were changed by others each time.`, {
    hint: 'Try again: many runs want these nodes at this moment.',
  });
};

const isOutOfPatience = ({ exclusive }: PermitWish, { waitedMs }: Taking): boolean =>
  exclusive?.patienceMs !== undefined && waitedMs >= exclusive.patienceMs;

const askAll = async (deps: PermitDeps, nodeIds: readonly NodeId[], { ask }: Taking): Promise<Asked> => {
  const known = new Map((await deps.store.getLeases(nodeIds)).map((lease) => [lease.nodeId, lease]));
  const leases = nodeIds.map((nodeId) => known.get(nodeId) ?? freshLease(nodeId));
  const lives = await readPermitLife(
    deps,
    leases.flatMap(({ holders }) => holders.filter((one) => !isSamePermit(one, ask))),
  );
  const answers = leases.map((lease) => ({
    before: lease,
    answer: askLease(lease, ask, (holder) => lives(holder) !== 'gone'),
  }));
  return {
    granted: answers.flatMap(({ before, answer }) =>
      answer.kind === 'granted' && answer.lease !== before ? [answer.lease] : [],
    ),
    places: answers.flatMap(({ before, answer }) =>
      answer.kind === 'refused' && answer.lease !== before ? [answer.lease] : [],
    ),
    blocked: answers.flatMap(({ before, answer }) =>
      answer.kind === 'refused'
        ? [{ nodeId: before.nodeId, by: answer.by, isTaking: isTaking(lives, before, answer.by) }]
        : [],
    ),
  };
};

const isTaking = (lives: PermitLife, lease: LeaseRecord, by: LeaseBlock): boolean => {
  const holder = lease.holders.find((one) => isSamePermit(one, by));
  return by.kind === 'holds' && holder !== undefined && lives(holder) === 'taking';
};

/** Writes leases; answers the nodes of those that others changed meanwhile. */
const putAll = async (deps: PermitDeps, leases: readonly LeaseRecord[]): Promise<readonly NodeId[]> => {
  const written = await pMap(
    leases,
    async (lease) => ((await deps.store.putLease({ ...lease, version: lease.version + 1 })) ? [] : [lease.nodeId]),
    { concurrency: writeWidth },
  );
  return written.flat();
};

const sentence = ({ nodeId, by }: Blocked): string => {
  if (by.kind === 'waits') return `${nodeId} was asked for earlier by run ${by.runId}`;
  return `${nodeId} is leased by run ${by.runId}${by.jobName === undefined ? '' : ` (${by.jobName})`}`;
};

const refused = (blocked: readonly Blocked[]): LeasesTaken => {
  const [first] = blocked;
  const message = first === undefined ? '' : sentence(first);
  const more = blocked.length > 1 ? `, and ${blocked.length - 1} more nodes are not free` : '';
  return {
    kind: 'refused',
    waitFor: { kind: 'node', name: first?.nodeId ?? '', nodes: blocked.length, message: `${message}${more}` },
    contended: blocked.every((one) => one.isTaking),
  };
};

const giveUp = ({ exclusive }: PermitWish, { waitedMs }: Taking, blocked: Blocked): GivenUp => {
  const waited = waitedMs > 0 ? `, still after ${formatDuration(waitedMs)}` : '';
  const status = exclusive?.onLeased === 'skip' ? 'skipped' : 'undeliverable';
  return {
    nodeId: blocked.nodeId,
    status,
    reason: `Not ${status === 'skipped' ? 'worked on' : 'free'}: ${sentence(blocked)}${waited}.`,
  };
};
