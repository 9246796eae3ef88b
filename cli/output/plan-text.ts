import { foldNames } from '#shared/client/fold-names.ts';
import {
  heldWarnings,
  planBatchesText,
  planBudgetText,
  planGroupFacts,
  planOperationNotes,
  planTotalsText,
  planTurnText,
} from '#shared/format/plan-words.ts';
import type { PlanGroup, PlanPhase, PlanRound, PlanSecret, PlanSlice, RunPlan } from '#shared/plan/run-plan.ts';
import { estimateText } from './cost-text.ts';
import { leftOutText, planNodesText } from './plan-nodes-text.ts';
import { scriptsText } from './plan-scripts-text.ts';
import { safeLine } from './safe-text.ts';
import type { Style } from './style.ts';
import { type Column, renderTable } from './table.ts';

/** Node names of a round are shown this long at most. */
const namesLength = 100;

const operationsText = ({ operations }: PlanPhase): string =>
  operations
    .map((operation) => {
      const when = operation.when === undefined ? [] : [`when ${safeLine(operation.when, 60)}`];
      return `${operation.id} (${[...planOperationNotes(operation), ...when].join(', ')})`;
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

const onceOf = ({ round, isFirst }: RoundLine, text: string): string => (isFirst && round.nodes.length > 0 ? text : '');

const roundColumns = (isGrayScale: boolean): readonly Column<RoundLine>[] => [
  { title: 'ROUND', cell: (line) => (isGrayScale && line.isFirst ? String(line.round.round) : ''), align: 'right' },
  { title: 'PHASE', cell: ({ slice }) => slice?.phase ?? '' },
  { title: 'NODES', cell: ({ slice }) => String(slice?.nodeCount ?? 0), align: 'right' },
  { title: 'AT ONCE', cell: ({ slice }) => String(slice?.width ?? 0), align: 'right' },
  { title: 'BUDGETS', cell: ({ slice }) => slice?.budgets?.map(planBudgetText).join(', ') ?? '' },
  { title: 'BATCHES', cell: ({ slice }) => planBatchesText(slice) },
  {
    title: 'WHO',
    cell: (line) => onceOf(line, safeLine(foldNames(line.round.nodes.map(({ name }) => name)).join(' '), namesLength)),
  },
];

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

const groupText = (group: PlanGroup, style: Style): string => {
  const rounds = renderTable(roundColumns(group.strategy === 'grayScale'), group.rounds.flatMap(roundLines), style);
  return `${style.bold(group.name)}  ${planGroupFacts(group).join(', ')}\n${indent(
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

const turnText = (plan: RunPlan, style: Style): string => {
  const text = planTurnText(plan);
  return text === undefined ? '' : `${style.dim('key')} ${safeLine(text, 300)}\n`;
};

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
  const { nodeOperations } = plan.totals;
  // Those that are left out stand with their group.
  const told = plan.warnings.filter(({ kind }) => kind !== 'leftOut');
  const warnings = told.map(({ group, message }) => `${style.yellow('warning')} ${group}: ${safeLine(message)}\n`);
  const ofSecrets = plan.secrets
    .flatMap((one) => one.warnings)
    .map((text) => `${style.yellow('warning')} ${safeLine(text)}\n`);
  return [
    ...plan.groups.map((group) => `${groupText(group, style)}\n`),
    scriptsText(plan.scripts ?? [], style, details.scripts),
    details.nodes ? `${planNodesText(plan, style)}\n` : '',
    secretsText(plan, style),
    turnText(plan, style),
    ...warnings,
    ...ofSecrets,
    ...heldWarnings(plan).map((text) => `${style.yellow('warning')} ${safeLine(text, 240)}\n`),
    nodeOperations === 0 ? `${style.yellow('nothing to do')}: the run would be refused\n` : '',
    plan.estimate === undefined || nodeOperations === 0 ? '' : estimateText(plan.estimate, style),
    `${style.bold(plan.job)}: ${planTotalsText(plan)}  ${style.dim(`plan ${plan.digest.slice(0, 12)}`)}\n`,
  ].join('');
};
