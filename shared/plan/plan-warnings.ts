import type { NodeId } from '../model/ids.ts';
import type { Group } from '../model/job.ts';
import type { FrozenTargets } from '../model/run.ts';
import type { PlanWarning } from './run-plan.ts';
import { type Narrowed, selectsPhase } from './selection.ts';
import type { LeftOut } from './targets.ts';

const namedAtMost = 5;

/** What an operator should know of a group before it runs: it has no nodes, some are offline, some were left out. */
export const planWarnings = (
  group: Group,
  targets: FrozenTargets & { readonly leftOut: readonly LeftOut[] },
  selection: Narrowed,
): PlanWarning[] => {
  const phases = group.phases.filter((phase) => selectsPhase(selection, phase));
  const offline = targets.nodes.filter(({ online }) => !online).map(({ node }) => node.id);
  const warnings: PlanWarning[] = [];
  const warn = (kind: PlanWarning['kind'], nodeIds: readonly NodeId[], message: string) =>
    warnings.push({ kind, group: group.name, message, nodeIds: [...nodeIds] });
  if (targets.nodes.length === 0 && phases.some((phase) => phase.on !== 'runner'))
    warn('noNodes', [], `Group '${group.name}' has no nodes: its phases on targets will be skipped.`);
  if (offline.length > 0 && phases.some((phase) => phase.on === 'target'))
    warn('offline', offline, `Offline now, and undeliverable unless they come back: ${listed(offline)}.`);
  for (const [reason, left] of Map.groupBy(targets.leftOut, (one) => one.reason)) {
    const ids = left.map((one) => one.nodeId);
    warn('leftOut', ids, `Left out (${reason}): ${listed(ids)}.`);
  }
  return warnings;
};

const listed = (ids: readonly NodeId[]): string => {
  const rest = ids.length - namedAtMost;
  return ids.slice(0, namedAtMost).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
};
