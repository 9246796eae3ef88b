import type { MaxFailures } from '../model/failure-budget.ts';
import type { Job } from '../model/job.ts';
import type { WrittenOperation } from '../model/operation.ts';
import type { Path } from './finding.ts';
import type { OperationSite } from './job-outline.ts';

/** A template or condition of a job, and where it stands: what it can see depends on it. */
export interface Reader {
  readonly path: Path;
  readonly text: string;
  readonly kind: 'template' | 'condition' | 'expression';
  /** The operation it belongs to; absent outside operations, where there are no outputs. */
  readonly site?: OperationSite;
  /** Environment variables of the levels around it, by name. */
  readonly env: readonly string[];
}

type Place = Pick<Reader, 'site' | 'env'>;

const nowhere: Place = { env: [] };

const templates = (path: Path, texts: Readonly<Record<string, string>>, place: Place): readonly Reader[] =>
  Object.entries(texts).map(([name, text]) => ({ path: [...path, name], text, kind: 'template', ...place }));

const template = (path: Path, text: string | undefined, place: Place): readonly Reader[] =>
  text === undefined ? [] : [{ path, text, kind: 'template', ...place }];

const condition = (path: Path, text: string | undefined, place: Place = nowhere): readonly Reader[] =>
  text === undefined ? [] : [{ path, text, kind: 'condition', ...place }];

/** What a failure budget is counted by. */
const readersOfBudget = (path: Path, budget: MaxFailures | undefined): readonly Reader[] =>
  typeof budget === 'object' && budget.per !== undefined && budget.per !== 'round'
    ? [{ path: [...path, 'maxFailures', 'per'], text: budget.per, kind: 'expression', ...nowhere }]
    : [];

const readersOfActions = (path: Path, operation: WrittenOperation, place: Place): readonly Reader[] => [
  ...templates([...path, 'with'], operation.with ?? {}, place),
  ...template([...path, 'echo'], operation.echo, place),
  ...templates([...path, 'setEnv'], operation.setEnv ?? {}, place),
  ...template([...path, 'fail'], operation.fail, place),
  ...template([...path, 'waitInput', 'message'], operation.waitInput?.message, place),
  ...template([...path, 'approve', 'message'], operation.approve?.message, place),
  ...template([...path, 'httpCheck', 'url'], operation.httpCheck?.url, place),
  ...templates([...path, 'httpCheck', 'headers'], operation.httpCheck?.headers ?? {}, place),
  ...template([...path, 'extract', 'from'], operation.extract?.from, place),
  ...condition([...path, 'if'], operation.if, place),
  ...template([...path, 'forEach'], typeof operation.forEach === 'string' ? operation.forEach : undefined, place),
];

const readersOfOperation = (site: OperationSite, env: readonly string[]): readonly Reader[] => {
  const { operation, path } = site;
  const place = { site, env };
  return [
    ...readersOfActions(path, operation, place),
    ...templates([...path, 'env'], operation.env, place),
    ...operation.args.flatMap((text, index) => template([...path, 'args', index], text, place)),
    ...Object.entries(operation.outputs).flatMap(([name, output]) =>
      template([...path, 'outputs', name, 'default'], output.default, place),
    ),
    ...condition([...path, 'when'], operation.when, place),
  ];
};

const readersOfTargets = (path: Path, targets: Job['spec']['targets']): readonly Reader[] => [
  ...condition([...path, 'where'], targets?.where),
  ...condition([...path, 'exclude'], targets?.exclude),
];

const readersOfLevels = ({ spec }: Job): readonly Reader[] => {
  const jobEnv = Object.keys(spec.env);
  return [
    ...template(['spec', 'concurrency', 'key'], spec.concurrency?.key, nowhere),
    ...templates(['spec', 'env'], spec.env, nowhere),
    ...readersOfTargets(['spec', 'targets'], spec.targets),
    ...condition(['spec', 'runner', 'where'], spec.runner.where),
    ...readersOfBudget(['spec'], spec.maxFailures),
    ...spec.groups.flatMap((group, groupIndex) => {
      const at = ['spec', 'groups', groupIndex];
      const groupEnv = [...jobEnv, ...Object.keys(group.env)];
      return [
        ...readersOfTargets([...at, 'targets'], group.targets),
        ...templates([...at, 'env'], group.env, { env: jobEnv }),
        ...readersOfBudget(at, group.maxFailures),
        ...group.phases.flatMap((phase, phaseIndex) => [
          ...condition([...at, 'phases', phaseIndex, 'runner', 'where'], phase.runner?.where),
          ...readersOfBudget([...at, 'phases', phaseIndex], phase.maxFailures),
          ...templates([...at, 'phases', phaseIndex, 'env'], phase.env, { env: groupEnv }),
        ]),
      ];
    }),
  ];
};

/** Every template and condition of a job, in the order of its levels. */
export const readersOfJob = (job: Job, sites: readonly OperationSite[]): readonly Reader[] => [
  ...readersOfLevels(job),
  ...sites.flatMap((site) =>
    readersOfOperation(
      site,
      [job.spec.env, site.group.env, site.phase.env].flatMap((env) => Object.keys(env)),
    ),
  ),
];
