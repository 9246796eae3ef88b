import type { AgentKind } from '#shared/model/node.ts';
import type { BatchNode } from '#shared/model/run.ts';
import type { WrapperInput } from '#shared/script/wrapper.ts';

/**
 * The node's own part of its fence; undefined where the instance alone says which node is meant. It depends on nothing but the node and where
 * it runs, so that whoever comes to the node later finds the fence again.
 */
export const nodeKeyOf = ({ node, via }: Pick<BatchNode, 'node' | 'via'>): string | undefined =>
  node.id === node.instanceId && via.instanceId === node.instanceId ? undefined : node.id;

/** How a script learns on which instance it is. */
export const instanceIdFrom = (agent: AgentKind): WrapperInput['instanceIdFrom'] =>
  agent === 'aws' ? 'ssm' : 'aliyun';
