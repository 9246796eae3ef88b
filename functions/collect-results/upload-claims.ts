import type { Outcome, Upload } from '#shared/model/outcome.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { FinishedEnvelope } from '#shared/script/envelope.ts';
import { fenceName } from '#shared/script/fence.ts';
import { gapText } from '#shared/script/printed-text.ts';
import { type Stream, streams, uploadKey } from '#shared/script/upload-key.ts';

/** Where the uploads of one node lie. */
export interface UploadPlace {
  readonly runId: string;
  readonly fence: string;
  readonly instanceId: string;
  readonly nodeId: string;
}

/** What a node says it uploaded, and how many bytes of that stream are not in its answer. */
export interface UploadClaim {
  readonly stream: Stream;
  readonly upload: Upload;
  readonly missingBytes: number;
}

/** Bytes of a stream that the answer does not hold: those that the wrapper left out, and those that the agent cut off on top. */
export const missingBytes = (envelope: FinishedEnvelope, stream: Stream): number => {
  const cutBytes = envelope[`${stream}CutBytes`];
  if (envelope.textComplete) return cutBytes;
  const shownBytes = new TextEncoder().encode(envelope[stream].replace(gapText(cutBytes), '')).length;
  return cutBytes + Math.max(0, envelope[`${stream}Bytes`] - cutBytes - shownBytes);
};

/** The node's own part of its fence: none, or its id. Undefined for a name that is neither, which no wrapper of ours writes. */
const nodeKeyOf = (name: string, { fence, nodeId }: UploadPlace): { readonly nodeKey?: string } | undefined => {
  if (name === fenceName(fence)) return {};
  return name === fenceName(fence, nodeId) ? { nodeKey: nodeId } : undefined;
};

/** What the node says of its uploads. Keys are made here: a node names no blob. */
export const uploadClaims = (envelope: FinishedEnvelope, place: UploadPlace): readonly UploadClaim[] => {
  const own = nodeKeyOf(envelope.fenceName, place);
  if (own === undefined) return [];
  return streams.flatMap((stream) => {
    const upload = envelope[`${stream}Upload`];
    if (upload?.kind !== 'uploaded') return [];
    const { gzip, sha256 } = upload;
    const blob = uploadKey({ ...place, ...own }, stream, gzip);
    return [{ stream, upload: { blob, gzip, sha256 }, missingBytes: missingBytes(envelope, stream) }];
  });
};

/** Why a stream was not uploaded that should have been, as the node says it. */
export const uploadProblem = ({ stdoutUpload, stderrUpload }: FinishedEnvelope): string | undefined =>
  [stdoutUpload, stderrUpload].find((upload) => upload?.kind === 'failed')?.reason;

/** The outcome with the uploads that are really there. A blob that a node only says to have uploaded counts as lost bytes. */
export const withUploads = async (
  blobs: Pick<Blobs, 'size'>,
  outcome: Outcome,
  claims: readonly UploadClaim[] = [],
): Promise<Outcome> => {
  let confirmed = outcome;
  for (const { stream, upload, missingBytes: missing } of claims) {
    const isThere = (await blobs.size(upload.blob)) !== undefined;
    confirmed = isThere
      ? {
          ...confirmed,
          uploads: { ...confirmed.uploads, [stream]: upload },
          omittedBytes: confirmed.omittedBytes - missing,
        }
      : { ...confirmed, uploads: { ...confirmed.uploads, problem: 'the node says that it did, and it is not there' } };
  }
  return confirmed;
};
