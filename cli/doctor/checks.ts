import { clockSkewMs } from '#shared/config/clock-skew.ts';
import type { Check } from '#shared/contract/meta-views.ts';
import type { RunSummary } from '#shared/contract/run-views.ts';
import type { ScheduleSummary } from '#shared/contract/schedule-views.ts';
import { formatDuration } from '#shared/model/duration.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { FiringStatus } from '#shared/model/schedule.ts';
import { isTerminalRunStatus } from '#shared/model/status.ts';
import type { NodeList } from '../inputs/node-list.ts';

/** Whether the clocks of this machine and of the server agree. Times in milliseconds since the epoch. */
export const clockCheck = (serverMs: number | undefined, nowMs: number): Check => {
  if (serverMs === undefined) return { check: 'clock', status: 'ok', says: 'There is no other clock to compare with' };
  const off = Math.abs(nowMs - serverMs);
  const says = `This machine is ${formatDuration(off)} off the server's clock`;
  if (off < clockSkewMs.warning) return { check: 'clock', status: 'ok', says: 'This machine and the server agree' };
  const advice = 'Have the clock of this machine set by NTP: signed requests are refused when it is five minutes off.';
  return { check: 'clock', status: off < clockSkewMs.problem ? 'warning' : 'problem', says, advice };
};

/** Whether client and server are the same Drover. */
export const versionCheck = (client: string, server: string): Check =>
  client === server
    ? { check: 'version', status: 'ok', says: `Both are ${client}` }
    : {
        check: 'version',
        status: 'warning',
        says: `This program is ${client}, the server ${server}`,
        advice: 'Use the same version, or one may not understand what the other says.',
      };

/** Of the agents of one region, more silent ones than this are told. */
const mostSilent = 0.1;

const agentsCheck = (place: string, nodes: readonly InventoryNode[]): Check => {
  const silent = nodes.filter(({ online }) => !online);
  const says = `${nodes.length - silent.length} of ${nodes.length} agents answer`;
  if (silent.length <= nodes.length * mostSilent) return { check: place, status: 'ok', says };
  const names = silent.slice(0, 5).map(({ name }) => name);
  return {
    check: place,
    status: silent.length === nodes.length ? 'problem' : 'warning',
    says: `${says}; silent are ${names.join(', ')}${silent.length > names.length ? ' and others' : ''}`,
    advice: place.startsWith('aws')
      ? 'Look whether the SSM agent runs there, the instance profile has AmazonSSMManagedInstanceCore, and the endpoints of SSM are reached.'
      : 'Look whether Cloud Assistant is installed there and runs, and whether the instance is up.',
  };
};

/** Whether there are nodes, and whether their agents answer, by cloud and region. */
export const nodeChecks = (nodes: readonly InventoryNode[]): readonly Check[] => {
  if (nodes.length === 0)
    return [
      {
        check: 'nodes',
        status: 'problem',
        says: 'The inventory is empty',
        advice: 'Set awsRegions or aliyunRegions of the deployment to where the instances are (docs/operations.md).',
      },
    ];
  const places = Map.groupBy(nodes, ({ agent, region, account }) =>
    [agent, region, ...(account === undefined ? [] : [account])].join(' '),
  );
  return [...places]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([place, its]) => agentsCheck(place, its));
};

/** What the clouds say of nodes and agents, and whether they can be read at all. */
export const inventoryChecks = ({ items, readAt, problem }: NodeList): readonly Check[] =>
  problem === undefined
    ? nodeChecks(items)
    : [
        {
          check: 'nodes',
          status: 'problem',
          says: `The clouds cannot be read, the last time they could was ${readAt}: ${problem}`,
          advice: 'See to it that Drover may list instances and their agents (docs/operations.md).',
        },
        ...nodeChecks(items),
      ];

/** A run that is not at its end after so long is worth a look. */
const longMs = 86_400_000;

/** Whether runs are stuck. */
export const runsCheck = (runs: readonly RunSummary[], nowMs: number): Check => {
  const open = runs.filter(({ status }) => !isTerminalRunStatus(status));
  const old = open.filter(({ createdAt }) => nowMs - Date.parse(createdAt) > longMs);
  const says = `${open.length} of the latest ${runs.length} are open`;
  if (old.length === 0) return { check: 'runs', status: 'ok', says };
  return {
    check: 'runs',
    status: 'warning',
    says: `${says}, ${old.length} for more than a day: ${old.map(({ runId, status }) => `${runId} (${status})`).join(', ')}`,
    advice: 'Look what each waits for with drover run show, and resume, approve or abort it.',
  };
};

/** Whether schedules are called, and start what they are to start. */
export const schedulesCheck = (schedules: readonly ScheduleSummary[]): Check => {
  const enabled = schedules.filter((one) => one.enabled);
  const namesOf = (status: FiringStatus) =>
    enabled.flatMap(({ name, last }) => (last?.status === status ? [name] : [])).join(', ');
  const [missed, failed] = [namesOf('missed'), namesOf('failed')];
  const says = `${enabled.length} of ${schedules.length} are enabled`;
  if (missed !== '')
    return {
      check: 'schedules',
      status: 'problem',
      says: `${says}; nobody was there at the last due time of ${missed}`,
      advice: 'See whether EventBridge Scheduler may invoke Timed Fire, or that drover local up runs.',
    };
  if (failed !== '')
    return {
      check: 'schedules',
      status: 'warning',
      says: `${says}; the last start of ${failed} was refused`,
      advice: 'See why with drover schedule history.',
    };
  return { check: 'schedules', status: 'ok', says };
};
