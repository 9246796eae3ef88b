import { messageOf } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { secretParams } from '#shared/job/check-secrets.ts';
import { argumentValues } from '#shared/library/arguments.ts';
import type { Node } from '#shared/model/node.ts';
import { isScript } from '#shared/model/operation.ts';
import type { Outcome } from '#shared/model/outcome.ts';
import type { BatchNode } from '#shared/model/run.ts';
import type { NodeOutputs } from '#shared/ports/store.ts';
import { scriptFault } from '#shared/script/interpreters.ts';
import { type BuiltInInput, type BuiltInStep, builtInStep } from './built-ins.ts';
import { type NodeEnv, overlayLevel, overlayValues } from './node-env.ts';
import { type CallContext, type NodeScope, nodeScopes } from './node-scopes.ts';

/** What a node gets of an operation: its values, the outcome of what Drover does itself, or a reason why nothing is sent to it. */
export type NodeCall =
  | (NodeEnv & { readonly kind: 'send'; readonly args: readonly string[] })
  | { readonly kind: 'settle'; readonly outcome: Outcome }
  | Exclude<BuiltInStep, { readonly kind: 'settle' }>
  | { readonly kind: 'skip'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string };

/** What each node gets, in the order of `nodes`. An expression that fails on a node fails that node, not its batch. */
export const nodeCalls = (
  context: CallContext,
  nodes: readonly BatchNode[],
  stored: readonly NodeOutputs[],
  input: BuiltInInput,
): readonly NodeCall[] => {
  const scopes = nodeScopes(context, nodes, stored);
  return nodes.map((batchNode, index) => {
    try {
      const seen = scopes[index]?.();
      if (seen === undefined) return { kind: 'skip', reason: 'it is not part of this batch' };
      return nodeCall(context, batchNode, seen, input);
    } catch (error) {
      return { kind: 'fail', reason: `Operation ${context.operation.id} was not sent: ${messageOf(error)}` };
    }
  });
};

const nodeCall = (context: CallContext, batchNode: BatchNode, seen: NodeScope, input: BuiltInInput): NodeCall => {
  const { operation } = context;
  const { scope, decisions } = seen;
  const closed = closedGuard(context, decisions);
  if (closed !== undefined) return { kind: 'skip', reason: closed };
  if (operation.when !== undefined && !parseCondition(operation.when).evaluate(scope))
    return { kind: 'skip', reason: 'its condition is false' };
  return isScript(operation) ? scriptCall(context, batchNode, seen) : builtInStep(operation, scope, input);
};

/** Why a block around the operation keeps it from this node; undefined when none does. */
const closedGuard = ({ operation }: CallContext, decisions: NodeScope['decisions']): string | undefined => {
  for (const guard of operation.guards ?? []) {
    const decision = decisions[guard.block];
    if (decision === undefined) return `block '${guard.block}' around it did not run`;
    if ('was' in guard && decision['result'] !== String(guard.was))
      return `the condition of '${guard.block}' was ${decision['result']}`;
    if ('turn' in guard && guard.turn >= Number(decision['count']))
      return `the list of '${guard.block}' has ${decision['count']} items`;
  }
  return undefined;
};

const scriptCall = (
  { run, job, phase, operation }: CallContext,
  { node, via }: BatchNode,
  seen: NodeScope,
): NodeCall => {
  const { scope, secretEnv } = seen;
  const around = { env: scope.env ?? {}, secretEnv };
  const own = overlayLevel(around, operation.env, scope, secretParams(job));
  const render = (text: string): string => renderTemplate(parseTemplate(text), scope);
  const given = operation.command && argumentValues(operation.command, { with: operation.with ?? {}, render });
  const ours = {
    ...given?.env,
    ...(phase.on === 'runnerPerTarget' ? nodeEnv(node) : {}),
    DROVER_RUN_ID: run.runId,
  };
  const args = given?.args ?? operation.args.map(render);
  const values = overlayValues(own, ours);
  const fault = scriptFault(via.os, { interpreter: operation.interpreter, runAs: operation.runAs, args });
  if (fault !== undefined) return { kind: 'fail', reason: fault };
  return { kind: 'send', ...values, args };
};

/** What a script on a runner knows of the node it works for. */
const nodeEnv = (node: Node): Readonly<Record<string, string>> => ({
  DROVER_NODE: JSON.stringify(node),
  DROVER_NODE_ID: node.id,
  DROVER_NODE_NAME: node.name,
  DROVER_NODE_HOST: node.host,
  ...(node.port === undefined ? {} : { DROVER_NODE_PORT: String(node.port) }),
  DROVER_NODE_REGION: node.region,
  DROVER_NODE_INSTANCE_ID: node.instanceId,
});
