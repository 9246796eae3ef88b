import type { JsonBlobs } from '#functions/records/json-blob.ts';
import type { GateOpening } from '#shared/gate/gates-of-run.ts';
import { jsonDigest } from '#shared/job/job-digest.ts';
import type { RunApproval } from '#shared/model/gate.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { RunRecord } from '#shared/model/run.ts';
import { amountRoundedDown } from '#shared/plan/amount.ts';

/** Names that a message lists at most. */
const namedNodes = 5;

/** The nodes of a group now, as they would be frozen. */
export interface TargetsNow {
  readonly groupIndex: number;
  readonly groupName: string;
  readonly nodeIds: readonly NodeId[];
}

/**
 * What has to be approved again because the targets of a group are not those of the plan that was approved; undefined when they are, or
 * differ by no more than allowed. Approving holds for exactly the targets that are there now.
 */
export const driftGate = async (
  json: Pick<JsonBlobs, 'planned'>,
  run: RunRecord,
  approval: RunApproval,
  { groupIndex, groupName, nodeIds }: TargetsNow,
): Promise<GateOpening | undefined> => {
  if (run.plannedBlob === undefined) return undefined;
  const planned = new Set<string>((await json.planned(run.plannedBlob))[String(groupIndex)] ?? []);
  const current = new Set<string>(nodeIds);
  const added = [...current].filter((id) => !planned.has(id));
  const gone = [...planned].filter((id) => !current.has(id));
  if (added.length + gone.length <= amountRoundedDown(approval.drift, Math.max(1, planned.size))) return undefined;
  return {
    gateId: 'start',
    attempt: run.attempts.length,
    kind: 'start',
    message: `The targets of group '${groupName}' are not those that were approved: ${listed('more', added)}, ${listed('fewer', gone)}`,
    digest: jsonDigest({ plan: run.planDigest, groupIndex, nodeIds: [...nodeIds].sort() }),
  };
};

const listed = (word: string, ids: readonly string[]): string => {
  if (ids.length === 0) return `none ${word}`;
  const shown = ids.slice(0, namedNodes).join(', ');
  return `${ids.length} ${word} (${shown}${ids.length > namedNodes ? ', …' : ''})`;
};
