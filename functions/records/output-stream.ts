import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { AppError, isAppError, messageOf } from '#shared/errors/app-error.ts';
import type { Outcome, Upload } from '#shared/model/outcome.ts';
import type { Blobs } from '#shared/ports/services.ts';
import type { Stream } from '#shared/script/upload-key.ts';
import { readJson } from './json-blob.ts';
import { textBlobSchema } from './text-blob.ts';

/** What is kept of one stream of a result. */
export interface OutputStream {
  /** Bytes that the script printed. */
  readonly totalBytes: number;
  /** Bytes that are kept: fewer where something is missing, with a line in its place. */
  readonly keptBytes: number;
  /** True when all that the script printed is kept. */
  readonly complete: boolean;
  /** Of the printed bytes, as the node computed it; null where it did not. */
  readonly sha256: string | null;
  /** The blob that holds it, when the node uploaded it. */
  readonly upload?: Upload;
  /**
   * The kept bytes from an offset on, chunk by chunk: however much it is, little of it is in memory.
   * @throws AppError `output.not-found` when the blob is gone, `output.damaged` when it cannot be read
   */
  read(offset: number): AsyncIterable<Uint8Array>;
}

/** Bytes that leave the decompression at once. */
const chunkBytes = 256 * 1024;

async function* skip(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield left === 0 ? chunk : chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

const gunzip = (chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> => {
  const unzipped = createGunzip({ chunkSize: chunkBytes });
  // What goes wrong on either side is thrown to whoever reads the result.
  pipeline(Readable.from(chunks), unzipped, () => undefined);
  return unzipped;
};

const gone = (cause: unknown): AppError =>
  new AppError('output.not-found', 'This output is not kept any more', {
    cause,
    hint: 'Outputs are kept for as many days as the deployment says (retentionDays).',
  });

async function* readUpload(blobs: Blobs, { blob, gzip }: Upload, offset: number): AsyncGenerator<Uint8Array> {
  try {
    const { chunks } = await blobs.read(blob, { start: gzip ? 0 : offset });
    yield* gzip ? skip(gunzip(chunks), offset) : chunks;
  } catch (error) {
    if (isAppError(error)) throw error.code === 'blob.not-found' ? gone(error) : error;
    throw new AppError('output.damaged', `The kept output cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

const textOf = async (blobs: Blobs, { textBlob, ...outcome }: Outcome, stream: Stream): Promise<string> => {
  if (textBlob === null) return outcome[stream];
  try {
    return (await readJson(blobs, textBlob, textBlobSchema))[stream];
  } catch (error) {
    throw isAppError(error) && error.code === 'blob.not-found' ? gone(error) : error;
  }
};

/** What is kept of a stream: the bytes that the node uploaded, else the text that its agent returned. */
export const openOutput = async (blobs: Blobs, outcome: Outcome, stream: Stream): Promise<OutputStream> => {
  const totalBytes = outcome[`${stream}Bytes`];
  const upload = outcome.uploads?.[stream];
  if (upload !== undefined) {
    const read = (offset: number) => readUpload(blobs, upload, offset);
    return { totalBytes, keptBytes: totalBytes, complete: true, sha256: upload.sha256, upload, read };
  }
  const bytes = utf8ToBytes(await textOf(blobs, outcome, stream));
  return {
    totalBytes,
    keptBytes: bytes.length,
    complete: outcome.omittedBytes === 0 || bytes.length === totalBytes,
    sha256: null,
    read: (offset) => Readable.from(offset < bytes.length ? [bytes.subarray(offset)] : []),
  };
};
