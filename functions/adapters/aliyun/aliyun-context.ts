import type { CallName } from '#functions/adapters/agent/call-name.ts';
import type { Caller } from '#functions/adapters/agent/caller.ts';
import type { AgentLimits, AgentScope } from '#shared/ports/agent.ts';
import type { EcsCalls } from './ecs-calls.ts';

/**
 * What Cloud Assistant takes and returns (RunCommand reference): 100 ids; 24 KB after base64, which are 18,432 bytes before, less a margin;
 * 24 KB of output, of which the wrapper's envelope takes up to 8,000.
 */
export const aliyunLimits: AgentLimits = { instances: 100, scriptBytes: 18_000, textBytes: 16_000 };

/** Rows of a page, and ids in a call, of the calls on invocations, files and the assistant's status. */
export const pageSize = 50;

/** Rows of a page, and ids in a call, of DescribeInstances. */
export const instancePageSize = 100;

/** What the parts of the Aliyun agent share. */
export interface AliyunContext {
  readonly clientFor: (scope: AgentScope) => EcsCalls;
  readonly caller: Caller;
}

/** Names a call. */
export const callName = (action: string, { account, region }: AgentScope): CallName => ({
  ...{ agent: 'aliyun', service: 'ECS', action, region },
  ...(account === undefined ? {} : { account }),
});

/** Ids in pieces of at most so many. */
export const chunksOf = (ids: readonly string[], size: number): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(ids.length / size) }, (_, index) => ids.slice(index * size, (index + 1) * size));
