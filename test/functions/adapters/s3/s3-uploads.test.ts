import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { policySignature, signUploadForm } from '#functions/adapters/s3/post-policy.ts';
import { createS3Blobs } from '#functions/adapters/s3/s3-blobs.ts';
import { blobsContract } from '#test/contract/blobs-contract.ts';
import { startS3Endpoint } from '#test/kit/s3-endpoint.ts';

blobsContract('S3', async () => {
  const endpoint = await startS3Endpoint();
  const { url, credentials } = endpoint;
  const client = new S3Client({ endpoint: url, forcePathStyle: true, region: 'eu-west-1', credentials });
  return {
    blobs: createS3Blobs({ client, bucket: 'blobs', keyPrefix: 'kept/' }),
    close: async () => {
      client.destroy();
      await endpoint.stop();
    },
  };
});

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};

describe('a form for uploads', () => {
  // S3 API reference, "Example: Browser-Based Upload using HTTP POST (Using AWS Signature Version 4)".
  it('is signed as the published example is', () => {
    const policy = [
      'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVi',
      'dWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3Vj',
      'Y2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwN',
      'CiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwN',
      'CiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0s',
      'DQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAg',
      'IHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9',
    ].join('');
    const credential = `${credentials.accessKeyId}/20151229/us-east-1/s3/aws4_request`;
    expect(policySignature(credentials.secretAccessKey, credential, policy)).toBe(
      '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e',
    );
  });

  it('leads to the bucket as the region and its name say', async () => {
    const formOf = async (bucket: string) => {
      const client = new S3Client({ region: 'eu-west-1', credentials });
      const grant = { prefix: 'output/r/', since: '2026-01-02T03:04:05Z', expiresSeconds: 60, maxBytes: 10 };
      return createS3Blobs({ client, bucket, keyPrefix: 'blobs/' }).allowUploads(grant);
    };
    expect((await formOf('drover-blobs'))?.url).toBe('https://drover-blobs.s3.eu-west-1.amazonaws.com/');
    expect((await formOf('drover.blobs'))?.url).toBe('https://s3.eu-west-1.amazonaws.com/drover.blobs');
    expect(await formOf('drover-blobs')).toMatchObject({
      keyPrefix: 'blobs/output/r/',
      fields: {
        'x-amz-credential': 'AKIAIOSFODNN7EXAMPLE/20260102/eu-west-1/s3/aws4_request',
        'x-amz-date': '20260102T030405Z',
      },
    });
  });

  it('has a condition for each of its fields', () => {
    const place = { url: 'http://s3', bucket: 'b', keyPrefix: 'k/' };
    const grant = { prefix: 'p/', since: '2026-01-02T03:04:05Z', expiresSeconds: 60, maxBytes: 10 };
    const form = signUploadForm({ ...credentials, region: 'eu-west-1', sessionToken: 'token' }, place, grant);
    expect(JSON.parse(form.policy)).toEqual({
      expiration: '2026-01-02T03:05:05.000Z',
      conditions: [
        { bucket: 'b' },
        ['starts-with', '$key', 'k/p/'],
        ['content-length-range', 0, 10],
        ...Object.entries(form.fields)
          .filter(([name]) => name !== 'x-amz-signature')
          .map(([name, value]) => ({ [name]: value })),
      ],
    });
    expect(form.fields['x-amz-security-token']).toBe('token');
  });
});
