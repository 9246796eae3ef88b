import { runnerOutputsNode } from '#functions/records/runner-outputs.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { type OutputReference, outputReferences } from '#shared/expression/references.ts';
import type { Scope } from '#shared/expression/scope.ts';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { secretParams } from '#shared/job/check-secrets.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { Job, Operation } from '#shared/model/job.ts';
import type { BatchNode, RunRecord } from '#shared/model/run.ts';
import type { LedgerStore, NodeOutputs, OutputKey } from '#shared/ports/store.ts';
import { renderSecretText, type SecretTemplateText } from '#shared/secrets/secret-text.ts';

/** What a node gets of an operation: its values, or a reason why nothing is sent to it. */
export type NodeCall =
  | {
      readonly kind: 'send';
      readonly env: Readonly<Record<string, string>>;
      /** What of the environment holds secrets; their values are put in on the node. */
      readonly secretEnv: Readonly<Record<string, SecretTemplateText>>;
      readonly args: readonly string[];
    }
  | { readonly kind: 'skip' }
  | { readonly kind: 'fail'; readonly reason: string };

/** Everything that is needed to say what nodes get of an operation. */
export interface CallContext {
  readonly run: RunRecord;
  readonly job: Job;
  readonly operation: Operation;
}

/** Reads the outputs that an operation refers to, in one read for all nodes. */
export const readReferencedOutputs = async (
  store: Pick<LedgerStore, 'getOutputs'>,
  { run, job, operation }: CallContext,
  nodes: readonly BatchNode[],
): Promise<readonly NodeOutputs[]> => {
  const wanted = new Set(referencesOf(job, operation).map((one) => one.operationId));
  const keys = [...wanted].flatMap((operationId): OutputKey[] =>
    isRunnerOperation(job, operationId)
      ? [{ nodeId: runnerOutputsNode, operationId }]
      : nodes.map(({ node }) => ({ nodeId: node.id, operationId })),
  );
  return keys.length === 0 ? [] : store.getOutputs(run.runId, keys);
};

/** What each node gets, in the order of `nodes`. An expression that fails on a node fails that node, not its batch. */
export const nodeCalls = (
  context: CallContext,
  nodes: readonly BatchNode[],
  stored: readonly NodeOutputs[],
): readonly NodeCall[] => {
  const outputsOf = outputsReader(context, stored);
  return nodes.map((one) => nodeCall(context, one, outputsOf(one.node.id)));
};

const nodeCall = ({ run, job, operation }: CallContext, { node }: BatchNode, outputs: Scope['outputs']): NodeCall => {
  const scope: Scope = {
    params: run.params,
    node,
    run: { id: run.runId, attempt: run.attempts.length, job: run.jobName },
    outputs,
  };
  try {
    if (operation.when !== undefined && !parseCondition(operation.when).evaluate(scope)) return { kind: 'skip' };
    const render = (text: string) => renderTemplate(parseTemplate(text), scope);
    const { env, secretEnv } = renderEnv({ ...job.spec.env, ...operation.env }, scope, secretParams(job));
    return { kind: 'send', env: { ...env, DROVER_RUN_ID: run.runId }, secretEnv, args: operation.args.map(render) };
  } catch (error) {
    return { kind: 'fail', reason: `Operation ${operation.id} was not sent: ${messageOf(error)}` };
  }
};

/** Variables without secrets, rendered, and those with secrets, which stay open in them. */
const renderEnv = (texts: Readonly<Record<string, string>>, scope: Scope, secrets: ReadonlySet<string>) => {
  const rendered = Object.entries(texts).map(([name, text]) => [name, renderSecretText(text, scope, secrets)] as const);
  const isSecret = (parts: SecretTemplateText): boolean => parts.some((part) => typeof part !== 'string');
  return {
    env: Object.fromEntries(
      rendered.filter(([, parts]) => !isSecret(parts)).map(([name, parts]) => [name, parts.join('')]),
    ),
    secretEnv: Object.fromEntries(rendered.filter(([, parts]) => isSecret(parts))),
  };
};

/** Stored outputs of a node by operation, the runner's added, declared defaults filled in. */
const outputsReader = (
  { job, operation }: CallContext,
  stored: readonly NodeOutputs[],
): ((nodeId: NodeId) => Scope['outputs']) => {
  const byKey = new Map(stored.map((one) => [`${one.nodeId} ${one.operationId}`, one.values]));
  const wanted = [...new Set(referencesOf(job, operation).map((one) => one.operationId))];
  const declared = new Map(wanted.map((id) => [id, defaultsOf(job, id)]));
  return (nodeId) =>
    Object.fromEntries(
      wanted.map((id) => {
        const owner = isRunnerOperation(job, id) ? runnerOutputsNode : nodeId;
        return [id, { ...declared.get(id), ...byKey.get(`${owner} ${id}`) }];
      }),
    );
};

const defaultsOf = (job: Job, operationId: string): Record<string, string> => {
  const operation = operationsOf(job).find((one) => one.operation.id === operationId)?.operation;
  return Object.fromEntries(
    Object.entries(operation?.outputs ?? {}).flatMap(([name, output]) =>
      output.default === undefined ? [] : [[name, output.default]],
    ),
  );
};

const isRunnerOperation = (job: Job, operationId: string): boolean =>
  operationsOf(job).some((one) => one.onRunner && one.operation.id === operationId);

const operationsOf = (job: Job): readonly { readonly operation: Operation; readonly onRunner: boolean }[] =>
  job.spec.groups.flatMap((group) =>
    group.phases.flatMap((phase) =>
      phase.operations.map((operation) => ({ operation, onRunner: phase.on === 'runner' })),
    ),
  );

const referencesOf = (job: Job, operation: Operation): readonly OutputReference[] => {
  const texts = [...Object.values(job.spec.env), ...Object.values(operation.env), ...operation.args];
  return [
    ...texts.flatMap((text) => outputReferences(parseTemplate(text))),
    ...(operation.when === undefined ? [] : outputReferences(parseCondition(operation.when))),
  ];
};
