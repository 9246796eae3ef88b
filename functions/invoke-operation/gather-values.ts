import type { JsonBlobs } from '#functions/records/json-blob.ts';
import { runnerOutputsNode } from '#functions/records/runner-outputs.ts';
import type { NodeValue } from '#shared/built-in/aggregate.ts';
import type { LedgerStore, PlanStore } from '#shared/ports/store.ts';
import type { CallContext } from './node-scopes.ts';

/** What gathering needs. */
export interface GatherDeps {
  readonly store: Pick<PlanStore, 'listGroups'> & Pick<LedgerStore, 'getOutputs'>;
  readonly json: JsonBlobs;
}

/**
 * The values that an `aggregate` gathers: those that the nodes of the writer's group wrote, in the order of its nodes. One read per 100
 * nodes. Empty for all other operations.
 */
export const gatherValues = async (
  deps: GatherDeps,
  { run, job, operation }: CallContext,
): Promise<readonly NodeValue[]> => {
  if (operation.aggregate === undefined) return [];
  const [operationId = '', name = ''] = operation.aggregate.from.split('.');
  const actualId = operation.aliases?.[operationId] ?? operationId;
  const groupIndex = job.spec.groups.findIndex((group) =>
    group.phases.some((phase) => phase.operations.some((one) => one.id === actualId)),
  );
  const groups = (await deps.store.listGroups(run.runId)).filter((one) => one.groupIndex === groupIndex);
  const latest = groups.toSorted((one, other) => one.attempt - other.attempt).at(-1);
  if (latest === undefined) return [];
  const nodes = (await deps.json.targets(latest.targetsBlob)).nodes.map(({ node }) => node);
  const keys = nodes.map((node) => ({ nodeId: node.id, operationId: actualId }));
  const stored = await deps.store.getOutputs(run.runId, keys);
  const values = new Map(stored.map((one) => [one.nodeId, one.values[name]]));
  return nodes.flatMap((node): NodeValue[] => {
    const value = values.get(node.id);
    return value === undefined || node.id === runnerOutputsNode ? [] : [{ node, value }];
  });
};
