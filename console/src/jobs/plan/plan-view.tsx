import { useMemo } from 'react';
import { estimatedCost, estimatedTime } from '#shared/format/cost-words.ts';
import { planTotalsText, planTurnText } from '#shared/format/plan-words.ts';
import type { PlanSecret, RunPlan } from '#shared/plan/run-plan.ts';
import { Facts } from '../../parts/facts.tsx';
import { Panel } from '../../parts/panel.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Ago } from '../../parts/times.tsx';
import styles from './plan.module.css';
import { PlanGroupView } from './plan-group.tsx';
import { planWarnings } from './plan-lines.ts';
import { PlanNodes } from './plan-nodes.tsx';
import { PlanScripts } from './plan-scripts.tsx';

const secretColumns: readonly Column<PlanSecret>[] = [
  { title: 'Secret', cell: ({ param }) => <code>{param}</code> },
  { title: 'Kept in', cell: ({ reference }) => <code>{reference}</code> },
  { title: 'Used by', cell: ({ operations }) => operations.join(', ') },
];

/** What a run would do, seen beforehand: totals, warnings, groups, scripts, nodes. Quick with any number of nodes. */
export const PlanView = ({ plan }: { readonly plan: RunPlan }) => {
  const warnings = useMemo(() => planWarnings(plan), [plan]);
  const { estimate, inventory, digest, scripts = [], secrets } = plan;
  return (
    <>
      <Panel title="Plan">
        <Facts
          facts={[
            ['In all', planTotalsText(plan)],
            ['Time', estimate === undefined ? undefined : estimatedTime(estimate)],
            ['Cost', estimate === undefined ? undefined : estimatedCost(estimate)],
            ['Turn', planTurnText(plan)],
            ['Clouds read', inventory === undefined ? undefined : <Ago key="read" at={inventory.readAt} />],
            [
              'Digest',
              <code key="digest" title={digest}>
                {digest.slice(0, 12)}
              </code>,
            ],
          ]}
        />
      </Panel>
      {warnings.length > 0 && (
        <Panel title={`Warnings (${warnings.length})`}>
          <ul className={styles['warnings']} aria-label="Warnings">
            {[...new Set(warnings)].slice(0, 100).map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
            {warnings.length > 100 && <li>{`and ${warnings.length - 100} more`}</li>}
          </ul>
        </Panel>
      )}
      {plan.groups.map((group) => (
        <PlanGroupView key={group.name} group={group} />
      ))}
      {scripts.length > 0 && <PlanScripts scripts={scripts} />}
      {secrets.length > 0 && (
        <Panel title="Secrets">
          <Table label="Secrets" columns={secretColumns} rows={secrets} keyOf={({ param }) => param} />
        </Panel>
      )}
      <PlanNodes plan={plan} />
    </>
  );
};
