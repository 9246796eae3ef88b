import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { callService, type OwnService } from '#functions/adapters/aws/service-error.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { BlobPart, Blobs } from '#shared/ports/services.ts';
import { signUploadForm } from './post-policy.ts';

/** What the blobs need. */
export interface S3BlobsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Put before every key, such as `blobs/`; may be empty. */
  readonly keyPrefix: string;
}

type Range = { readonly start: number; readonly length?: number };

const open = async (
  { client, bucket, keyPrefix }: S3BlobsOptions,
  key: string,
  range?: string,
): Promise<GetObjectCommandOutput | undefined> => {
  try {
    return await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}`, Range: range }));
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

const sizeOf = async ({ client, bucket, keyPrefix }: S3BlobsOptions, key: string): Promise<number | undefined> => {
  try {
    return (await client.send(new HeadObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}` }))).ContentLength ?? 0;
  } catch (error) {
    if (error instanceof NotFound) return undefined;
    throw error;
  }
};

async function* chunksOf(body: GetObjectCommandOutput['Body']): AsyncGenerator<Uint8Array> {
  if (body === undefined) return;
  for await (const chunk of body.transformToWebStream()) yield chunk;
}

const rangeHeader = ({ start, length }: Range): string | undefined => {
  if (length !== undefined) return `bytes=${start}-${start + length - 1}`;
  return start === 0 ? undefined : `bytes=${start}-`;
};

const isBehindEnd = (error: unknown): boolean => error instanceof S3ServiceException && error.name === 'InvalidRange';

/** A part of an object; undefined when there is no such object. S3 refuses a range that begins at the end or behind it. */
const readPart = async (options: S3BlobsOptions, key: string, range: Range): Promise<BlobPart | undefined> => {
  if (range.length !== 0) {
    try {
      const answer = await open(options, key, rangeHeader(range));
      if (answer === undefined) return undefined;
      const totalBytes = Number(answer.ContentRange?.split('/')[1] ?? answer.ContentLength ?? 0);
      return { totalBytes, chunks: chunksOf(answer.Body) };
    } catch (error) {
      if (!isBehindEnd(error)) throw error;
    }
  }
  const totalBytes = await sizeOf(options, key);
  return totalBytes === undefined ? undefined : { totalBytes, chunks: chunksOf(undefined) };
};

/** Objects below a prefix, a page of 1,000 at a time, as many as one DeleteObjects takes. */
const removeBelow = async ({ client, bucket, keyPrefix }: S3BlobsOptions, prefix: string): Promise<void> => {
  for (;;) {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${keyPrefix}${prefix}` }));
    const objects = (page.Contents ?? []).map(({ Key }) => ({ Key }));
    if (objects.length === 0) return;
    const command = new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: objects, Quiet: true } });
    const [refused] = (await client.send(command)).Errors ?? [];
    if (refused !== undefined)
      throw new AppError('config.invalid', `S3 does not remove ${refused.Key}: ${refused.Code} ${refused.Message}`, {
        hint: 'Give the function the right s3:DeleteObject on the blobs of runs.',
      });
  }
};

/** Address of the bucket, as the client would call it: with a custom endpoint, path style and all. */
const bucketUrl = async ({ client, bucket }: S3BlobsOptions): Promise<string> => {
  const url = new URL(await getSignedUrl(client, new GetObjectCommand({ Bucket: bucket, Key: 'k' })));
  const path = url.pathname.slice(0, -'/k'.length);
  return `${url.origin}${path === '' ? '/' : path}`;
};

const notThere = (key: string): AppError => new AppError('blob.not-found', `There is no blob ${key}`);

/**
 * Blobs in a bucket.
 * All methods throw AppError: `store.unavailable` (throttled, no network), `config.invalid` (no such bucket, no right). A role without
 * `s3:ListBucket` gets the latter for a blob that is not there, since S3 then does not say so (GetObject API reference).
 * Forms and addresses hold as long as the client's credentials do, whatever they say themselves.
 */
export const createS3Blobs = (options: S3BlobsOptions): Blobs => {
  const { client, bucket, keyPrefix } = options;
  const service: OwnService = { name: `The bucket ${bucket}`, unavailable: 'store.unavailable' };
  let url: Promise<string> | undefined;
  return {
    put: async (key, bytes) => {
      const command = new PutObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}`, Body: bytes });
      await callService(service, client.send(command));
    },
    get: async (key) => {
      const bytes = await callService(
        service,
        open(options, key).then((found) => found?.Body?.transformToByteArray()),
      );
      if (bytes === undefined) throw notThere(key);
      return bytes;
    },
    read: async (key, range = { start: 0 }) => {
      const part = await callService(service, readPart(options, key, range));
      if (part === undefined) throw notThere(key);
      return part;
    },
    remove: async (key) => {
      await callService(service, client.send(new DeleteObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}` })));
    },
    removeBelow: (prefix) => callService(service, removeBelow(options, prefix)),
    size: (key) => callService(service, sizeOf(options, key)),
    allowUploads: async (grant) => {
      url ??= bucketUrl(options);
      const [credentials, region, place] = await callService(
        service,
        Promise.all([client.config.credentials(), client.config.region(), url]),
      );
      return signUploadForm({ ...credentials, region }, { url: place, bucket, keyPrefix }, grant);
    },
    addressOf: (key, { expiresSeconds, gzip, fileName }) =>
      callService(
        service,
        getSignedUrl(
          client,
          new GetObjectCommand({
            Bucket: bucket,
            Key: `${keyPrefix}${key}`,
            ResponseContentType: 'text/plain; charset=utf-8',
            ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
            ...(gzip ? { ResponseContentEncoding: 'gzip' } : {}),
          }),
          { expiresIn: expiresSeconds },
        ),
      ),
  };
};
