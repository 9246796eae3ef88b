import { changeLocked } from '#functions/records/change-locked.ts';
import { type EndPermitDeps, endPermit } from '#functions/records/end-permit.ts';
import { type TurnDeps, turnRecord, type WakeRunsDeps, wakeRuns } from '#functions/records/turns.ts';
import type { BreakLockRequest, BrokenView } from '#shared/contract/lock-views.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { breakTurn, nextInLine } from '#shared/lock/turn.ts';
import { nodeIdSchema } from '#shared/model/ids.ts';
import type { PermitKey } from '#shared/model/lock.ts';
import type { Log } from '#shared/ports/services.ts';

/** What taking locks away needs. */
export interface BreakLockDeps extends EndPermitDeps, TurnDeps, WakeRunsDeps {
  readonly store: EndPermitDeps['store'] & TurnDeps['store'] & WakeRunsDeps['store'];
  readonly log: Log;
}

/**
 * Takes a lock away by hand, on record with who and why: a turn, the leases of the batch that has a node, or the use of a disruption budget.
 * Whose lock it was sends nothing more before it has it again: a run gets in line, a batch waits for its nodes.
 * @throws AppError `lock.not-found` when nobody has it, `request.invalid` for a name of no kind
 */
export const breakLock =
  (deps: BreakLockDeps) =>
  async (request: BreakLockRequest, actor: string): Promise<BrokenView> => {
    const [kind, ...rest] = request.name.split('/');
    const name = rest.join('/');
    const items = await breakOf(kind, name)(deps, { ...request, name }, actor);
    if (items.length === 0)
      throw new AppError('lock.not-found', `Nobody${ofRun(request)} has '${request.name}' now`, {
        hint: 'See who has what with: drover lock ls',
      });
    deps.log.warn('lock.broken', { lock: request.name, actor, holders: items.length });
    return { items };
  };

type Broken = BrokenView['items'];
type Break = (deps: BreakLockDeps, request: BreakLockRequest, actor: string) => Promise<Broken>;

const ofRun = ({ runId }: BreakLockRequest): string => (runId === undefined ? '' : ` of run ${runId}`);

const breakOf = (kind: string | undefined, name: string): Break => {
  if (name !== '' && kind === 'turn') return breakTurns;
  if (name !== '' && kind === 'node') return breakLease;
  if (name !== '' && kind === 'budget') return breakShares;
  throw new AppError('request.invalid', 'A lock is named turn/<key>, node/<id> or budget/<name>', {
    hint: 'Take the name from: drover lock ls',
  });
};

const breakTurns: Break = async (deps, { name, runId, reason }, actor) => {
  const nowMs = deps.clock.now();
  const { record, broken } = await changeLocked(turnRecord(deps, name), (before) => {
    const { turn, broken: taken } = breakTurn(before, { actor, reason, runId }, nowMs);
    return { record: turn, broken: taken };
  });
  await wakeRuns(deps, nextInLine(record, nowMs));
  return broken.map((one) => ({ runId: one.runId, attempt: one.attempt }));
};

const breakLease: Break = async (deps, request, actor) => {
  const nodeId = nodeIdSchema.safeParse(request.name);
  const [lease] = nodeId.success ? await deps.store.getLeases([nodeId.data]) : [];
  return breakPermits(deps, lease?.holders ?? [], { ...request, actor });
};

const breakShares: Break = async (deps, request, actor) => {
  const use = await deps.store.getBudgetUse(request.name);
  return breakPermits(deps, use?.shares ?? [], { ...request, actor });
};

/** Ends the permits behind leases or shares; a batch that has others beside loses them too, and asks for all of them again. */
const breakPermits = async (
  deps: BreakLockDeps,
  pointers: readonly (PermitKey & { readonly permit: number })[],
  { runId, reason, actor }: BreakLockRequest & { readonly actor: string },
): Promise<Broken> => {
  const items: Broken = [];
  for (const { runId: owner, batchId, permit: number } of pointers) {
    if (runId !== undefined && owner !== runId) continue;
    const permit = await deps.store.getPermit({ runId: owner, batchId });
    if (permit === undefined || permit.state === 'ended' || permit.fencing !== number) continue;
    await endPermit(
      deps,
      { runId: owner, batchId },
      {
        how: 'broken',
        by: actor,
        ...(reason === undefined ? {} : { reason }),
      },
    );
    items.push({ runId: owner, batchId });
  }
  return items;
};
