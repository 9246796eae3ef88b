import { join } from 'node:path';
import { CloudFault } from '../provider/cloud-fault.ts';
import type { EngineDeps } from '../provider/engine-deps.ts';
import { assistantId } from '../provider/ids.ts';
import type { EcsOperation } from './acs-dialect.ts';
import { base64Bytes } from './commands.ts';
import { pageFor } from './describe-operations.ts';
import type { FileJournal, FileResult, FileSending } from './file-journal.ts';
import type { RpcParameters } from './rpc-parameters.ts';
import { type FileOrder, writeInstanceFile } from './send-file.ts';
import { knownInstances } from './targets.ts';
import { utc } from './views.ts';

/** Limits of the SendFile reference. */
const CONTENT_BYTES = 32 * 1024;
const MOST_INSTANCES = 50;
const LONGEST_NAME = 255;
const PAGE = { min: 1, max: 50, absent: 10 } as const;

/** The operations that put files on instances. */
export const fileOperations = (
  files: FileJournal,
  deps: EngineDeps,
  instancesDir: string,
): Readonly<Record<string, EcsOperation>> => ({
  SendFile: (parameters, caller) => {
    const clientToken = parameters.text('ClientToken');
    const fingerprint = parameters.fingerprint('ClientToken');
    const earlier = clientToken === undefined ? undefined : files.byToken(caller.region, clientToken);
    if (earlier !== undefined && earlier.fingerprint !== fingerprint) {
      throw new CloudFault('IdempotentParameterMismatch', 'The same client token was used with other parameters.', 403);
    }
    if (earlier !== undefined) return { InvokeId: earlier.invokeId };
    const order = readOrder(parameters);
    const instanceIds = knownInstances(parameters.list('InstanceId'), MOST_INSTANCES, {
      caller,
      inventory: deps.inventory,
    });
    const invokeId = assistantId('f', deps.uuid());
    files.add({
      invokeId,
      region: caller.region,
      name: order.name,
      targetDir: order.targetDir,
      createdAtMs: deps.clock(),
      results: instanceIds.map((id) => sendTo(id, order, deps, instancesDir)),
      fingerprint,
      ...(clientToken === undefined ? {} : { clientToken }),
    });
    return { InvokeId: invokeId };
  },
  DescribeSendFileResults: (parameters, caller) => {
    const id = parameters.text('InvokeId');
    const instanceId = parameters.text('InstanceId');
    const found = files
      .list(caller.region)
      .filter((sending) => (id === undefined || sending.invokeId === id) && !deps.faults.hides(sending.invokeId));
    const page = pageFor(found, parameters, PAGE);
    const view = (sending: FileSending) => sendingView(sending, instanceId);
    return { Invocations: { Invocation: page.items.map(view) }, NextToken: page.nextToken, TotalCount: found.length };
  },
});

const readOrder = (parameters: RpcParameters): FileOrder => {
  const name = parameters.required('Name');
  const targetDir = parameters.required('TargetDir');
  if (name.length > LONGEST_NAME) throw new CloudFault('FileName.ExceedLimit', 'The name is too long.', 403);
  if (targetDir.length > LONGEST_NAME)
    throw new CloudFault('TargetDir.ExceedLimit', 'The folder name is too long.', 403);
  const raw = parameters.required('Content');
  const base64 = parameters.text('ContentType')?.toLowerCase() === 'base64';
  const encodedBytes = base64 ? raw.length : base64Bytes(raw);
  if (encodedBytes > CONTENT_BYTES)
    throw new CloudFault('FileContent.ExceedLimit', 'The content exceeds 32 KB after base64.', 403);
  return {
    name,
    targetDir,
    content: Buffer.from(raw, base64 ? 'base64' : 'utf8'),
    mode: parameters.text('FileMode') ?? '0644',
    owner: parameters.text('FileOwner') ?? 'root',
    group: parameters.text('FileGroup') ?? 'root',
    overwrite: parameters.flag('Overwrite'),
  };
};

const sendTo = (instanceId: string, order: FileOrder, deps: EngineDeps, instancesDir: string): FileResult => {
  const { behaviour } = deps.inventory.byId(instanceId) ?? { behaviour: { stopped: true } };
  const aborted = {
    instanceId,
    status: 'Aborted',
    errorInfo: 'The file could not be delivered.',
    endedAtMs: deps.clock(),
  } as const;
  if (behaviour.stopped === true) return { ...aborted, errorCode: 'InstanceNotRunning' };
  if (behaviour.offline === true) return { ...aborted, errorCode: 'ClientNotRunning' };
  if (deps.faults.chance(behaviour.flaky)) return { ...aborted, errorCode: 'ClientNotResponse' };
  return {
    instanceId,
    ...writeInstanceFile(join(instancesDir, instanceId), order, deps.users),
    endedAtMs: deps.clock(),
  };
};

const overall = (results: readonly FileResult[]): string => {
  const successes = results.filter((result) => result.status === 'Success').length;
  return successes === results.length ? 'Success' : successes === 0 ? 'Failed' : 'PartialFailed';
};

const sendingView = (sending: FileSending, instanceId: string | undefined) => ({
  InvokeId: sending.invokeId,
  Name: sending.name,
  TargetDir: sending.targetDir,
  CreationTime: utc(sending.createdAtMs),
  InvocationStatus: overall(sending.results),
  InvokeInstances: {
    InvokeInstance: sending.results
      .filter((result) => instanceId === undefined || result.instanceId === instanceId)
      .map((result) => ({
        InstanceId: result.instanceId,
        InvocationStatus: result.status,
        ErrorCode: result.errorCode,
        ErrorInfo: result.errorInfo,
        CreationTime: utc(sending.createdAtMs),
        StartTime: utc(sending.createdAtMs),
        FinishTime: utc(result.endedAtMs),
      })),
  },
});
