import { batchShell } from '#functions/records/batch-shell.ts';
import { fenceOf } from '#functions/records/fence-of.ts';
import { instanceIdFrom, nodeKeyOf } from '#functions/records/node-key.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { parseDurationMs } from '#shared/model/duration.ts';
import type { SliceKey } from '#shared/model/ids.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { Operation } from '#shared/model/operation.ts';
import type { BatchNode, RunRecord } from '#shared/model/run.ts';
import {
  type RenderedWrapper,
  renderWrapper,
  type SecretText,
  type UploadInput,
  type WrapperFile,
  type WrapperSecrets,
} from '#shared/script/wrapper.ts';
import type { SecretTemplateText } from '#shared/secrets/secret-text.ts';
import type { NodeCall } from './node-values.ts';

/** A node to send to, with its values. */
export interface Recipient {
  readonly batchNode: BatchNode;
  readonly call: NodeCall & { readonly kind: 'send' };
}

/** How the secrets come, and the params that they are the values of, by number. */
export interface CarriedSecrets {
  readonly carried: WrapperSecrets;
  readonly params: readonly string[];
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
  /** Absent when the operation has none. */
  readonly secrets?: CarriedSecrets | undefined;
  /** Files of the run that its values name. */
  readonly files?: readonly WrapperFile[];
  /** Absent: what the answer cannot hold stays on the nodes. */
  readonly upload?: UploadInput | undefined;
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
  const common = {
    env: commonOf(recipients.map(({ call }) => call.env)),
    secretEnv: commonOf(recipients.map(({ call }) => call.secretEnv)),
  };
  const secretEnvOf = numbering(input.secrets?.params ?? []);
  const alike = recipients.every(
    ({ call, batchNode }) => nodeKeyOf(batchNode) === undefined && sameCall(call, recipients[0]?.call),
  );
  return renderWrapper({
    shell: batchShell(recipients.map(({ batchNode }) => batchNode)),
    fence: fenceOf({ run, key, operationId: operation.id, tryNumber: input.tryNumber }),
    interpreter: operation.interpreter,
    script: scriptOf(operation),
    ...(operation.command === undefined ? {} : { libraries: operation.command.libraries }),
    ...(input.files === undefined || input.files.length === 0 ? {} : { files: input.files }),
    args: alike ? (recipients[0]?.call.args ?? []) : [],
    env: common.env,
    ...(input.secrets === undefined
      ? {}
      : { secrets: input.secrets.carried, secretEnv: secretEnvOf(common.secretEnv) }),
    ...(alike
      ? {}
      : {
          perInstance: Object.fromEntries(
            recipients.map(({ batchNode, call }) => [
              batchNode.via.instanceId,
              {
                ...keyed(batchNode),
                env: withoutCommon(call.env, common.env),
                secretEnv: secretEnvOf(withoutCommon(call.secretEnv, common.secretEnv)),
                args: call.args,
              },
            ]),
          ),
        }),
    instanceIdFrom: instanceIdFrom(input.agent),
    timeoutSeconds: timeoutSecondsOf(operation),
    ...(operation.workingDirectory === undefined ? {} : { workingDirectory: operation.workingDirectory }),
    ...(operation.reboot === true ? { reboot: true } : {}),
    ...(operation.runAs === undefined ? {} : { runAs: operation.runAs }),
    textBytes: input.textBytes,
    ...(input.upload === undefined ? {} : { upload: input.upload }),
  });
};

/** @throws AppError `internal.bug` for what is no script: Drover does that itself, and never sends it. */
const scriptOf = ({ id, run }: Operation): string => {
  if (run === undefined) throw new AppError('internal.bug', `Operation ${id} has no script`);
  return run;
};

const keyed = (batchNode: BatchNode): { readonly nodeKey?: string } => {
  const nodeKey = nodeKeyOf(batchNode);
  return nodeKey === undefined ? {} : { nodeKey };
};

const sameCall = (one: Recipient['call'], other: Recipient['call'] | undefined): boolean =>
  isSame([one.env, one.secretEnv, one.args], [other?.env, other?.secretEnv, other?.args]);

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** What all have alike, name by name. */
const commonOf = <T>(all: readonly Readonly<Record<string, T>>[]): Readonly<Record<string, T>> => {
  const [first, ...rest] = all;
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([name, value]) => rest.every((one) => isSame(one[name], value))),
  );
};

const withoutCommon = <T>(own: Readonly<Record<string, T>>, common: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(own).filter(([name]) => !Object.hasOwn(common, name)));

/** Variables with secrets, which the wrapper knows by number. */
const numbering =
  (params: readonly string[]) =>
  (env: Readonly<Record<string, SecretTemplateText>>): Record<string, SecretText> =>
    Object.fromEntries(
      Object.entries(env).map(([name, parts]) => [
        name,
        parts.map((part) => (typeof part === 'string' ? part : params.indexOf(part.param))),
      ]),
    );
