import { Link } from 'react-router';
import type { AttemptView, MarkView, RunView, UsedCommand } from '#shared/contract/run-views.ts';
import { scopeText, selectionText } from '#shared/format/selection-text.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import type { RunPlace } from '../../api/run-detail-queries.ts';
import { Panel } from '../../parts/panel.tsx';
import { StatusMark } from '../../parts/status-mark.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import { Ago, Took } from '../../parts/times.tsx';
import { JobText } from './job-text.tsx';

const attemptColumns: readonly Column<AttemptView>[] = [
  {
    title: 'Attempt',
    cell: ({ attempt }) => (
      <Link to={`?${new URLSearchParams({ attempt: String(attempt), tab: 'about' })}`}>{attempt}</Link>
    ),
  },
  { title: 'Status', cell: ({ status }) => <StatusMark status={status} /> },
  { title: 'What', cell: ({ selection }) => selectionText(selection) },
  { title: 'By', cell: ({ actor }) => actor },
  { title: 'Started', cell: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    title: 'Took',
    isNumber: true,
    cell: ({ startedAt, endedAt }) => (startedAt === undefined ? '' : <Took from={startedAt} to={endedAt} />),
  },
  {
    title: 'Job',
    cell: ({ jobRevision, jobDigest }) =>
      jobRevision === undefined ? (jobDigest?.slice(0, 19) ?? '') : `@${jobRevision}`,
  },
  { title: 'Why', cell: ({ reason }) => reason ?? '' },
];

const markColumns: readonly Column<MarkView>[] = [
  { title: 'Marked', cell: ({ kind }) => kind },
  { title: 'Which', cell: ({ groups, phases, nodes }) => scopeText({ groups, phases, nodes }) || 'all of the run' },
  {
    title: 'Nodes',
    isNumber: true,
    cell: ({ placeCount, applied }) => `${placeCount}${applied ? '' : ', not all yet'}`,
  },
  { title: 'By', cell: ({ actor }) => actor },
  { title: 'When', cell: ({ at }) => <Ago at={at} /> },
  { title: 'Why', cell: ({ reason }) => reason ?? '' },
];

const commandColumns: readonly Column<UsedCommand>[] = [
  { title: 'Command', cell: ({ name, version }) => `${name}@${shortVersion(version)}` },
  {
    title: 'Libraries',
    cell: ({ libraries }) => libraries.map(({ name, version }) => `${name}@${shortVersion(version)}`).join(', '),
  },
  { title: 'Operations', cell: ({ operations }) => operations.join(', ') },
];

const valueColumns: readonly Column<readonly [string, unknown]>[] = [
  { title: 'Name', cell: ([name]) => <code>{name}</code> },
  { title: 'Value', cell: ([, value]) => <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code> },
];

const Values = ({ title, values }: { readonly title: string; readonly values: Readonly<Record<string, unknown>> }) =>
  Object.keys(values).length === 0 ? null : (
    <Panel title={title}>
      <Table label={title} columns={valueColumns} rows={Object.entries(values)} keyOf={([name]) => name} />
    </Panel>
  );

/** What a run was: its attempts, what operators said of its nodes, what it was given, and the job. */
export const AboutTab = ({ run, place }: { readonly run: RunView; readonly place: RunPlace }) => (
  <>
    <Panel title="Attempts">
      <Table label="Attempts" columns={attemptColumns} rows={run.attempts} keyOf={({ attempt }) => String(attempt)} />
    </Panel>
    {run.marks !== undefined && run.marks.length > 0 && (
      <Panel title="Nodes marked by hand">
        <Table
          label="Marks"
          columns={markColumns}
          rows={run.marks}
          keyOf={({ at, kind, placeCount }) => `${at} ${kind} ${placeCount}`}
        />
      </Panel>
    )}
    <Values title="Params" values={run.params} />
    <Values title="Context" values={run.context ?? {}} />
    {run.commands.length > 0 && (
      <Panel title="Commands">
        <Table
          label="Commands"
          columns={commandColumns}
          rows={run.commands}
          keyOf={({ name, version }) => `${name}@${version}`}
        />
      </Panel>
    )}
    <JobText place={place} name={run.job.name} />
  </>
);
