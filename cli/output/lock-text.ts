import type { BudgetView, LockView } from '#shared/contract/lock-views.ts';
import { counted } from '#shared/format/counted.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** One line of the list: somebody who has a lock, or waits for it. */
interface LockLine {
  readonly name: string;
  readonly what: string;
  readonly state: 'has it' | 'waits';
  readonly run: string;
  readonly job: string;
  readonly since: string;
  readonly until: string;
  readonly fencing: string;
  readonly note: string;
}

const blank = { run: '', job: '', since: '', until: '', fencing: '', note: '' };

const breakNote = ({ breaks }: Extract<LockView, { kind: 'turn' }>): string => {
  const last = breaks.at(-1);
  if (last === undefined) return '';
  const why = last.reason === undefined ? '' : `: ${last.reason}`;
  return `taken from run ${last.runId} by ${last.by}${why}`;
};

const turnLines = (lock: Extract<LockView, { kind: 'turn' }>): readonly LockLine[] => [
  ...lock.holders.map((one, index) => ({
    ...{ ...blank, name: lock.name, what: 'turn', state: 'has it' as const, run: one.runId, job: one.job },
    ...{ since: one.since, until: one.until, fencing: String(one.fencing), note: index === 0 ? breakNote(lock) : '' },
  })),
  ...lock.waiters.map((one, index) => ({
    ...{ ...blank, name: lock.name, what: 'turn', state: 'waits' as const, run: one.runId, job: one.job },
    ...{ since: one.since, note: `place ${index + 1}` },
  })),
];

const budgetLines = (lock: Extract<LockView, { kind: 'budget' }>): readonly LockLine[] => {
  const what = `${lock.used} of ${lock.max} nodes`;
  return [
    ...lock.shares.map((one) => ({
      ...{ ...blank, name: lock.name, what, state: 'has it' as const, run: one.runId, job: one.job },
      ...{ since: one.since, note: `${counted(one.nodes, 'node')}, batch ${one.batchId}` },
    })),
    ...lock.waiters.map((one) => ({
      ...{ ...blank, name: lock.name, what, state: 'waits' as const, run: one.runId },
      ...{ since: one.since, note: `${counted(one.nodes, 'node')}, batch ${one.batchId}` },
    })),
  ];
};

const nodesLine = (lock: Extract<LockView, { kind: 'nodes' }>): LockLine => ({
  ...{ name: lock.name, what: counted(lock.nodeIds.length, 'node'), run: lock.runId, job: lock.job, since: lock.since },
  state: lock.state === 'held' ? 'has it' : 'waits',
  until: lock.until ?? '',
  fencing: lock.state === 'held' ? String(lock.fencing) : '',
  note: lock.message ?? `batch ${lock.batchId}`,
});

const linesOf = (lock: LockView): readonly LockLine[] => {
  if (lock.kind === 'turn') return turnLines(lock);
  return lock.kind === 'budget' ? budgetLines(lock) : [nodesLine(lock)];
};

const ago = (at: string, now: number): string =>
  at === '' ? '' : `${formatDuration(Math.max(0, now - Date.parse(at)))} ago`;
const ahead = (at: string, now: number): string =>
  at === '' ? '' : `in ${formatDuration(Math.max(0, Date.parse(at) - now))}`;

const columns = (style: Style, now: number): readonly Column<LockLine>[] => [
  { title: 'LOCK', cell: ({ name }) => safeLine(name, 80) },
  { title: 'WHAT', cell: ({ what }) => what },
  {
    title: 'STATE',
    cell: ({ state }) => state,
    paint: ({ state }, text) => (state === 'waits' ? style.yellow(text) : text),
  },
  { title: 'RUN', cell: ({ run }) => run },
  { title: 'JOB', cell: ({ job }) => safeLine(job, 40) },
  { title: 'SINCE', cell: ({ since }) => ago(since, now), align: 'right' },
  { title: 'ENDS', cell: ({ until }) => ahead(until, now), align: 'right' },
  { title: 'FENCING', cell: ({ fencing }) => fencing, align: 'right' },
  { title: 'NOTE', cell: ({ note }) => safeLine(note, 100) },
];

/** Who has which lock and who waits for it, a line each. */
export const locksText = (locks: readonly LockView[], now: number, style: Style): string =>
  locks.length === 0
    ? 'Nobody keeps anything from others now.\n'
    : renderTable(columns(style, now), locks.flatMap(linesOf), style);

const budgetColumns: readonly Column<BudgetView>[] = [
  { title: 'BUDGET', cell: ({ name }) => name },
  { title: 'MAX', cell: ({ max }) => String(max), align: 'right' },
  { title: 'NODES', cell: ({ nodes }) => String(nodes), align: 'right' },
  { title: 'AT ONCE', cell: ({ limit }) => String(limit), align: 'right' },
  { title: 'IN USE', cell: ({ used }) => String(used), align: 'right' },
  { title: 'WHERE', cell: ({ where }) => safeLine(where, 100) },
  { title: 'DESCRIPTION', cell: ({ description }) => safeLine(description ?? '', 80) },
];

/** Disruption budgets, a line each. */
export const budgetsText = (budgets: readonly BudgetView[], style: Style): string =>
  renderTable(budgetColumns, budgets, style);
