import type { RunView } from '#shared/contract/run-views.ts';
import { countsText } from './counts-text.ts';
import { type ProgressRow, progressRows } from './progress.ts';
import { makeStyle } from './style.ts';
import { waitingLines } from './waiting-text.ts';

/** What was printed last, so that only changes are printed. */
export interface PlainProgress {
  readonly status: string | undefined;
  readonly waiting: readonly string[];
  readonly rows: ReadonlyMap<string, { readonly text: string; readonly status: string; readonly printedAt: number }>;
}

/** Nothing printed yet. */
export const noPlainProgress: PlainProgress = { status: undefined, waiting: [], rows: new Map() };

/** While a round goes on, its counts are printed this often at most. */
const quietMs = 5000;

const plain = makeStyle(false);

/** The time of day where the reader is, `12:03:04`. */
const clockText = (now: number): string => new Date(now).toTimeString().slice(0, 8);

const rowText = (row: ProgressRow): string => {
  const round = row.round > 0 ? ` round ${row.round}/${row.rounds}` : '';
  const counts = countsText(row.counts, plain, ['pending']);
  const status = row.status === 'running' ? '' : ` ${row.status}`;
  return `${row.group}/${row.phase}${round}${status} ${row.done}/${row.nodeCount}${counts === '' ? '' : ` ${counts}`}`;
};

/** The lines to add to a log for what changed since the last ones, and the new memory. Phases that have not begun say nothing. */
export const plainProgress = (
  last: PlainProgress,
  view: RunView,
  now: number,
): { readonly lines: readonly string[]; readonly next: PlainProgress } => {
  const time = clockText(now);
  const lines = view.status === last.status ? [] : [`${time} ${view.job.name} ${view.runId} ${view.status}`];
  const waiting = waitingLines(view);
  for (const line of waiting) if (!last.waiting.includes(line)) lines.push(`${time} ${line}`);
  const rows = new Map(last.rows);
  const passes = new Map<string, number>();
  for (const row of progressRows(view, now)) {
    if (row.elapsedMs === undefined) continue;
    // A round that was paused is opened again: its second pass is a row of its own. Rows before it may come in later, so no position counts.
    const place = `${row.group}/${row.phase}/${row.round}/${view.attempt}`;
    const pass = passes.get(place) ?? 0;
    passes.set(place, pass + 1);
    const key = `${place}/${pass}`;
    const before = rows.get(key);
    const text = rowText(row);
    const isDue = before === undefined || before.status !== row.status || now - before.printedAt >= quietMs;
    if (before?.text === text || !isDue) continue;
    lines.push(`${time} ${text}`);
    rows.set(key, { text, status: row.status, printedAt: now });
  }
  return { lines, next: { status: view.status, waiting, rows } };
};
