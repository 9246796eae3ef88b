import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type TaskName, taskRegistry } from '#shared/workflow/task-registry.ts';
import { type FunctionRow, taskRow } from '../function-table.ts';
import { type GrantScope, grants, isBasicNeed } from './grants.ts';
import { HouseFunction } from './house-function.ts';

/** `startRun` as an id in the tree: `StartRun`. */
const idOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** What the functions stand on. */
export interface FunctionScope extends GrantScope {
  readonly logDays: RetentionDays;
}

/** A function with the rights and variables of its row. */
export const createFunction = (
  construct: Construct,
  name: string,
  row: FunctionRow,
  scope: FunctionScope,
): HouseFunction => {
  const given = row.needs.filter(isBasicNeed).map((need) => grants[need](scope));
  const environment = Object.assign({}, ...given.map((grant) => grant.environment));
  const created = new HouseFunction(construct, idOf(name), { row, logDays: scope.logDays, environment });
  for (const statement of given.flatMap((grant) => grant.statements)) created.addToRolePolicy(statement);
  return created;
};

/** A function per task of the registry. */
export class TaskFunctions extends Construct {
  readonly byTask: ReadonlyMap<TaskName, HouseFunction>;

  constructor(scope: Construct, id: string, functionScope: FunctionScope) {
    super(scope, id);
    const names = Object.keys(taskRegistry) as TaskName[];
    this.byTask = new Map(names.map((name) => [name, createFunction(this, name, taskRow(name), functionScope)]));
  }
}
