import { S3Client } from '@aws-sdk/client-s3';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import { bucketFolders } from '#shared/persistence/bucket.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { readBucketEnv } from './env.ts';
import { meteredBlobs } from './metered-blobs.ts';
import { processMeter } from './process.ts';

/** The blobs of the deployed stack. */
export const openBlobs = (): Blobs =>
  meteredBlobs(createS3Blobs({ ...readBucketEnv(), client: new S3Client(ownClientConfig) }), processMeter);

/** The contents of the library of the deployed stack: in a folder of their own, which nothing expires in. */
export const openLibraryBlobs = (): Blobs =>
  createS3Blobs({ ...readBucketEnv(), keyPrefix: bucketFolders.library, client: new S3Client(ownClientConfig) });
