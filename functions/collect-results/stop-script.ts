import { batchShell } from '#functions/records/batch-shell.ts';
import { fenceOf } from '#functions/records/fence-of.ts';
import { instanceIdFrom, nodeKeyOf } from '#functions/records/node-key.ts';
import type { SliceKey } from '#shared/model/ids.ts';
import type { Operation } from '#shared/model/job.ts';
import type { AgentKind } from '#shared/model/node.ts';
import type { BatchNode, RunRecord } from '#shared/model/run.ts';
import { type RenderedWrapper, renderStop } from '#shared/script/wrapper.ts';

/** What ends one operation on nodes of one batch. */
export interface StopScriptInput {
  readonly run: RunRecord;
  readonly key: SliceKey;
  readonly operation: Operation;
  readonly tryNumber: number;
  readonly agent: AgentKind;
  readonly nodes: readonly BatchNode[];
}

/** The script that ends an operation on its nodes. It carries their fences and nothing else of the operation. */
export const renderStopScript = ({
  run,
  key,
  operation,
  tryNumber,
  agent,
  nodes,
}: StopScriptInput): RenderedWrapper => {
  const keys = nodes.map((one) => ({ instanceId: one.via.instanceId, nodeKey: nodeKeyOf(one) }));
  const isPlain = keys.every(({ nodeKey }) => nodeKey === undefined);
  return renderStop({
    shell: batchShell(nodes),
    fence: fenceOf({ run, key, operationId: operation.id, tryNumber }),
    interpreter: operation.interpreter,
    script: '',
    env: {},
    ...(isPlain
      ? {}
      : {
          perInstance: Object.fromEntries(
            keys.map(({ instanceId, nodeKey }) => [instanceId, nodeKey === undefined ? {} : { nodeKey }]),
          ),
        }),
    instanceIdFrom: instanceIdFrom(agent),
    timeoutSeconds: 1,
    ...(operation.reboot === true ? { reboot: true } : {}),
    ...(operation.runAs === undefined ? {} : { runAs: operation.runAs }),
    textBytes: 0,
  });
};
