import { S3Client } from '@aws-sdk/client-s3';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import type { Blobs } from '#shared/ports/services.ts';
import { readBucketEnv } from './env.ts';

/** The blobs of the deployed stack. */
export const openBlobs = (): Blobs => createS3Blobs({ ...readBucketEnv(), client: new S3Client(ownClientConfig) });
