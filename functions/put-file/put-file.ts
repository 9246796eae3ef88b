import { createHash } from 'node:crypto';
import type { CompleteFileRequest, FileOffer, FileView, OfferFileRequest } from '#shared/contract/file-requests.ts';
import { AppError, isAppError } from '#shared/errors/app-error.ts';
import { fileKey, fileMark, fileUploadPrefix, formatFileValue } from '#shared/files/file-value.ts';
import { type Blobs, type Clock, type Log, nowIso } from '#shared/ports/services.ts';

/** What taking a file needs. */
export interface PutFileDeps {
  readonly blobs: Pick<Blobs, 'allowUploads' | 'read' | 'put'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Time for the upload of a file. */
const uploadSeconds = 900;

/**
 * Says where a file is to be sent. It goes to the blobs directly, past the API, which takes little. Files are kept by their digest; sending one
 * again makes it young again, as files end by their age.
 * @throws AppError `file.unsupported` where the blobs take no uploads
 */
export const offerFile =
  ({ blobs, clock }: PutFileDeps) =>
  async ({ sha256, bytes }: OfferFileRequest): Promise<FileOffer> => {
    const grant = {
      prefix: fileUploadPrefix(sha256),
      since: nowIso(clock),
      expiresSeconds: uploadSeconds,
      maxBytes: bytes,
    };
    const form = await blobs.allowUploads(grant);
    if (form === undefined)
      throw new AppError('file.unsupported', 'This server takes no files: nobody can reach its blobs', {
        hint: 'Use a server of its own (drover local up, or the deployed API).',
      });
    const policy = Buffer.from(form.policy).toString('base64');
    return { url: form.url, fields: { key: form.keyPrefix, policy, ...form.fields } };
  };

/**
 * Compares what was sent with its digest; only then a run can be given the file. Doing it again is harmless.
 * @throws AppError `file.not-found` when nothing was sent, `file.wrong` when it has another digest
 */
export const completeFile =
  ({ blobs, log }: PutFileDeps) =>
  async (sha256: string, { name }: CompleteFileRequest, actor: string): Promise<FileView> => {
    const { digest, bytes } = await digestOf(blobs, sha256);
    if (digest !== sha256)
      throw new AppError('file.wrong', `What was sent as '${name}' has another digest (${digest})`, {
        hint: 'Send it again; did the file change meanwhile?',
      });
    await blobs.put(fileMark(sha256), new Uint8Array());
    log.info('file.put', { sha256, bytes, actor });
    return { value: formatFileValue({ sha256, name }), bytes };
  };

const digestOf = async (
  blobs: Pick<Blobs, 'read'>,
  sha256: string,
): Promise<{ readonly digest: string; readonly bytes: number }> => {
  const hash = createHash('sha256');
  try {
    const { totalBytes, chunks } = await blobs.read(fileKey(sha256));
    for await (const chunk of chunks) hash.update(chunk);
    return { digest: hash.digest('hex'), bytes: totalBytes };
  } catch (error) {
    if (!isAppError(error, 'blob.not-found')) throw error;
    throw new AppError('file.not-found', `No file with the digest ${sha256} was sent`, { cause: error });
  }
};
