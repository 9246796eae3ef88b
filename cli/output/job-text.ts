import type { JobChange, JobView } from '#shared/contract/library-views.ts';
import { timeText } from '#shared/format/time-text.ts';
import { parseJob } from '#shared/job/parse-job.ts';
import type { Job } from '#shared/model/job.ts';
import { actionOf, type WrittenOperation } from '#shared/model/operation.ts';
import { doneText, factsText } from './facts-text.ts';
import { paramsTable } from './params-table.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

const operationText = (operation: WrittenOperation): string => {
  const action = actionOf(operation);
  const { id, interpreter, use } = operation;
  return `${id} (${action === 'run' ? interpreter : (use ?? action)})`;
};

interface Line {
  readonly group: string;
  readonly phase: string;
  readonly on: string;
  readonly operations: string;
}

const outline = ({ spec }: Job): readonly Line[] =>
  spec.groups.flatMap((group) =>
    group.phases.map((phase, index) => ({
      group: index === 0 ? `${group.name} (${group.strategy})` : '',
      phase: phase.name,
      on: phase.on,
      operations: phase.operations.map(operationText).join(', '),
    })),
  );

const outlineColumns: readonly Column<Line>[] = [
  { title: 'GROUP', cell: ({ group }) => group },
  { title: 'PHASE', cell: ({ phase }) => phase },
  { title: 'ON', cell: ({ on }) => on },
  { title: 'OPERATIONS', cell: ({ operations }) => safeLine(operations, 160) },
];

const changeColumns: readonly Column<JobChange>[] = [
  { title: 'REVISION', cell: ({ revision }) => String(revision), align: 'right' },
  { title: 'WHAT', cell: ({ action }) => (action === 'put' ? 'applied' : 'removed') },
  { title: 'DIGEST', cell: ({ digest }) => digest.slice(0, 12) },
  { title: 'AT', cell: ({ at }) => timeText(at) },
  { title: 'BY', cell: ({ actor }) => safeLine(actor, 40) },
  { title: 'COMMENT', cell: ({ comment = '' }) => safeLine(comment, 100) },
];

/** A revision of a job for a person: what it is, its params, its phases, and the revisions there are. */
export const jobText = (view: JobView, changes: readonly JobChange[], style: Style): string => {
  const job = parseJob(view.job);
  const { description, labels = {} } = job.metadata;
  const state = view.removed ? ' (removed since)' : view.latest ? ' (latest)' : '';
  const facts = factsText(
    [
      ['job', view.name],
      ['revision', `${view.revision}${state}`],
      ['digest', view.digest.slice(0, 12)],
      ['applied', doneText(view)],
      ['description', description],
      [
        'labels',
        Object.entries(labels)
          .map(([key, value]) => `${key}=${value}`)
          .join(' '),
      ],
      ['targets', job.spec.targets?.where ?? job.spec.targets?.nodes?.join(', ')],
    ],
    style,
  );
  const params = paramsTable('PARAM', job.spec.params, style);
  return [
    facts,
    params === '' ? '' : `\n${params}`,
    `\n${renderTable(outlineColumns, outline(job), style)}`,
    `\n${renderTable(changeColumns, changes, style)}`,
  ].join('');
};
