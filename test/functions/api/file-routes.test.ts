import { describe, expect, test } from 'vitest';
import { problemSchema } from '#shared/contract/problem.ts';
import { maxFileBytes } from '#shared/files/file-value.ts';
import { makeApp } from './hand-made-services.ts';

const post = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
const sha256 = 'a'.repeat(64);
const offer = { name: 'it’s é.pem', sha256, bytes: 3 };

describe('files', () => {
  test('are offered, then completed by who asks', async () => {
    const { call, asked } = makeApp();
    const offered = await call('/v1/files', post(offer));
    expect([offered.status, await offered.json()]).toEqual([200, { url: 'http://blobs/', fields: { key: 'files/x' } }]);
    const completed = await call(`/v1/files/${sha256}`, post({ name: 'cert.pem' }));
    expect([completed.status, await completed.json()]).toEqual([200, { value: `sha256:${sha256}/cert.pem`, bytes: 3 }]);
    expect(asked).toEqual([
      ['offerFile', offer],
      ['completeFile', sha256, { name: 'cert.pem' }, expect.any(String)],
    ]);
  });

  test.each([
    ['/v1/files', { ...offer, bytes: maxFileBytes + 1 }, /100 MiB/],
    ['/v1/files', { ...offer, bytes: -1 }, /bytes/],
    ['/v1/files', { ...offer, name: '../x' }, /not a file name/],
    ['/v1/files', { ...offer, sha256: 'abc' }, /SHA-256/],
    ['/v1/files/abc', { name: 'x' }, /SHA-256/],
    [`/v1/files/${sha256}`, { name: 'a/b' }, /not a file name/],
  ])('are refused at %s with %j', async (path, body, message) => {
    const { call, asked } = makeApp();
    const response = await call(path, post(body));
    expect(response.status).toBe(400);
    expect(JSON.stringify(problemSchema.parse(await response.json()))).toMatch(message);
    expect(asked).toEqual([]);
  });
});
