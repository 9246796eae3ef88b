import { counted } from '#shared/format/counted.ts';
import { operationSites } from '#shared/job/job-outline.ts';
import type { Amount, Job, Operation, Param } from '#shared/model/job.ts';
import { actionOf } from '#shared/model/operation.ts';
import { paramRule } from './start/param-form.ts';

/** An operation of a job as a line of a table. */
export interface OutlineLine {
  /** '' where it is that of the line before. */
  readonly group: string;
  readonly phase: string;
  readonly id: string;
  /** How many blocks it stands in. */
  readonly depth: number;
  readonly what: string;
  readonly notes: string;
}

const whatOf = (operation: Operation): string => {
  const action = actionOf(operation);
  if (action === 'run') return `run (${operation.interpreter})`;
  if (action === 'use') return `use ${operation.use}`;
  return action === 'if' ? `if ${operation.if}` : action;
};

const firstLine = (text: string): string => text.trim().split('\n', 1)[0] ?? '';

const notesOf = (operation: Operation): string =>
  [
    operation.name ?? '',
    operation.run === undefined ? '' : firstLine(operation.run),
    operation.when === undefined ? '' : `when ${operation.when}`,
    operation.timeout === '1h' ? '' : `timeout ${operation.timeout}`,
    operation.retries === undefined ? '' : `retries ${operation.retries.max}`,
    operation.failIgnore ? 'failure ignored' : '',
  ]
    .filter((note) => note !== '')
    .join(' · ');

/** Every operation of a job in the order of its text, with the group and phase that it opens. */
export const outlineOf = (job: Job): readonly OutlineLine[] => {
  const sites = operationSites(job);
  return sites.map(({ group, phase, operation, blocks }, index) => {
    const before = sites[index - 1];
    const isSameGroup = before?.group === group;
    const on = phase.on === 'target' ? '' : ` (on ${phase.on})`;
    return {
      group: isSameGroup ? '' : `${group.name} (${group.strategy})`,
      phase: isSameGroup && before?.phase === phase ? '' : `${phase.name}${on}`,
      id: operation.id,
      depth: blocks.length,
      what: whatOf(operation),
      notes: notesOf(operation),
    };
  });
};

/** A declared param as a line of a table. */
export interface ParamLine {
  readonly name: string;
  readonly param: Param;
  readonly rule: string;
}

/** The params of a job in the order of its text. */
export const paramLines = ({ spec }: Pick<Job, 'spec'>): readonly ParamLine[] =>
  Object.entries(spec.params).map(([name, param]) => ({ name, param, rule: paramRule(param) }));

type Targets = Job['spec']['targets'];

/** Which nodes, in words; undefined where nothing is said. */
export const targetsText = (targets: Targets): string | undefined => {
  if (targets === undefined) return undefined;
  const { where, nodes, set, exclude } = targets;
  return [
    set === undefined ? '' : `set ${set}`,
    nodes === undefined ? '' : `${counted(nodes.length, 'node')} by id`,
    where === undefined ? '' : `where ${where}`,
    exclude === undefined ? '' : `without ${exclude}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
};

type MaxFailures = Job['spec']['groups'][number]['maxFailures'];

/** How many nodes may end badly, in a few words. */
const budgetText = (budget: MaxFailures): string => {
  if (typeof budget !== 'object') return String(budget);
  const { max, minSample, per } = budget;
  const after = minSample > 1 ? ` after ${counted(minSample, 'node')}` : '';
  return `${max}${per === undefined ? '' : ` per ${per}`}${after}`;
};

/** A group of a job as a line of a table. */
export interface GroupLine {
  readonly name: string;
  readonly strategy: string;
  readonly rounds: string;
  readonly atOnce: Amount | '';
  readonly failures: string;
  readonly targets: string;
}

/** The groups of a job in the order in which they run. */
export const groupLines = ({ spec }: Job): readonly GroupLine[] =>
  spec.groups.map(
    ({ name, strategy, rounds, roundCount = spec.roundCount, maxConcurrency = '', maxFailures, targets }) => ({
      name,
      strategy,
      rounds: strategy === 'oneShot' ? '' : (rounds?.join(', ') ?? (roundCount === undefined ? '' : `${roundCount}`)),
      atOnce: maxConcurrency,
      failures: budgetText(maxFailures),
      targets: targetsText(targets ?? spec.targets) ?? '',
    }),
  );
