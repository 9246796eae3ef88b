import { createHash } from 'node:crypto';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import type { Blobs } from '#shared/ports/services.ts';
import {
  clientOf,
  startWireServer,
  type WireAnswer,
  type WireRequest,
  type WireServer,
} from '#test/functions/adapters/aws/wire-server.ts';

let server: WireServer;
let client: S3Client;

const open = async (answer: (request: WireRequest, before: number) => WireAnswer): Promise<Blobs> => {
  server = await startWireServer(answer);
  client = new S3Client({ ...clientOf(server), forcePathStyle: true, retryMode: 'adaptive', maxAttempts: 3 });
  return createS3Blobs({ client, bucket: 'kept', keyPrefix: 'blobs/' });
};

afterEach(async () => {
  client.destroy();
  await server.stop();
});

const xmlError = (status: number, code: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>said so</Message></Error>`,
});

/** Keeps objects as S3 does over path-style requests. */
const bucket = (): ((request: WireRequest) => WireAnswer) => {
  const objects = new Map<string, Buffer>();
  return ({ method, path, body }) => {
    const place = path.split('?')[0] ?? '';
    if (method === 'PUT') {
      objects.set(place, body);
      return { status: 200, headers: { etag: `"${createHash('md5').update(body).digest('hex')}"` } };
    }
    const found = objects.get(place);
    return found ? { status: 200, body: found } : xmlError(404, 'NoSuchKey');
  };
};

describe('blobs in a bucket', () => {
  it('gives back the bytes that were put, under the prefix', async () => {
    const blobs = await open(bucket());
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);

    await blobs.put('jobs/abc.json', bytes);
    const got = await blobs.get('jobs/abc.json');

    expect([...got]).toEqual([...bytes]);
    expect(server.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'PUT /kept/blobs/jobs/abc.json',
      'GET /kept/blobs/jobs/abc.json',
    ]);
  });

  it('removes a blob, under the prefix', async () => {
    const blobs = await open(() => ({ status: 204 }));
    await blobs.remove('secrets/r/i.abc');
    expect(server.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'DELETE /kept/blobs/secrets/r/i.abc',
    ]);
  });

  it('keeps an empty blob', async () => {
    const blobs = await open(bucket());
    await blobs.put('empty', new Uint8Array());
    expect(await blobs.get('empty')).toHaveLength(0);
  });

  it('says blob.not-found for a key that was never put', async () => {
    const blobs = await open(bucket());
    await expect(blobs.get('jobs/none.json')).rejects.toMatchObject({ code: 'blob.not-found' });
  });

  it('tries again when the bucket is slow or the line breaks', async () => {
    const answers: readonly WireAnswer[] = [xmlError(503, 'SlowDown'), 'drop', { status: 200, body: 'here' }];
    const blobs = await open((_, before) => answers[before] ?? xmlError(500, 'InternalError'));
    expect(Buffer.from(await blobs.get('k')).toString()).toBe('here');
    expect(server.requests).toHaveLength(3);
  });

  it('says store.unavailable, with the cause, when no try helps', async () => {
    const blobs = await open(() => xmlError(500, 'InternalError'));
    const error = await blobs.put('k', new Uint8Array([1])).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store.unavailable', cause: { name: 'InternalError' } });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['AccessDenied', 403],
    ['NoSuchBucket', 404],
  ])('says config.invalid for %s', async (code, status) => {
    const blobs = await open(() => xmlError(status, code));
    await expect(blobs.get('k')).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(code),
    });
    expect(server.requests).toHaveLength(1);
  });
});
