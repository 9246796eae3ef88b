import type { Group } from '../model/job.ts';
import type { Node, Os } from '../model/node.ts';
import { isScript, type Operation } from '../model/operation.ts';
import type { FrozenTargets } from '../model/run.ts';
import { scriptFault } from '../script/interpreters.ts';
import type { PlanWarning } from './run-plan.ts';
import { type Narrowed, selectsPhase } from './selection.ts';

const sentence = (operation: Operation, nodes: readonly Node[], fault: string): string =>
  `Operation '${operation.id}' fails on ${nodes.length} node${nodes.length === 1 ? '' : 's'}: ${fault}${
    operation.when === undefined && operation.guards === undefined ? '' : ' (Unless its condition keeps it from them.)'
  }`;

/** Scripts that cannot run on the systems of some nodes of a group, of which others of its scripts can. */
export const systemWarnings = (group: Group, targets: FrozenTargets, selection: Narrowed): readonly PlanWarning[] => {
  const byOs = Map.groupBy(
    targets.nodes.map(({ node }) => node),
    ({ os }): Os => os,
  );
  return group.phases
    .filter((phase) => phase.on === 'target' && selectsPhase(selection, phase))
    .flatMap((phase) => phase.operations.filter(isScript))
    .flatMap((operation: Operation) =>
      [...byOs].flatMap(([os, nodes]): readonly PlanWarning[] => {
        const fault = scriptFault(os, { interpreter: operation.interpreter, runAs: operation.runAs });
        if (fault === undefined) return [];
        const message = sentence(operation, nodes, fault);
        return [{ kind: 'wrongSystem', group: group.name, message, nodeIds: nodes.map(({ id }) => id) }];
      }),
    );
};
