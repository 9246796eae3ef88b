import { foldNames } from '#shared/client/fold-names.ts';
import { shortVersion } from '#shared/library/command-reference.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type {
  PlanBudget,
  PlanGroup,
  PlanOperation,
  PlanPhase,
  PlanRound,
  PlanSecret,
  PlanSlice,
  RunPlan,
} from '#shared/plan/run-plan.ts';
import { estimateText } from './cost-text.ts';
import { leftOutText, planNodesText } from './plan-nodes-text.ts';
import { scriptsText } from './plan-scripts-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** Node names of a round are shown this long at most. */
const namesLength = 100;

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The version of a command, and those of its libraries. */
const usedNotes = (command: PlanOperation['command']): readonly string[] =>
  command === undefined
    ? []
    : [command, ...command.libraries].map(({ name, version }) => `${name}@${shortVersion(version)}`);

const operationsText = ({ operations }: PlanPhase): string =>
  operations
    .map(({ id, interpreter, command, timeoutSeconds, failIgnore, when }) => {
      const notes = [...usedNotes(command), interpreter, formatDuration(timeoutSeconds * 1000)];
      if (failIgnore) notes.push('failure ignored');
      if (when !== undefined) notes.push(`when ${safeLine(when, 60)}`);
      return `${id} (${notes.join(', ')})`;
    })
    .join(', ');

const phaseColumns: readonly Column<PlanPhase>[] = [
  { title: 'PHASE', cell: ({ name }) => name },
  { title: 'ON', cell: ({ on, runner }) => (runner === undefined ? on : `${on} ${runner.name}`) },
  { title: 'OPERATIONS', cell: operationsText },
];

interface RoundLine {
  readonly round: PlanRound;
  readonly slice: PlanSlice | undefined;
  readonly isFirst: boolean;
}

const roundLines = (round: PlanRound): readonly RoundLine[] =>
  round.slices.length === 0
    ? [{ round, slice: undefined, isFirst: true }]
    : round.slices.map((slice, index) => ({ round, slice, isFirst: index === 0 }));

const batchesText = (slice: PlanSlice | undefined): string =>
  slice?.batches
    .map(({ agent, account, region, online, batchCount }) => {
      const place = [agent, account, region].filter((part) => part !== undefined).join('/');
      return `${batchCount} × ${place}${online ? '' : ' offline'}`;
    })
    .join(', ') ?? '';

const budgetText = ({ name, max, total, limit }: PlanBudget): string =>
  `${name}: ${limit} of ${total}${typeof max === 'string' ? ` (${max})` : ''}`;

const onceOf = ({ round, isFirst }: RoundLine, text: string): string => (isFirst && round.nodes.length > 0 ? text : '');

const roundColumns = (isGrayScale: boolean): readonly Column<RoundLine>[] => [
  { title: 'ROUND', cell: (line) => (isGrayScale && line.isFirst ? String(line.round.round) : ''), align: 'right' },
  { title: 'PHASE', cell: ({ slice }) => slice?.phase ?? '' },
  { title: 'NODES', cell: ({ slice }) => String(slice?.nodeCount ?? 0), align: 'right' },
  { title: 'AT ONCE', cell: ({ slice }) => String(slice?.width ?? 0), align: 'right' },
  { title: 'BUDGETS', cell: ({ slice }) => slice?.budgets?.map(budgetText).join(', ') ?? '' },
  { title: 'BATCHES', cell: ({ slice }) => batchesText(slice) },
  {
    title: 'WHO',
    cell: (line) => onceOf(line, safeLine(foldNames(line.round.nodes.map(({ name }) => name)).join(' '), namesLength)),
  },
];

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

const groupText = (group: PlanGroup, style: Style): string => {
  const facts = [
    group.strategy,
    plural(group.nodeCount, 'node'),
    group.strategy === 'grayScale' ? plural(group.rounds.length, 'round') : '',
    group.failuresAllowed === 0
      ? 'stops at the first failed node'
      : `stops when more than ${plural(group.failuresAllowed, 'node')} failed`,
    group.soakSeconds === undefined ? '' : `waits ${formatDuration(group.soakSeconds * 1000)} between rounds`,
  ].filter(Boolean);
  const rounds = renderTable(roundColumns(group.strategy === 'grayScale'), group.rounds.flatMap(roundLines), style);
  return `${style.bold(group.name)}  ${facts.join(', ')}\n${indent(
    `${renderTable(phaseColumns, group.phases, style)}\n${rounds}${leftOutText(group)}`,
  )}`;
};

