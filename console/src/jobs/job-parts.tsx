import { useMemo } from 'react';
import type { Job } from '#shared/model/job.ts';
import { Panel } from '../parts/panel.tsx';
import { Empty } from '../parts/states.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { type VirtualColumn, VirtualTable } from '../parts/virtual-table.tsx';
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

const outlineColumns: readonly VirtualColumn<OutlineLine>[] = [
  { title: 'Group', width: 180, cell: ({ group }) => <span title={group}>{group}</span> },
  { title: 'Phase', width: 180, cell: ({ phase }) => <span title={phase}>{phase}</span> },
  {
    title: 'Operation',
    width: 200,
    cell: ({ id, depth }) => <code style={{ paddingLeft: depth * 16 }}>{id}</code>,
  },
  { title: 'What', width: 220, cell: ({ what }) => <span title={what}>{what}</span> },
  {
    title: 'Notes',
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
        <VirtualTable label="Operations" columns={outlineColumns} rows={lines} />
      </Panel>
    </>
  );
};
