import { CloudFault } from '../provider/cloud-fault.ts';
import type { Caller, Inventory } from '../provider/inventory.ts';
import type { RpcParameters } from './rpc-parameters.ts';

/** Instances of one RunCommand or InvokeCommand. */
const MOST_INSTANCES = 100;
const MOST_RESOURCE_TAGS = 20;

/**
 * The instances a call is for, by id or by tag.
 * @throws CloudFault; one id that does not exist fails the whole call and nothing runs.
 */
export const targetsOf = (parameters: RpcParameters, caller: Caller, inventory: Inventory): readonly string[] => {
  const ids = parameters.list('InstanceId');
  const tags = parameters.pairs('ResourceTag');
  if (ids.length > 0 && tags.length > 0) {
    throw new CloudFault(
      'InvalidResourceTag.ConflictWithInstanceIds',
      'InstanceId and ResourceTag cannot be given together.',
    );
  }
  if (tags.length > 0) return taggedInstances(tags, caller, inventory);
  return knownInstances(ids, MOST_INSTANCES, { caller, inventory });
};

/**
 * Checks ids of instances.
 * @throws CloudFault
 */
export const knownInstances = (
  ids: readonly string[],
  most: number,
  { caller, inventory }: { readonly caller: Caller; readonly inventory: Inventory },
): readonly string[] => {
  if (ids.length === 0) throw new CloudFault('MissingParam.InstanceId', 'The parameter InstanceId is missing.');
  if (ids.length > most)
    throw new CloudFault('InstanceIds.ExceedLimit', `At most ${most} instances may be given.`, 403);
  for (const id of ids) {
    if (inventory.find('aliyun', caller, id) === undefined) {
      throw new CloudFault('InvalidInstance.NotFound', `The specified instance ${id} does not exist.`, 404);
    }
  }
  return [...new Set(ids)];
};

const taggedInstances = (
  tags: ReturnType<RpcParameters['pairs']>,
  caller: Caller,
  inventory: Inventory,
): readonly string[] => {
  if (tags.length > MOST_RESOURCE_TAGS) throw new CloudFault('NumberExceed.ResourceTags', 'Too many resource tags.');
  const found = inventory
    .list('aliyun', caller)
    .filter((instance) =>
      tags.every(({ key, value }) =>
        value === undefined ? instance.tags[key] !== undefined : instance.tags[key] === value,
      ),
    );
  if (found.length === 0) throw new CloudFault('InvalidResourceTag.InstanceNotFound', 'No instance has these tags.');
  if (found.length > MOST_INSTANCES)
    throw new CloudFault('InstanceIds.ExceedLimit', `At most ${MOST_INSTANCES} instances may be given.`, 403);
  return found.map((instance) => instance.id);
};
