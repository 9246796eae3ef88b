import type { BatchRecord, InvocationRecord, ResultRecord } from '#shared/model/run.ts';
import { type Agent, type Agents, scopeOf } from '#shared/ports/agent.ts';

/** True when every node of an invocation has a result. */
export const isSettled = (invocation: InvocationRecord, results: readonly ResultRecord[]): boolean => {
  const answered = new Set(
    results
      .filter((one) => one.operationIndex === invocation.operationIndex && one.tryNumber === invocation.tryNumber)
      .map((one) => one.nodeId),
  );
  return invocation.nodeIds.every((nodeId) => answered.has(nodeId));
};

/** Account and region of a batch: its nodes share them. */
export const batchScope = (batch: BatchRecord) => scopeOf(batch.nodes[0]?.via ?? { region: '' });

/** The agent of a batch: its nodes share it. */
export const agentOf = (agents: Agents, batch: BatchRecord): Agent => agents[batch.nodes[0]?.via.agent ?? 'aws'];
