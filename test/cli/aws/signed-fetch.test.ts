import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { signedFetch } from '#cli/aws/signed-fetch.ts';

const secret = 'signing-key-of-a-test';
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

/** The signature that AWS would compute (IAM user guide, "Create a signed AWS API request"), from what arrived. */
const expectedSignature = ({ method, url = '', headers }: IncomingMessage, body: string): string => {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const [, scope = ''] = /Credential=[^/]+\/([^,]+)/.exec(headers.authorization ?? '') ?? [];
  const { pathname, searchParams } = new URL(url, 'http://x');
  const query = [...searchParams].map(([name, value]) => `${encode(name)}=${encode(value)}`).sort();
  const canonical = [
    method,
    pathname.split('/').map(encode).join('/'),
    query.join('&'),
    ...names.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    names,
    hash(body),
  ].join('\n');
  const [date = '', region = '', service = '', end = ''] = scope.split('/');
  const key = [region, service, end].reduce(hmac, hmac(`AWS4${secret}`, date));
  const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, hash(canonical)].join('\n');
  return hmac(key, toSign).toString('hex');
};

const serve = async (more: (request: IncomingMessage) => Record<string, string> | undefined = () => undefined) => {
  const seen: { readonly request: IncomingMessage; readonly right: boolean }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const given = /Signature=(\w+)/.exec(request.headers.authorization ?? '')?.[1];
    seen.push({ request, right: given === expectedSignature(request, body) });
    const leads = more(request);
    response.writeHead(leads === undefined ? 200 : 307, leads).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
};

const signing = (credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: secret })) =>
  signedFetch({ fetch, region: 'eu-west-1', credentials, now: () => Date.now() });

describe('a signed request', () => {
  test.each([
    ['a plain path', '/v1/nodes', {}],
    ['a query with odd characters', "/v1/nodes?where=a%20%3D%3D%20'b%2Bc'&limit=10&empty=", {}],
    ['a path with encoded characters', '/v1/jobs/ops%2Fr%C3%A9start%20(1)', {}],
    ['a body', '/v1/runs', { method: 'POST', body: '{"job":"ü"}', headers: { 'Content-Type': 'application/json' } }],
  ])('has the signature that AWS computes: %s', async (_name, path, init) => {
    const { url, seen } = await serve();
    expect((await signing()(url + path, init)).status).toBe(200);
    expect(seen.map(({ right }) => right)).toEqual([true]);
    expect(seen[0]?.request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 .*\/eu-west-1\/execute-api\/aws4_request/,
    );
  });

  test('carries the token of short-lived credentials', async () => {
    const { url, seen } = await serve();
    await signing(async () => ({ accessKeyId: 'ASIA', secretAccessKey: secret, sessionToken: 'of-the-session' }))(url);
    expect(seen[0]?.request.headers['x-amz-security-token']).toBe('of-the-session');
    expect(seen[0]?.right).toBe(true);
  });

  test('that is led elsewhere goes there without any proof', async () => {
    const elsewhere = await serve();
    const { url } = await serve(() => ({ location: `${elsewhere.url}/blob?X-Amz-Signature=1` }));
    expect(await (await signing()(`${url}/v1/output`)).text()).toBe('{}');
    const headers = elsewhere.seen[0]?.request.headers ?? {};
    expect(Object.keys(headers).filter((name) => /authorization|^x-amz/.test(name))).toEqual([]);
  });

  test('is not sent without credentials, and says how to get some', async () => {
    const { url, seen } = await serve();
    const none = signing(() => Promise.reject(new Error('The SSO session has expired')));
    await expect(none(url)).rejects.toMatchObject({
      code: 'auth.required',
      message: expect.stringContaining('SSO session has expired'),
      hint: expect.stringContaining('aws sso login'),
    });
    expect(seen).toEqual([]);
  });
});
