import { type Blobs, type Clock, nowIso } from '#shared/ports/services.ts';
import { uploadPrefix } from '#shared/script/upload-key.ts';
import type { UploadInput } from '#shared/script/wrapper.ts';

/** What a node may take, after its script ended, to upload output that its answer cannot hold. */
export const uploadSeconds = 120;

/** What S3 takes in one upload. */
const maxUploadBytes = 5 * 1024 ** 3;

/** A form is dated from the invocation's creation, so that a repeat sends the same bytes, unless that is so long ago. */
const freshSeconds = 300;

/** What an upload is for. */
export interface UploadNeed {
  readonly runId: string;
  readonly fence: string;
  /** When the invocation was written, RFC 3339. */
  readonly createdAt: string;
  /** By when, from now, every node must have answered. */
  readonly answerSeconds: number;
}

/** One form for all nodes of a batch: it lets them write below the prefix of this operation and attempt, and read nothing. */
export const uploadInput = async (
  { blobs, clock }: { readonly blobs: Pick<Blobs, 'allowUploads'>; readonly clock: Clock },
  { runId, fence, createdAt, answerSeconds }: UploadNeed,
): Promise<UploadInput | undefined> => {
  const isFresh = clock.now() - Date.parse(createdAt) < freshSeconds * 1000;
  const form = await blobs.allowUploads({
    prefix: uploadPrefix(runId, fence),
    since: isFresh ? createdAt : nowIso(clock),
    expiresSeconds: freshSeconds + answerSeconds,
    maxBytes: maxUploadBytes,
  });
  return form && { form, seconds: uploadSeconds };
};
