import { useDeferredValue, useMemo, useState } from 'react';
import { type PlanNodeLine, planNodeLines } from '#shared/format/plan-words.ts';
import type { RunPlan } from '#shared/plan/run-plan.ts';
import { Panel } from '../../parts/panel.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { Empty } from '../../parts/states.tsx';
import { VirtualRows, type WideColumn } from '../../parts/virtual-rows.tsx';

const columns: readonly WideColumn<PlanNodeLine>[] = [
  { title: 'Node', width: '280px', cell: ({ node }) => node },
  { title: 'Group', width: '180px', cell: ({ group }) => group },
  { title: 'Round', width: '80px', isNumber: true, cell: ({ round }) => round },
  {
    title: 'What',
    width: 'minmax(200px, 1fr)',
    cell: ({ state, takesPart }) => (
      <span className={takesPart ? undefined : 'dim'} title={state}>
        {state}
      </span>
    ),
  },
];

/** Every node of a plan: in which round it runs, or why it does not. */
export const PlanNodes = ({ plan }: { readonly plan: RunPlan }) => {
  const lines = useMemo(() => planNodeLines(plan), [plan]);
  const [search, setSearch] = useState('');
  const word = useDeferredValue(search.trim().toLowerCase());
  const found = useMemo(
    () =>
      word === ''
        ? lines
        : lines.filter(({ node, state }) => node.toLowerCase().includes(word) || state.toLowerCase().includes(word)),
    [lines, word],
  );
  const count = lines.length.toLocaleString('en-US');
  return (
    <Panel
      title={word === '' ? `Nodes (${count})` : `Nodes (${found.length.toLocaleString('en-US')} of ${count})`}
      actions={<SearchInput label="Search nodes and reasons" text={search} onText={setSearch} />}
    >
      {found.length === 0 ? (
        <Empty>No node.</Empty>
      ) : (
        <VirtualRows label="Nodes" columns={columns} rows={found} keyOf={({ id, group }) => `${group}/${id}`} />
      )}
    </Panel>
  );
};
