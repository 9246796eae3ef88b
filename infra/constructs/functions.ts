import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { variables } from '#shared/config/variables.ts';
import type { TaskName } from '#shared/workflow/task-registry.ts';
import manifest from '../../package.json' with { type: 'json' };
import type { CodeOf } from '../bundle-functions.ts';
import { apiRow, type FunctionRow, taskNames, taskRow } from '../function-table.ts';
import { type GrantScope, grants, isBasicNeed } from './grants.ts';
import { HouseFunction } from './house-function.ts';

/** What functions are made of. */
export interface FunctionScope extends GrantScope {
  readonly codeOf: CodeOf;
}

/** `startRun` as an id in the tree: `StartRun`. */
const idOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** A function with the rights and variables of its row. */
export const createFunction = (
  construct: Construct,
  id: string,
  { atOnce, ...row }: FunctionRow,
  scope: FunctionScope,
): HouseFunction => {
  const given = row.needs.filter(isBasicNeed).map((need) => grants[need](scope));
  const { config, codeOf } = scope;
  const own = { [variables.deployment]: config.stage };
  const environment = Object.assign(own, ...given.map((grant) => grant.environment));
  const reserved = config.reserveConcurrency && atOnce !== undefined ? { atOnce } : {};
  const created = new HouseFunction(construct, id, {
    row: { ...row, ...reserved },
    code: codeOf(row.folder),
    logDays: config.logDays,
    environment,
  });
  for (const statement of given.flatMap((grant) => grant.statements)) created.addToRolePolicy(statement);
  return created;
};

/** A function per task of the registry. */
export class TaskFunctions extends Construct {
  readonly byTask: ReadonlyMap<TaskName, HouseFunction>;

  constructor(scope: Construct, id: string, functionScope: FunctionScope) {
    super(scope, id);
    this.byTask = new Map(
      taskNames.map((name) => [name, createFunction(this, idOf(name), taskRow(name), functionScope)]),
    );
  }

  /** The function of a task. */
  of(name: TaskName): HouseFunction {
    const found = this.byTask.get(name);
    if (found === undefined) throw new Error(`No function for the task ${name}`);
    return found;
  }
}

/** A function that also starts executions. */
export const createStartingFunction = (
  construct: Construct,
  id: string,
  row: FunctionRow,
  { stateMachine, ...functionScope }: FunctionScope & { readonly stateMachine: StateMachine },
): HouseFunction => {
  const created = createFunction(construct, id, row, functionScope);
  created.addEnvironment(variables.stateMachine, stateMachine.stateMachineArn);
  stateMachine.grantStartExecution(created);
  return created;
};

/** The function behind the HTTP API, which also starts executions. */
export const createApiFunction = (
  scope: Construct,
  props: FunctionScope & { readonly stateMachine: StateMachine },
): HouseFunction => {
  const created = createStartingFunction(scope, 'ApiFunction', apiRow, props);
  created.addEnvironment(variables.version, manifest.version);
  const { prices } = props.config;
  if (prices !== undefined) created.addEnvironment(variables.prices, JSON.stringify(prices));
  return created;
};
