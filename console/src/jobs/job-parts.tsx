import { useMemo } from 'react';
import type { Job } from '#shared/model/job.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { VirtualRows, type WideColumn } from '../parts/virtual-rows.tsx';
import { type GroupLine, groupLines, type OutlineLine, outlineOf, type ParamLine, paramLines } from './outline.ts';

const paramColumns: readonly Column<ParamLine>[] = [
  { title: 'Param', cell: ({ name }) => <code>{name}</code> },
  { title: 'Type', cell: ({ param }) => param.type },
  { title: 'Required', cell: ({ param }) => (param.required ? 'yes' : '') },
  {
    title: 'Default',
    cell: ({ param }) => (param.default === undefined ? '' : <code>{JSON.stringify(param.default)}</code>),
  },
  { title: 'Rules', cell: ({ rule }) => rule },
  { title: 'Meaning', cell: ({ param }) => param.description ?? '' },
];

const groupColumns: readonly Column<GroupLine>[] = [
  { title: 'Group', cell: ({ name }) => name },
  { title: 'Strategy', cell: ({ strategy }) => strategy },
  { title: 'Rounds', cell: ({ rounds }) => rounds },
  { title: 'At once', cell: ({ atOnce }) => atOnce },
  { title: 'Failures allowed', cell: ({ failures }) => failures },
  { title: 'Targets', cell: ({ targets }) => targets },
];

const outlineColumns: readonly WideColumn<OutlineLine>[] = [
  { title: 'Group', width: '180px', cell: ({ group }) => <span title={group}>{group}</span> },
  { title: 'Phase', width: '180px', cell: ({ phase }) => <span title={phase}>{phase}</span> },
  {
    title: 'Operation',
    width: '200px',
    cell: ({ id, depth }) => <code style={{ paddingLeft: depth * 16 }}>{id}</code>,
  },
  { title: 'What', width: '220px', cell: ({ what }) => <span title={what}>{what}</span> },
  {
    title: 'Notes',
    width: 'minmax(200px, 1fr)',
    cell: ({ notes }) => (
      <span className="dim" title={notes}>
        {notes}
      </span>
    ),
  },
];

/** What a job consists of: params, groups, operations. */
export const JobParts = ({ job }: { readonly job: Job }) => {
  const params = useMemo(() => paramLines(job), [job]);
  const groups = useMemo(() => groupLines(job), [job]);
  const lines = useMemo(() => outlineOf(job), [job]);
  return (
    <>
      <Panel title="Params">
        {params.length === 0 ? (
          <Empty>It takes no params.</Empty>
        ) : (
          <Table label="Params" columns={paramColumns} rows={params} keyOf={({ name }) => name} />
        )}
      </Panel>
      <Panel title="Groups">
        <Table label="Groups" columns={groupColumns} rows={groups} keyOf={({ name }) => name} />
      </Panel>
      <Panel title="Operations">
        <VirtualRows label="Operations" columns={outlineColumns} rows={lines} keyOf={({ id }) => id} />
      </Panel>
    </>
  );
};
