import type { RetryPolicy } from '#functions/adapters/agent/back-off.ts';
import { type Caller, createCaller, type Pacing } from '#functions/adapters/agent/caller.ts';
import { classifyAliyun } from '#functions/adapters/aliyun/aliyun-failures.ts';
import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import type { InventoryNode } from '#shared/model/node.ts';
import type { AgentScope } from '#shared/ports/agent.ts';
import { type AliyunInventorySource, listAliyunInstances } from './aliyun-instances.ts';
import { type AwsInventorySource, listAwsInstances } from './aws-instances.ts';

/** What the inventory reads from. */
export interface CloudInventoryOptions extends Pacing {
  readonly aws?: AwsInventorySource;
  readonly aliyun?: AliyunInventorySource;
  readonly retries?: RetryPolicy;
}

/** The clouds' own lists of their instances. */
export interface CloudInventory {
  /**
   * Every node, by id, read now.
   * @throws AppError `inventory.unavailable` when a cloud does not answer.
   */
  list(): Promise<readonly InventoryNode[]>;
}

/** A list of which one part is missing would leave targets out without a word, so one scope that fails fails the whole. */
const readScope = async (
  cloud: string,
  scope: AgentScope,
  read: Promise<readonly InventoryNode[]>,
): Promise<readonly InventoryNode[]> => {
  try {
    return await read;
  } catch (error) {
    if (!isAppError(error, 'agent.') || error.code === 'agent.unknown-placement') throw error;
    const account = scope.account === undefined ? '' : ` of account ${scope.account}`;
    throw new AppError(
      'inventory.unavailable',
      `The instances in ${cloud} ${scope.region}${account} cannot be listed. ${error.message}`,
      {
        cause: error,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
      },
    );
  }
};

/** Readings of all accounts and regions of all clouds, under way at once. */
const readings = (
  { aws, aliyun }: CloudInventoryOptions,
  callers: { readonly aws: Caller; readonly aliyun: Caller },
): readonly Promise<readonly InventoryNode[]>[] => {
  const ofAws = (source: AwsInventorySource) =>
    source.scopes.map((scope) => readScope('AWS', scope, listAwsInstances(source, callers.aws, scope)));
  const ofAliyun = (source: AliyunInventorySource) =>
    source.scopes.map((scope) => readScope('Alibaba Cloud', scope, listAliyunInstances(source, callers.aliyun, scope)));
  return [...(aws === undefined ? [] : ofAws(aws)), ...(aliyun === undefined ? [] : ofAliyun(aliyun))];
};

/**
 * The instances of all configured accounts and regions. `list` throws `inventory.unavailable` when one of them cannot be read, and
 * `agent.unknown-placement` for an account without credentials.
 */
export const createCloudInventory = (options: CloudInventoryOptions): CloudInventory => {
  const { retries } = options;
  const callers = {
    aws: createCaller(classifyAws, options, retries),
    aliyun: createCaller(classifyAliyun, options, retries),
  };
  return {
    list: async () => {
      const lists = await Promise.all(readings(options, callers));
      const byId = new Map(lists.flat().map((node) => [node.id, node]));
      return [...byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
    },
  };
};
