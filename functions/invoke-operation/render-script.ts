import { fenceOf } from '#functions/records/fence-of.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import type { SliceKey } from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchNode, RunRecord } from '#shared/model/run.ts';
import { type Shell, shellOf } from '#shared/script/interpreters.ts';
import { type RenderedWrapper, renderWrapper } from '#shared/script/wrapper.ts';
import type { NodeCall } from './node-values.ts';

/** A node to send to, with its values. */
export interface Recipient {
  readonly batchNode: BatchNode;
  readonly call: NodeCall & { readonly kind: 'send' };
}

/** What goes into one script for one batch. */
export interface ScriptInput {
  readonly run: RunRecord;
  readonly key: SliceKey;
  readonly operation: Operation;
  readonly agent: AgentKind;
  readonly textBytes: number;
  readonly tryNumber: number;
  readonly recipients: readonly Recipient[];
}

/** Time of an operation, in whole seconds, at least one. */
export const timeoutSecondsOf = (operation: Operation): number =>
  Math.max(1, Math.ceil(parseDurationMs(operation.timeout) / 1000));

/**
 * The wrapper for one operation on one batch. Values that are the same on all nodes are written once; the others come in a small table by
 * instance id, so that a batch stays one sending.
 */
export const renderScript = (input: ScriptInput): RenderedWrapper => {
  const { run, key, operation, recipients } = input;
  const common = commonEnv(recipients);
  const alike = recipients.every(({ call, batchNode }) => isPlain(batchNode) && sameCall(call, recipients[0]?.call));
  return renderWrapper({
    shell: shellOfBatch(recipients),
    fence: fenceOf({ run, key, operationId: operation.id, tryNumber: input.tryNumber }),
    interpreter: operation.interpreter,
    script: scriptOf(operation),
    args: alike ? (recipients[0]?.call.args ?? []) : [],
    env: common,
    ...(alike
      ? {}
      : {
          perInstance: Object.fromEntries(
            recipients.map((one) => [one.batchNode.via.instanceId, ownValues(one, common)]),
          ),
        }),
    instanceIdFrom: input.agent === 'aws' ? 'ssm' : 'aliyun',
    timeoutSeconds: timeoutSecondsOf(operation),
    ...(operation.workingDirectory === undefined ? {} : { workingDirectory: operation.workingDirectory }),
    ...(operation.reboot === true ? { reboot: true } : {}),
    ...(operation.runAs === undefined ? {} : { runAs: operation.runAs }),
    textBytes: input.textBytes,
  });
};

/** @throws AppError `internal.bug` for what is no script: Drover does that itself, and never sends it. */
const scriptOf = ({ id, run }: Operation): string => {
  if (run === undefined) throw new AppError('internal.bug', `Operation ${id} has no script`);
  return run;
};

/** What runs the wrapper on the nodes of a batch, which all have the same. */
export const shellOfBatch = (recipients: readonly Recipient[]): Shell =>
  shellOf(recipients[0]?.batchNode.via.os ?? 'linux');

/** True when the instance alone says which node is meant: then the fence needs no name of the node. */
const isPlain = ({ node, via }: BatchNode): boolean =>
  node.id === node.instanceId && via.instanceId === node.instanceId;

const sameCall = (one: Recipient['call'], other: Recipient['call'] | undefined): boolean =>
  JSON.stringify([one.env, one.args]) === JSON.stringify([other?.env, other?.args]);

const commonEnv = (recipients: readonly Recipient[]): Record<string, string> => {
  const [first, ...rest] = recipients;
  return Object.fromEntries(
    Object.entries(first?.call.env ?? {}).filter(([name, value]) => rest.every(({ call }) => call.env[name] === value)),
  );
};

const ownValues = ({ batchNode, call }: Recipient, common: Readonly<Record<string, string>>) => ({
  nodeKey: batchNode.node.id,
  env: Object.fromEntries(Object.entries(call.env).filter(([name]) => !Object.hasOwn(common, name))),
  args: call.args,
});
