import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { callService, type OwnService } from '#functions/adapters/aws/service-error.ts';
import { AppError } from '#shared/errors/app-error.ts';
import type { Blobs } from '#shared/ports/services.ts';

/** What the blobs need. */
export interface S3BlobsOptions {
  readonly client: S3Client;
  readonly bucket: string;
  /** Put before every key, such as `blobs/`; may be empty. */
  readonly keyPrefix: string;
}

const read = async ({ client, bucket, keyPrefix }: S3BlobsOptions, key: string): Promise<Uint8Array | undefined> => {
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}` }));
    return await Body?.transformToByteArray();
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
};

/**
 * Blobs in a bucket.
 * All methods throw AppError: `store.unavailable` (throttled, no network), `config.invalid` (no such bucket, no right). A role without
 * `s3:ListBucket` gets the latter for a blob that is not there, since S3 then does not say so (GetObject API reference).
 */
export const createS3Blobs = (options: S3BlobsOptions): Blobs => {
  const { client, bucket, keyPrefix } = options;
  const service: OwnService = { name: `The bucket ${bucket}`, unavailable: 'store.unavailable' };
  return {
    put: async (key, bytes) => {
      const command = new PutObjectCommand({ Bucket: bucket, Key: `${keyPrefix}${key}`, Body: bytes });
      await callService(service, client.send(command));
    },
    get: async (key) => {
      const bytes = await callService(service, read(options, key));
      if (bytes === undefined) throw new AppError('blob.not-found', `There is no blob ${key}`);
      return bytes;
    },
  };
};
