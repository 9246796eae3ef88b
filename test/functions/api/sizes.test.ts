import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { keepAnswer } from '#functions/keep-answer/keep-answer.ts';
import { startBlobServer } from '#local/blobs/blob-server.ts';
import { createFolderBlobs } from '#local/blobs/folder-blobs.ts';
import { createClient } from '#shared/client/client.ts';
import { bytesInJson, maxAnswerBytes, maxRequestBytes } from '#shared/contract/sizes.ts';
import { makeApp, makePlan, token } from './hand-made-services.ts';

/** A body of exactly so many bytes as Lambda is handed it. */
const bodyOf = (bytes: number, filling: string): string => {
  const frame = { job: 'j', context: { text: '' } };
  const room = bytes - bytesInJson(JSON.stringify(frame));
  const each = bytesInJson(JSON.stringify(filling)) - bytesInJson('""');
  const text = filling.repeat(Math.floor(room / each));
  const rest = 'x'.repeat(room - each * Math.floor(room / each));
  const body = JSON.stringify({ ...frame, context: { text: text + rest } });
  expect(bytesInJson(body)).toBe(bytes);
  return body;
};

describe('a request', () => {
  test.each(['x', '"', 'é', '漢', '😀', '\n'])(
    'of %j is taken up to the limit, and refused one byte above',
    async (filling) => {
      const { call, asked } = makeApp();
      const post = (bytes: number) => call('/v1/plan', { method: 'POST', body: bodyOf(bytes, filling) });
      expect((await post(maxRequestBytes)).status).toBe(200);
      const refused = await post(maxRequestBytes + 1);
      expect(refused.status).toBe(413);
      expect(await refused.json()).toMatchObject({
        code: 'request.too-large',
        detail: expect.stringMatching(filling === 'x' ? /5500000 bytes/ : /5500001 bytes.*5500000/),
        hint: expect.stringContaining('targets.where'),
      });
      expect(asked).toHaveLength(1);
    },
  );

  test('that would be refused is not sent at all', async () => {
    const sent: string[] = [];
    const send: typeof fetch = async (url) => {
      sent.push(String(url));
      return Response.json(makePlan());
    };
    const client = createClient({ baseUrl: 'http://drover.test', fetch: send, token });
    const run = (bytes: number) => client.planPreview(JSON.parse(bodyOf(bytes, '漢')));
    await expect(run(maxRequestBytes + 1)).rejects.toMatchObject({
      code: 'request.too-large',
      message: expect.stringContaining(`${maxRequestBytes + 1} bytes`),
    });
    expect(sent).toEqual([]);
    await run(maxRequestBytes);
    expect(sent).toHaveLength(1);
  });

  test('with a nodes file of 10,000 nodes fits', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => ({
      ...{ id: `i-${String(index).padStart(17, '0')}`, name: `web-${index}.eu-west-1.shop.example.com`, agent: 'aws' },
      ...{ host: `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`, region: 'eu-west-1' },
      ...{ instanceId: `i-${String(index).padStart(17, '0')}`, tags: { role: 'web', zone: 'eu-west-1a' } },
    }));
    expect(bytesInJson(JSON.stringify({ job: 'roll-shop', params: {}, nodes }))).toBeLessThan(maxRequestBytes);
  });
});

describe('an answer', () => {
  const small = makePlan();
  /** The plan with so many bytes as Lambda would give it back. */
  const planWith = (bytes: number) => {
    const room = bytes - bytesInJson(JSON.stringify({ ...small, job: '' }));
    return { ...small, job: `${'x'.repeat(room % 4)}${'😀'.repeat(Math.floor(room / 4))}` };
  };

  const open = async () => {
    const dir = await mkdtemp(join(tmpdir(), 'drover-answers-'));
    const server = await startBlobServer({ dir, stateFile: join(dir, 'state.json'), now: Date.now });
    onTestFinished(async () => {
      await server.close();
      await rm(dir, { recursive: true });
    });
    let plan = small;
    const { app, call } = makeApp({
      planPreview: async () => plan,
      keepAnswer: keepAnswer({ blobs: createFolderBlobs(dir, server.access) }),
    });
    const say = (next: typeof small) => {
      plan = next;
    };
    return { app, call, say };
  };
  const post = { method: 'POST', body: '{"job":"j"}' };

  test('that Lambda can give back comes at once', async () => {
    const { call, say } = await open();
    const plan = planWith(maxAnswerBytes);
    say(plan);
    const answer = await call('/v1/plan', post);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(plan);
  });

  test('that is longer lies elsewhere, whole, and the client sees no difference', async () => {
    const { app, call, say } = await open();
    const plan = planWith(maxAnswerBytes + 1);
    say(plan);
    const answer = await call('/v1/plan', post);
    expect([answer.status, await answer.text()]).toEqual([303, '']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-request-id')).not.toBeNull();

    const follow: typeof fetch = async (input, init) => {
      const first = await app.request(String(input), init);
      return first.status === 303 ? fetch(first.headers.get('location') ?? '') : first;
    };
    const client = createClient({ baseUrl: 'http://drover.test', fetch: follow, token });
    expect(await client.planPreview({ job: 'j' })).toEqual(plan);
  });

  test('is followed by an ordinary fetch', async () => {
    const { app, say } = await open();
    const plan = planWith(maxAnswerBytes + 1);
    say(plan);
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    await once(server, 'listening');
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('The server does not listen');
    const client = createClient({ baseUrl: `http://127.0.0.1:${address.port}`, fetch, token });
    expect(await client.planPreview({ job: 'j' })).toEqual(plan);
  });

  test('stays where it is when nobody could be led elsewhere', async () => {
    const plan = planWith(maxAnswerBytes + 1);
    const { call } = makeApp({ planPreview: async () => plan, keepAnswer: async () => undefined });
    const answer = await call('/v1/plan', post);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual(plan);
  });

  test('that is an error is never led elsewhere', async () => {
    const kept: string[] = [];
    const { call } = makeApp({
      planPreview: () => Promise.reject(new Error('x'.repeat(maxAnswerBytes))),
      keepAnswer: async (text) => {
        kept.push(text);
        return 'http://elsewhere';
      },
    });
    expect((await call('/v1/plan', post)).status).toBe(500);
    expect(kept).toEqual([]);
  });
});
