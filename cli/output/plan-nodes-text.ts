import { foldNames } from '#shared/client/fold-names.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { PlanGroup, RunPlan } from '#shared/plan/run-plan.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** Reasons, and characters of the names behind each, that are shown of the nodes that are left out. */
const shown = { reasons: 10, names: 100 };

/** The nodes of a group that do not take part, by reason. */
export const leftOutText = ({ leftOut }: Pick<PlanGroup, 'leftOut'>): string => {
  const byReason = [...Map.groupBy(leftOut, ({ reason }) => reason)];
  const lines = byReason.slice(0, shown.reasons).map(([reason, nodes]) => {
    const ids = safeLine(foldNames(nodes.map(({ nodeId }) => nodeId)).join(' '), shown.names);
    return nodes.length === 1
      ? `left out: ${ids} (${safeLine(reason)})\n`
      : `left out: ${nodes.length} nodes (${safeLine(reason)}): ${ids}\n`;
  });
  const rest = byReason.slice(shown.reasons).reduce((sum, [, nodes]) => sum + nodes.length, 0);
  return lines.join('') + (rest === 0 ? '' : `and ${rest} more left out: drover plan --show nodes\n`);
};

interface NodeLine {
  readonly group: string;
  readonly node: string;
  readonly round: string;
  readonly state: string;
}

type Silent = NonNullable<RunPlan['inventory']>['silent'][number];

const silentText = (silent: Silent | undefined): string => {
  if (silent?.state === 'missing') return 'no agent: undeliverable';
  if (silent?.stopped === true) return 'stopped: undeliverable unless it is started';
  const since = silent?.lastSeenAt === undefined ? 'offline' : `agent silent since ${silent.lastSeenAt}`;
  return `${since}: undeliverable unless it comes back`;
};

interface NodeState {
  readonly online: boolean;
  readonly holder: string | undefined;
  readonly silent: Silent | undefined;
}

const stateOf = ({ online, holder, silent }: NodeState): string => {
  const held = holder === undefined ? '' : `leased now by run ${holder}`;
  return [online ? '' : silentText(silent), held].filter(Boolean).join('; ') || 'runs';
};

const columns: readonly Column<NodeLine>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'GROUP', cell: ({ group }) => group },
  { title: 'ROUND', cell: ({ round }) => round, align: 'right' },
  { title: 'WHAT', cell: ({ state }) => state },
];

/** Every node of a plan: in which round it runs, or why it does not. */
export const planNodesText = ({ groups, heldNow, inventory }: RunPlan, style: Style): string => {
  const holders = new Map<NodeId, string>(
    (heldNow?.leases ?? []).flatMap(({ runId, nodeIds }) => nodeIds.map((id) => [id, runId] as const)),
  );
  const silent = new Map((inventory?.silent ?? []).map((one) => [one.nodeId, one]));
  const lines = groups.flatMap(({ name: group, rounds, leftOut }): readonly NodeLine[] => [
    ...rounds.flatMap(({ round, nodes }) =>
      nodes.map(({ id, name, online }) => ({
        group,
        node: name,
        round: round === 0 ? '' : String(round),
        state: stateOf({ online, holder: holders.get(id), silent: silent.get(id) }),
      })),
    ),
    ...leftOut.map(({ nodeId, reason }) => ({
      group,
      node: nodeId,
      round: '',
      state: `left out: ${safeLine(reason)}`,
    })),
  ]);
  return renderTable(columns, lines, style);
};
