import { runnerOutputsNode } from '#functions/records/runner-outputs.ts';
import type { Json } from '#shared/expression/cel-values.ts';
import { parseCondition } from '#shared/expression/condition.ts';
import { type OutputReference, outputReferences } from '#shared/expression/references.ts';
import type { Scope } from '#shared/expression/scope.ts';
import { parseTemplate, renderTemplate } from '#shared/expression/template.ts';
import { secretParams } from '#shared/job/check-secrets.ts';
import type { NodeId } from '#shared/model/ids.ts';
import type { Group, Job, Phase } from '#shared/model/job.ts';
import type { Operation, OutputDeclaration } from '#shared/model/operation.ts';
import type { BatchNode, RunRecord } from '#shared/model/run.ts';
import type { LedgerStore, NodeOutputs, OutputKey } from '#shared/ports/store.ts';
import { type NodeEnv, noEnv, overlayLevel, overlayValues } from './node-env.ts';

/** An operation of an expanded job, and all that says what nodes get of it. */
export interface CallContext {
  readonly run: RunRecord;
  readonly job: Job;
  readonly group: Group;
  readonly phase: Phase;
  readonly operation: Operation;
}

/** What a node sees: the scope of its expressions, and what the blocks around the operation decided there. */
export interface NodeScope {
  readonly scope: Scope;
  /** Variables that expressions do not see. */
  readonly secretEnv: NodeEnv['secretEnv'];
  /** Outputs of the blocks around, by id; absent where the block did not run. */
  readonly decisions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

interface Placed {
  readonly operation: Operation;
  readonly phase: Phase;
  readonly groupIndex: number;
  readonly phaseIndex: number;
  readonly index: number;
}

/** Reads the outputs that an operation refers to, in one read for all nodes. */
export const readReferencedOutputs = async (
  store: Pick<LedgerStore, 'getOutputs'>,
  context: CallContext,
  nodes: readonly BatchNode[],
): Promise<readonly NodeOutputs[]> => {
  const keys = writersOf(context).flatMap((writer): OutputKey[] =>
    isShared(writer)
      ? [{ nodeId: runnerOutputsNode, operationId: writer.operation.id }]
      : nodes.map(({ node }) => ({ nodeId: node.id, operationId: writer.operation.id })),
  );
  return keys.length === 0 ? [] : store.getOutputs(context.run.runId, keys);
};

/** What each node sees, in the order of `nodes`; a thunk each, because an expression may fail on one node and not on the others. */
export const nodeScopes = (
  context: CallContext,
  nodes: readonly BatchNode[],
  stored: readonly NodeOutputs[],
): readonly (() => NodeScope)[] => {
  const byKey = new Map(stored.map((one) => [`${one.nodeId} ${one.operationId}`, one.values]));
  const writers = writersOf(context);
  return nodes.map(({ node }) => () => {
    const valuesOf = (writer: Placed): Readonly<Record<string, string>> | undefined =>
      byKey.get(`${isShared(writer) ? runnerOutputsNode : node.id} ${writer.operation.id}`);
    const base: Scope = { params: context.run.params, node, run: runScope(context.run), outputs: {} };
    const decisions = Object.fromEntries(
      writers.flatMap((writer) => {
        const values = isDecision(context, writer) ? valuesOf(writer) : undefined;
        return values === undefined ? [] : [[writer.operation.id, values]];
      }),
    );
    const { env, secretEnv } = envOf(
      context,
      base,
      writers.filter(isSetEnv).map((writer) => valuesOf(writer) ?? {}),
    );
    const each = eachOf(context.operation, decisions);
    const outputs = outputsOf(context, { ...base, env, each }, writers, valuesOf);
    return { scope: { ...base, env, each, outputs }, secretEnv, decisions };
  });
};

const runScope = (run: RunRecord): Scope['run'] => ({
  id: run.runId,
  attempt: run.attempts.length,
  job: run.jobName,
});

/** Outputs by the id that the author of the operation wrote; declared defaults filled in, and types as declared. */
const outputsOf = (
  { operation }: CallContext,
  scope: Scope,
  writers: readonly Placed[],
  valuesOf: (writer: Placed) => Readonly<Record<string, string>> | undefined,
): Scope['outputs'] => {
  const written = new Map(Object.entries(operation.aliases ?? {}).map(([name, id]) => [id, name]));
  const found: Record<string, Readonly<Record<string, Json>>> = {};
  for (const writer of writers) {
    const declared = writer.operation.outputs;
    const values: Record<string, Json> = {};
    for (const [name, output] of Object.entries(declared))
      if (output.default !== undefined)
        values[name] = typedValue(output, renderTemplate(parseTemplate(output.default), { ...scope, outputs: found }));
    for (const [name, text] of Object.entries(valuesOf(writer) ?? {})) values[name] = typedValue(declared[name], text);
    found[written.get(writer.operation.id) ?? writer.operation.id] = values;
  }
  return found;
};

/** The value of an output; its text was checked against the type when it was collected. */
const typedValue = (output: OutputDeclaration | undefined, text: string): Json => {
  switch (output?.type) {
    case 'int':
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'json':
      return JSON.parse(text);
    default:
      return text;
  }
};

/** Variables of job, group and phase, each seeing those before it, then what `setEnv` set. */
const envOf = (
  { job, group, phase }: CallContext,
  base: Scope,
  set: readonly Readonly<Record<string, string>>[],
): NodeEnv => {
  const secrets = secretParams(job);
  const levels = [job.spec.env, group.env, phase.env].reduce<NodeEnv>(
    (around, level) => overlayLevel(around, level, { ...base, env: around.env }, secrets),
    noEnv,
  );
  return set.reduce(overlayValues, levels);
};

/** Items of the turns around an operation; absent where the list is shorter, and then the guard skips the operation. */
const eachOf = (operation: Operation, decisions: NodeScope['decisions']): Readonly<Record<string, Json>> => {
  const each: Record<string, Json> = {};
  for (const { block, name, turn } of operation.turns ?? []) {
    const items: unknown = JSON.parse(decisions[block]?.['items'] ?? '[]');
    if (Array.isArray(items) && turn < items.length) each[name] = items[turn];
    each['index'] = turn;
  }
  return each;
};

/** The operations whose outputs are needed, in the order in which they run, so that a later default may read an earlier one. */
const writersOf = (context: CallContext): readonly Placed[] => {
  const all = placedOperations(context.job);
  const here = all.find(({ operation }) => operation.id === context.operation.id);
  const byId = new Map(all.map((one) => [one.operation.id, one]));
  const wanted = new Set<Placed>(all.filter((one) => isSetEnv(one) && here !== undefined && isBefore(one, here)));
  const want = (id: string): void => {
    const writer = byId.get(id);
    if (writer === undefined || wanted.has(writer)) return;
    wanted.add(writer);
    for (const output of Object.values(writer.operation.outputs))
      for (const { operationId } of output.default === undefined ? [] : outputReferences(parseTemplate(output.default)))
        want(writer.operation.aliases?.[operationId] ?? operationId);
  };
  for (const { operationId } of referencesOf(context)) want(context.operation.aliases?.[operationId] ?? operationId);
  for (const { block } of [...(context.operation.guards ?? []), ...(context.operation.turns ?? [])]) want(block);
  return all.filter((one) => wanted.has(one));
};

const isSetEnv = ({ operation }: Placed): boolean => operation.setEnv !== undefined;

/** True where one value holds for the whole run. */
const isShared = ({ operation, phase }: Placed): boolean => phase.on === 'runner' || operation.scope === 'run';

const isDecision = ({ operation }: CallContext, writer: Placed): boolean =>
  [...(operation.guards ?? []), ...(operation.turns ?? [])].some(({ block }) => block === writer.operation.id);

/** Whether variables that one operation sets are seen by another: as `whyNotBefore` of the job reader has it, on the expanded list. */
const isBefore = (writer: Placed, reader: Placed): boolean => {
  const inTurns = (writer.operation.turns ?? []).every(({ block, turn }) =>
    reader.operation.turns?.some((one) => one.block === block && one.turn === turn),
  );
  if (!inTurns) return false;
  if (writer.groupIndex !== reader.groupIndex) return writer.groupIndex < reader.groupIndex;
  if (writer.phaseIndex === reader.phaseIndex) return writer.index < reader.index;
  return writer.phaseIndex < reader.phaseIndex;
};

const placedLists = new WeakMap<Job, readonly Placed[]>();

const placedOperations = (job: Job): readonly Placed[] => {
  const known = placedLists.get(job);
  if (known !== undefined) return known;
  const list = job.spec.groups.flatMap((group, groupIndex) =>
    group.phases.flatMap((phase, phaseIndex) =>
      phase.operations.map((operation, index) => ({ operation, phase, groupIndex, phaseIndex, index })),
    ),
  );
  placedLists.set(job, list);
  return list;
};

const templatesOf = ({ job, group, phase, operation }: CallContext): readonly string[] => [
  ...[job.spec.env, group.env, phase.env, operation.env, operation.with ?? {}, operation.setEnv ?? {}].flatMap((env) =>
    Object.values(env),
  ),
  ...operation.args,
  ...[operation.echo, operation.fail, operation.extract?.from, operation.forEach].filter(
    (text) => typeof text === 'string',
  ),
];

const referencesOf = (context: CallContext): readonly OutputReference[] => [
  ...templatesOf(context).flatMap((text) => outputReferences(parseTemplate(text))),
  ...[context.operation.when, context.operation.if].flatMap((text) =>
    text === undefined ? [] : outputReferences(parseCondition(text)),
  ),
];

/** The id under which outputs of an operation are kept on a node: one for the whole run where it runs once. */
export const outputsNodeOf = (
  { phase, operation }: Pick<CallContext, 'phase' | 'operation'>,
  nodeId: NodeId,
): NodeId => (phase.on === 'runner' || operation.scope === 'run' ? runnerOutputsNode : nodeId);
