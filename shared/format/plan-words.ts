import { foldNames } from '../client/fold-names.ts';
import { shortVersion } from '../library/command-reference.ts';
import { formatDuration } from '../model/duration.ts';
import type { NodeId } from '../model/ids.ts';
import type { PlanBudget, PlanGroup, PlanOperation, PlanSlice, RunPlan } from '../plan/run-plan.ts';
import { counted } from './counted.ts';

/** A node of a plan, and what becomes of it. */
export interface PlanNodeLine {
  readonly id: NodeId;
  readonly group: string;
  readonly node: string;
  /** '' outside of rounds. */
  readonly round: string;
  readonly state: string;
  readonly takesPart: boolean;
}

type Silent = NonNullable<RunPlan['inventory']>['silent'][number];

const silentText = (silent: Silent | undefined): string => {
  if (silent?.state === 'missing') return 'no agent: undeliverable';
  if (silent?.stopped === true) return 'stopped: undeliverable unless it is started';
  const since = silent?.lastSeenAt === undefined ? 'offline' : `agent silent since ${silent.lastSeenAt}`;
  return `${since}: undeliverable unless it comes back`;
};

interface NodeState {
  readonly online: boolean;
  readonly holder: string | undefined;
  readonly silent: Silent | undefined;
}

const stateOf = ({ online, holder, silent }: NodeState): string => {
  const held = holder === undefined ? '' : `leased now by run ${holder}`;
  return [online ? '' : silentText(silent), held].filter(Boolean).join('; ') || 'runs';
};

/** Every node of a plan: in which round it runs, or why it does not. */
export const planNodeLines = ({
  groups,
  heldNow,
  inventory,
}: Pick<RunPlan, 'groups' | 'heldNow' | 'inventory'>): readonly PlanNodeLine[] => {
  const holders = new Map<NodeId, string>(
    (heldNow?.leases ?? []).flatMap(({ runId, nodeIds }) => nodeIds.map((id) => [id, runId] as const)),
  );
  const silent = new Map((inventory?.silent ?? []).map((one) => [one.nodeId, one]));
  return groups.flatMap(({ name: group, rounds, leftOut }): readonly PlanNodeLine[] => [
    ...rounds.flatMap(({ round, nodes }) =>
      nodes.map(({ id, name, online }) => ({
        id,
        group,
        node: name,
        round: round === 0 ? '' : String(round),
        state: stateOf({ online, holder: holders.get(id), silent: silent.get(id) }),
        takesPart: true,
      })),
    ),
    ...leftOut.map(({ nodeId, reason }) => ({
      id: nodeId,
      group,
      node: nodeId,
      round: '',
      state: `left out: ${reason}`,
      takesPart: false,
    })),
  ]);
};

/** What there is to know of a group in short, as `grayScale`, `12 nodes`, `3 rounds`. */
export const planGroupFacts = (group: PlanGroup): readonly string[] =>
  [
    group.strategy,
    counted(group.nodeCount, 'node'),
    group.strategy === 'grayScale' ? counted(group.rounds.length, 'round') : '',
    group.failuresAllowed === 0
      ? 'stops at the first failed node'
      : `stops when more than ${counted(group.failuresAllowed, 'node')} failed`,
    group.soakSeconds === undefined ? '' : `waits ${formatDuration(group.soakSeconds * 1000)} between rounds`,
  ].filter(Boolean);

/** The version of a command, and those of its libraries. */
const usedNotes = (command: PlanOperation['command']): readonly string[] =>
  command === undefined
    ? []
    : [command, ...command.libraries].map(({ name, version }) => `${name}@${shortVersion(version)}`);

/** How an operation is done: its command, interpreter, timeout, and what else is said of it but `when`. */
export const planOperationNotes = ({
  command,
  interpreter,
  timeoutSeconds,
  failIgnore,
}: PlanOperation): readonly string[] => [
  ...usedNotes(command),
  interpreter,
  formatDuration(timeoutSeconds * 1000),
  ...(failIgnore ? ['failure ignored'] : []),
];

/** The batches of a slice, as `2 × aws/eu-west-1`. */
export const planBatchesText = (slice: Pick<PlanSlice, 'batches'> | undefined): string =>
  slice?.batches
    .map(({ agent, account, region, online, batchCount }) => {
      const place = [agent, account, region].filter((part) => part !== undefined).join('/');
      return `${batchCount} × ${place}${online ? '' : ' offline'}`;
    })
    .join(', ') ?? '';

/** A disruption budget, as `web: 2 of 12 (20%)`. */
export const planBudgetText = ({ name, max, total, limit }: PlanBudget): string =>
  `${name}: ${limit} of ${total}${typeof max === 'string' ? ` (${max})` : ''}`;

/** Under which key the run takes its turn, and who has it now; undefined where any number may go on at once. */
export const planTurnText = ({
  concurrency,
  heldNow,
}: Pick<RunPlan, 'concurrency' | 'heldNow'>): string | undefined => {
  if (concurrency === undefined) return undefined;
  const { key, policy, limit } = concurrency;
  const { running = [], waiting = 0 } = heldNow?.turn ?? {};
  const who = running.map(({ runId, job, actor }) => `run ${runId} of ${job} (by ${actor})`);
  const line = waiting === 0 ? '' : `, and ${counted(waiting, 'run')} in line`;
  const now = who.length === 0 ? 'nobody has a turn now' : `has a turn now: ${who.join(', ')}${line}`;
  return `${key} (${policy}, ${limit} at once): ${now}`;
};

/** Nodes and budgets that other runs have now: it may be otherwise when the run gets there. */
export const heldWarnings = ({ heldNow }: Pick<RunPlan, 'heldNow'>): readonly string[] => [
  ...(heldNow?.leases ?? []).map(
    ({ runId, job, nodeIds }) =>
      `${counted(nodeIds.length, 'node')} leased now by run ${runId} of ${job}: ${foldNames(nodeIds).join(' ')}`,
  ),
  ...(heldNow?.budgets ?? [])
    .filter(({ used, waiting }) => used + waiting > 0)
    .map(({ name, used }) => `budget ${name} has ${counted(used, 'node')} in use now`),
];

/** What would be started and looked at, in all. */
export const planTotalsText = ({ totals: { nodes, nodeOperations, agentCalls } }: Pick<RunPlan, 'totals'>): string =>
  `${counted(nodes, 'node')}, ${counted(nodeOperations, 'operation')} on nodes, ${counted(agentCalls.sends, 'send')} and at least ${counted(agentCalls.looks, 'look')}`;
