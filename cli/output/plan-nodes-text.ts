import { foldNames } from '#shared/client/fold-names.ts';
import { counted } from '#shared/format/counted.ts';
import { type PlanNodeLine, planNodeLines } from '#shared/format/plan-words.ts';
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
      : `left out: ${counted(nodes.length, 'node')} (${safeLine(reason)}): ${ids}\n`;
  });
  const rest = byReason.slice(shown.reasons).reduce((sum, [, nodes]) => sum + nodes.length, 0);
  return lines.join('') + (rest === 0 ? '' : `and ${rest} more left out: drover plan --show nodes\n`);
};

const columns: readonly Column<PlanNodeLine>[] = [
  { title: 'NODE', cell: ({ node }) => node },
  { title: 'GROUP', cell: ({ group }) => group },
  { title: 'ROUND', cell: ({ round }) => round, align: 'right' },
  { title: 'WHAT', cell: ({ state }) => safeLine(state) },
];

/** Every node of a plan: in which round it runs, or why it does not. */
export const planNodesText = (plan: RunPlan, style: Style): string => renderTable(columns, planNodeLines(plan), style);
