import stringWidth from 'string-width';
import type { PhaseView, RunView, SliceView } from '#shared/contract/run-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import { isTerminalRunStatus, type PhaseStatus, type StatusCounts, terminalCount } from '#shared/model/status.ts';
import { countsText } from './counts-text.ts';
import type { Style } from './style.ts';
import { waitingLines } from './waiting-text.ts';

/** One bar of the progress display: a phase, or one round of it. */
export interface ProgressRow {
  readonly group: string;
  readonly phase: string;
  /** 0 when there are no rounds. */
  readonly round: number;
  readonly rounds: number;
  readonly status: PhaseStatus;
  readonly done: number;
  readonly nodeCount: number;
  readonly counts: StatusCounts;
  /** Nodes per second since it opened; 0 while nothing is done. */
  readonly rate: number;
  readonly elapsedMs: number | undefined;
  /** Guess from the rate so far; undefined when it is over or there is no rate. */
  readonly leftMs: number | undefined;
}

const timing = (slice: SliceView, done: number, now: number) => {
  const end = slice.closedAt === undefined ? now : Date.parse(slice.closedAt);
  const elapsedMs = Math.max(0, end - Date.parse(slice.openedAt));
  const rate = elapsedMs === 0 ? 0 : (done * 1000) / elapsedMs;
  const left = slice.nodeCount - done;
  const leftMs = slice.closedAt === undefined && rate > 0 && left > 0 ? (left * 1000) / rate : undefined;
  return { elapsedMs, rate, leftMs };
};

const sliceRow = (group: string, phase: string, slice: SliceView, now: number): ProgressRow => {
  const done = terminalCount(slice.counts);
  const { round, rounds, status, nodeCount, counts } = slice;
  return { group, phase, round, rounds, status, done, nodeCount, counts, ...timing(slice, done, now) };
};

const phaseRow = (group: string, phase: PhaseView): ProgressRow => ({
  group,
  phase: phase.name,
  round: 0,
  rounds: 0,
  status: phase.status,
  done: terminalCount(phase.counts),
  nodeCount: phase.nodeCount,
  counts: phase.counts,
  rate: 0,
  elapsedMs: undefined,
  leftMs: undefined,
});

/** The bars of a run: one per phase and round that the current attempt opened, one per phase that it did not (yet) touch. */
export const progressRows = (view: RunView, now: number): readonly ProgressRow[] =>
  view.groups.flatMap((group) =>
    group.phases.flatMap((phase) => {
      const slices = phase.slices.filter((slice) => slice.attempt === view.attempt);
      return slices.length === 0
        ? [phaseRow(group.name, phase)]
        : slices.map((slice) => sliceRow(group.name, phase.name, slice, now));
    }),
  );

/** Milliseconds that the current attempt has run, until now or until it ended. */
export const attemptMs = (view: RunView, now: number): number => {
  const current = view.attempts.at(-1);
  const start = Date.parse(current?.startedAt ?? current?.createdAt ?? view.createdAt);
  const endedAt = isTerminalRunStatus(view.status) ? (current?.endedAt ?? view.endedAt) : undefined;
  return Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - start);
};

/** How the display is drawn. */
export interface ProgressLook {
  readonly style: Style;
  /** Most lines, the heading included; what is left out is counted. */
  readonly maxLines: number;
}

const barWidth = 20;

const bar = ({ done, nodeCount, status }: ProgressRow): string => {
  const share = nodeCount === 0 ? (status === 'pending' ? 0 : 1) : done / nodeCount;
  // A bar is full only when all is done, and not empty once something is.
  const filled = share === 1 ? barWidth : Math.min(barWidth - 1, Math.ceil(share * barWidth));
  return '█'.repeat(filled) + '░'.repeat(barWidth - filled);
};

const timeText = ({ rate, elapsedMs, leftMs }: ProgressRow): string => {
  if (elapsedMs === undefined) return '';
  const speed = rate > 0 ? `${rate >= 10 ? Math.round(rate) : rate.toFixed(1)}/s  ` : '';
  return `${speed}${formatDuration(elapsedMs)}${leftMs === undefined ? '' : `, about ${formatDuration(leftMs)} left`}`;
};

/** `group/phase`, with the round where there are rounds. */
export const rowName = ({ group, phase, round, rounds }: ProgressRow): string =>
  `${group}/${phase}${round > 0 ? ` ${round}/${rounds}` : ''}`;

const rowLine = (row: ProgressRow, nameWidth: number, { style }: ProgressLook): string => {
  const text = rowName(row);
  const name = text + ' '.repeat(nameWidth - stringWidth(text));
  if (row.status === 'pending' || row.status === 'skipped') return style.dim(`  ${name}  ${row.status}`);
  const counts = countsText(row.counts, style, ['pending']);
  const parts = [bar(row), `${row.done}/${row.nodeCount}`, counts, style.dim(timeText(row))];
  return `  ${name}  ${style.status(row.status, parts[0])} ${parts.slice(1).filter(Boolean).join('  ')}`;
};

const isOpen = ({ status }: ProgressRow): boolean => status === 'running' || status === 'paused';
const isBad = ({ status }: ProgressRow): boolean => status === 'failed' || status === 'aborted';

/** The rows that matter most when not all have room: what runs, what failed, then the latest that ended, then what comes next. */
const chooseRows = (rows: readonly ProgressRow[], room: number): readonly ProgressRow[] => {
  if (rows.length <= room) return rows;
  const rank = (row: ProgressRow): number => (isOpen(row) ? 0 : isBad(row) ? 1 : row.status === 'pending' ? 3 : 2);
  const byImportance = rows
    .map((row, index) => ({ row, index }))
    .toSorted((a, b) => rank(a.row) - rank(b.row) || (rank(a.row) === 3 ? a.index - b.index : b.index - a.index));
  const kept = new Set(byImportance.slice(0, Math.max(1, room - 1)).map(({ index }) => index));
  return rows.filter((_, index) => kept.has(index));
};

/**
 * The progress of a run as lines for a terminal: a heading, then one bar per phase and round with counts by status, nodes per second, time
 * spent and time left.
 */
export const progressLines = (view: RunView, now: number, look: ProgressLook): readonly string[] => {
  const rows = progressRows(view, now);
  const waiting = waitingLines(view).slice(0, Math.max(1, look.maxLines - 2));
  const shown = chooseRows(rows, look.maxLines - 1 - waiting.length);
  const nameWidth = shown.reduce((most, row) => Math.max(most, stringWidth(rowName(row))), 0);
  const { style } = look;
  const attempt = view.attempt > 1 ? `attempt ${view.attempt}  ` : '';
  const heading = `${style.bold(view.job.name)}  ${view.runId}  ${attempt}${style.status(view.status)}  ${formatDuration(attemptMs(view, now))}`;
  const hidden = rows.length - shown.length;
  return [
    heading,
    ...waiting.map((line) => style.yellow(`  ${line}`)),
    ...shown.map((row) => rowLine(row, nameWidth, look)),
    ...(hidden > 0 ? [style.dim(`  … and ${hidden} more`)] : []),
  ];
};