const secretColumns: readonly Column<PlanSecret>[] = [
  { title: 'SECRET', cell: ({ param }) => param },
  { title: 'KEPT IN', cell: ({ reference }) => reference },
  { title: 'USED BY', cell: ({ operations }) => operations.join(', ') },
];

const secretsText = ({ secrets }: RunPlan, style: Style): string =>
  secrets.length === 0 ? '' : `${renderTable(secretColumns, secrets, style)}\n`;

/** Under which key the run takes its turn, and who has it now. */
const concurrencyText = ({ concurrency, heldNow }: RunPlan, style: Style): string => {
  if (concurrency === undefined) return '';
  const { key, policy, limit } = concurrency;
  const { running = [], waiting = 0 } = heldNow?.turn ?? {};
  const who = running.map(
    ({ runId, job, actor }) => `run ${runId} of ${safeLine(job, 40)} (by ${safeLine(actor, 40)})`,
  );
  const line = waiting === 0 ? '' : `, and ${plural(waiting, 'run')} in line`;
  const now = who.length === 0 ? 'nobody has a turn now' : `has a turn now: ${who.join(', ')}${line}`;
  return `${style.dim('key')} ${safeLine(key, 100)} (${policy}, ${limit} at once): ${now}\n`;
};

/** Nodes and budgets that other runs have now: it may be otherwise when the run gets there. */
const heldWarnings = ({ heldNow }: RunPlan): readonly string[] => [
  ...(heldNow?.leases ?? []).map(
    ({ runId, job, nodeIds }) =>
      `${plural(nodeIds.length, 'node')} leased now by run ${runId} of ${safeLine(job, 40)}: ${safeLine(foldNames(nodeIds).join(' '), namesLength)}`,
  ),
  ...(heldNow?.budgets ?? [])
    .filter(({ used, waiting }) => used + waiting > 0)
    .map(({ name, used }) => `budget ${name} has ${plural(used, 'node')} in use now`),
];

/** What is shown in full. */
export interface PlanDetails {
  readonly nodes: boolean;
  readonly scripts: boolean;
}

/**
 * A plan for a person: groups, phases, rounds with their nodes and batches, scripts, what is odd, and the totals. Readable with any number of
 * nodes, unless all of them are asked for.
 */
export const planText = (plan: RunPlan, style: Style, details: PlanDetails): string => {
  const { nodes, nodeOperations, agentCalls } = plan.totals;
  // Those that are left out stand with their group.
  const told = plan.warnings.filter(({ kind }) => kind !== 'leftOut');
  const warnings = told.map(({ group, message }) => `${style.yellow('warning')} ${group}: ${safeLine(message)}\n`);
  const ofSecrets = plan.secrets
    .flatMap((one) => one.warnings)
    .map((text) => `${style.yellow('warning')} ${safeLine(text)}\n`);
  const totals = `${plural(nodes, 'node')}, ${plural(nodeOperations, 'operation')} on nodes, ${plural(agentCalls.sends, 'send')} and at least ${plural(agentCalls.looks, 'look')}`;
  return [
    ...plan.groups.map((group) => `${groupText(group, style)}\n`),
    scriptsText(plan.scripts ?? [], style, details.scripts),
    details.nodes ? `${planNodesText(plan, style)}\n` : '',
    secretsText(plan, style),
    concurrencyText(plan, style),
    ...warnings,
    ...ofSecrets,
    ...heldWarnings(plan).map((text) => `${style.yellow('warning')} ${text}\n`),
    nodeOperations === 0 ? `${style.yellow('nothing to do')}: the run would be refused\n` : '',
    plan.estimate === undefined || nodeOperations === 0 ? '' : estimateText(plan.estimate, style),
    `${style.bold(plan.job)}: ${totals}  ${style.dim(`plan ${plan.digest.slice(0, 12)}`)}\n`,
  ].join('');
};
