import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { fenceOf } from '#functions/records/fence-of.ts';
import type { RunId } from '#shared/model/ids.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { uploadKey } from '#shared/script/upload-key.ts';
import type { Recorded } from './scripted-agent.ts';

/** Puts what a node would have uploaded, and gives what its wrapper would then have recorded: head of stdout, sizes, digest. */
export const uploadAsNode = async (
  blobs: Blobs,
  { runId, operation, instanceId }: { readonly runId: RunId; readonly operation: string; readonly instanceId: string },
  { bytes, gzip = true, shown = 10 }: { readonly bytes: Uint8Array; readonly gzip?: boolean; readonly shown?: number },
): Promise<Recorded> => {
  const fence = fenceOf({ run: { runId }, key: { attempt: 1, stageIndex: 0 }, operationId: operation, tryNumber: 0 });
  await blobs.put(uploadKey({ runId, fence, instanceId }, 'stdout', gzip), gzip ? gzipSync(bytes) : bytes);
  const digest = createHash('sha256').update(bytes).digest('hex');
  return {
    exit: 0,
    stdout: Buffer.from(bytes.subarray(0, shown)).toString(),
    cutBytes: bytes.length - shown,
    uploads: `u${gzip ? 'g' : 'r'}${digest},-,`,
  };
};
