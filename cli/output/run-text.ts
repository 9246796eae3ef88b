import type { GroupView, PhaseView, RunView, SliceView, UsedCommand } from '#shared/contract/run-views.ts';
import { stopsText } from '#shared/format/stops-text.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { GateRecord } from '#shared/model/gate.ts';
import type { PhaseStatus, StatusCounts } from '#shared/model/status.ts';
import { attemptLines } from './attempts-text.ts';
import { costLine } from './cost-text.ts';
import { countsText } from './counts-text.ts';
import { jobTitle } from './job-title.ts';
import { attemptMs } from './progress.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';
import { waitingLines } from './waiting-text.ts';

interface Line {
  readonly name: string;
  readonly on: string;
  readonly status: PhaseStatus;
  readonly nodeCount: number;
  readonly counts: StatusCounts;
  readonly took: string;
}

const sliceTook = ({ openedAt, closedAt }: SliceView, now: number): string =>
  formatDuration(Math.max(0, (closedAt === undefined ? now : Date.parse(closedAt)) - Date.parse(openedAt)));

const sliceLine = (slice: SliceView, attempts: number, now: number): Line => {
  const round = slice.round > 0 ? `round ${slice.round}/${slice.rounds}` : 'all nodes';
  const attempt = attempts > 1 ? `, attempt ${slice.attempt}` : '';
  const { status, nodeCount, counts } = slice;
  return { name: `    ${round}${attempt}`, on: '', status, nodeCount, counts, took: sliceTook(slice, now) };
};

const phaseLines = (phase: PhaseView, attempts: number, now: number): readonly Line[] => {
  const { name, on, status, nodeCount, counts, slices } = phase;
  const [only] = slices;
  const isOneSlice = slices.length === 1 && only?.round === 0;
  const took = isOneSlice ? sliceTook(only, now) : '';
  return [
    { name: `  ${name}`, on: on === 'target' ? '' : on, status, nodeCount, counts, took },
    ...(isOneSlice ? [] : slices.map((slice) => sliceLine(slice, attempts, now))),
  ];
};

const groupLines = (group: GroupView, attempts: number, now: number): readonly Line[] => {
  const { name, strategy, status, nodeCount, rounds } = group;
  const how = strategy === 'grayScale' ? `grayScale${rounds > 0 ? `, ${rounds} rounds` : ''}` : 'oneShot';
  return [
    { name: `${name} (${how})`, on: '', status, nodeCount, counts: {}, took: '' },
    ...group.phases.flatMap((phase) => phaseLines(phase, attempts, now)),
  ];
};

const columns = (style: Style): readonly Column<Line>[] => [
  { title: 'GROUP / PHASE / ROUND', cell: (line) => line.name },
  { title: 'ON', cell: (line) => line.on },
  { title: 'STATUS', cell: (line) => line.status, paint: (line, text) => style.status(line.status, text) },
  { title: 'NODES', cell: (line) => (line.nodeCount === 0 ? '' : String(line.nodeCount)), align: 'right' },
  { title: 'TOOK', cell: (line) => line.took, align: 'right' },
  { title: 'COUNTS', cell: (line) => countsText(line.counts, style) },
];

const usedCommandText = ({ name, version, libraries, operations }: UsedCommand): string => {
  const libs = libraries.map((library) => `${library.name}@${shortVersion(library.version)}`).join(', ');
  return safeLine(
    `${name}@${shortVersion(version)}${libs === '' ? '' : ` with ${libs}`} in ${operations.join(', ')}`,
    400,
  );
};
const keyFact = ({ turn }: RunView): readonly (readonly [string, string])[] =>
  turn === undefined ? [] : [['key', `${safeLine(turn.key, 100)} (${turn.policy}, ${turn.limit} at once)`]];

const facts = (view: RunView, now: number, style: Style): readonly string[] => {
  const params = Object.entries(view.params).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const pairs: readonly (readonly [string, string])[] = [
    ['run', view.runId],
    ['job', jobTitle(view.job)],
    ...view.commands.map((command) => ['command', usedCommandText(command)] as const),
    ['status', `${style.status(view.status)}${view.reason === undefined ? '' : ` (${safeLine(view.reason)})`}`],
    ...waitingLines(view).map((line) => ['waits', style.yellow(line)] as const),
    ...keyFact(view),
    ['attempt', `${view.attempt}${view.attempts.length > 1 ? ` of ${view.attempts.length}` : ''}`],
    ['by', safeLine(view.actor)],
    ['created', view.createdAt],
    ['took', formatDuration(attemptMs(view, now))],
    ...(view.stops === undefined ? [] : [['stopped', stopsText(view.stops)] as const]),
    ...(view.usage === undefined || view.cost === undefined
      ? []
      : [['cost', costLine(view.usage, view.cost)] as const]),
    ...(params.length === 0 ? [] : [['params', safeLine(params.join(' '), 400)] as const]),
  ];
  return pairs.map(([name, value]) => `${style.dim(name.padEnd(8))} ${value}`);
};

const voteText = ({ actor, decision, comment, at }: GateRecord['votes'][number]): string =>
  `${decision} by ${actor} at ${at}${comment === undefined ? '' : ` (${comment})`}`;

/** Where people decide or decided, and what they said. */
const gateLines = (view: RunView, style: Style): readonly string[] =>
  view.gates.map((gate) => {
    const who = gate.votes.map(voteText).join('; ');
    const waits = `needs ${gate.count}${gate.of === undefined ? '' : ` of ${gate.of.join(', ')}`} until ${gate.expiresAt}`;
    const said = [...(gate.status === 'open' ? [waits] : []), who].filter((part) => part !== '').join('; ');
    return `${style.dim('gate'.padEnd(8))} ${safeLine(`${gate.gateId} ${gate.status}: ${gate.message}${said === '' ? '' : ` — ${said}`}`, 600)}`;
  });

/** Why groups stopped. */
const stopLines = (view: RunView, style: Style): readonly string[] =>
  view.groups.flatMap(({ stopReason }) =>
    stopReason === undefined ? [] : [`${style.dim('stopped'.padEnd(8))} ${safeLine(stopReason, 400)}`],
  );

/** A run for a person: what it is, and how its groups, phases and rounds stand. */
export const runText = (view: RunView, now: number, style: Style): string => {
  const lines = view.groups.flatMap((group) => groupLines(group, view.attempt, now));
  return `${[...facts(view, now, style), ...attemptLines(view, style), ...stopLines(view, style), ...gateLines(view, style)].join('\n')}\n\n${renderTable(columns(style), lines, style)}`;
};
