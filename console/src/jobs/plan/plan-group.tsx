import { useMemo } from 'react';
import { counted } from '#shared/format/counted.ts';
import { planBatchesText, planBudgetText, planGroupFacts, planOperationNotes } from '#shared/format/plan-words.ts';
import type { PlanGroup, PlanOperation, PlanPhase } from '#shared/plan/run-plan.ts';
import { Panel } from '../../parts/panel.tsx';
import { VirtualRows, type WideColumn } from '../../parts/virtual-rows.tsx';
import styles from './plan.module.css';
import { foldedNodes, leftOutByReason, type RoundLine, roundLines } from './plan-lines.ts';

interface OperationLine {
  readonly phase: PlanPhase;
  readonly operation: PlanOperation;
  readonly isFirst: boolean;
}

const operationLines = ({ phases }: PlanGroup): readonly OperationLine[] =>
  phases.flatMap((phase) => phase.operations.map((operation, index) => ({ phase, operation, isFirst: index === 0 })));

const onOf = ({ on, runner }: PlanPhase): string => (runner === undefined ? on : `${on} ${runner.name}`);

const operationColumns: readonly WideColumn<OperationLine>[] = [
  { title: 'Phase', width: '180px', cell: ({ phase, isFirst }) => (isFirst ? phase.name : '') },
  { title: 'On', width: '160px', cell: ({ phase, isFirst }) => (isFirst ? onOf(phase) : '') },
  { title: 'Operation', width: '180px', cell: ({ operation }) => <code>{operation.id}</code> },
  {
    title: 'How',
    width: 'minmax(200px, 1fr)',
    cell: ({ operation }) => {
      const when = operation.when === undefined ? [] : [`when ${operation.when}`];
      const text = [...planOperationNotes(operation), ...when].join(', ');
      return <span title={text}>{text}</span>;
    },
  },
];

/** More of a long list of names than a tooltip can show is of no use there. */
const tip = (text: string): string => (text.length > 1000 ? `${text.slice(0, 1000)}…` : text);

const Who = ({ line: { round, isFirst } }: { readonly line: RoundLine }) => {
  if (!isFirst || round.nodes.length === 0) return null;
  const text = foldedNodes(round.nodes);
  return <span title={tip(text)}>{tip(text)}</span>;
};

const roundColumns: readonly WideColumn<RoundLine>[] = [
  {
    title: 'Round',
    width: '70px',
    isNumber: true,
    cell: ({ round, isFirst }) => (isFirst && round.round > 0 ? round.round : ''),
  },
  { title: 'Phase', width: '160px', cell: ({ slice }) => slice?.phase ?? '' },
  { title: 'Nodes', width: '80px', isNumber: true, cell: ({ slice }) => slice?.nodeCount ?? 0 },
  { title: 'At once', width: '80px', isNumber: true, cell: ({ slice }) => slice?.width ?? 0 },
  { title: 'Budgets', width: '130px', cell: ({ slice }) => slice?.budgets?.map(planBudgetText).join(', ') ?? '' },
  {
    title: 'Batches',
    width: '260px',
    cell: ({ slice }) => <span title={planBatchesText(slice)}>{planBatchesText(slice)}</span>,
  },
  { title: 'Who', width: 'minmax(160px, 1fr)', cell: (line) => <Who line={line} /> },
];

const LeftOut = ({ group }: { readonly group: PlanGroup }) => {
  const reasons = useMemo(() => leftOutByReason(group), [group]);
  return reasons.length === 0 ? null : (
    <div className={styles['out']}>
      {reasons.map(({ reason, count, nodes }) => (
        <details key={reason}>
          <summary>{`left out: ${counted(count, 'node')} (${reason})`}</summary>
          <p>{nodes}</p>
        </details>
      ))}
    </div>
  );
};

/** What a group would do: its operations, its rounds with their nodes and batches, and who is left out. */
export const PlanGroupView = ({ group }: { readonly group: PlanGroup }) => {
  const operations = useMemo(() => operationLines(group), [group]);
  const rounds = useMemo(() => roundLines(group), [group]);
  return (
    <Panel title={`Group ${group.name}`} actions={<span className="dim">{planGroupFacts(group).join(', ')}</span>}>
      <div className={styles['part']}>
        <VirtualRows
          label={`Operations of ${group.name}`}
          columns={operationColumns}
          rows={operations}
          keyOf={({ phase, operation }) => `${phase.name}/${operation.id}`}
        />
      </div>
      <div className={styles['part']}>
        <VirtualRows
          label={`Rounds of ${group.name}`}
          columns={roundColumns}
          rows={rounds}
          keyOf={({ round, slice }) => `${round.round}/${slice?.phase}`}
        />
      </div>
      <LeftOut group={group} />
    </Panel>
  );
};
