import { describe, expect, test } from 'vitest';
import { problemSchema } from '#shared/contract/problem.ts';
import { maxRequestBytes } from '#shared/contract/sizes.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';
import {
  makeApp,
  makeContent,
  makeCosts,
  makeMatch,
  makeNode,
  makeNodeRow,
  makeOutputPage,
  makePlan,
  makeResult,
  makeRunMap,
  makeRunView,
  runId,
  token,
} from './hand-made-services.ts';

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'Content-Type': 'application/json', ...headers },
});
const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return problemSchema.parse(await response.json());
};

describe('output', () => {
  const result = 'a1-g0-s0-p0-x0-b0.o0.t0.i-1';

  test('is read in parts', async () => {
    const { call, asked } = makeApp();
    const query = `result=${encodeURIComponent(result)}&stream=stderr&offset=70000&limit=10`;
    const response = await call(`/v1/runs/${runId}/output?${query}`);
    expect([response.status, await response.json()]).toEqual([200, makeOutputPage()]);
    expect(asked).toEqual([['readOutput', runId, { result, stream: 'stderr', offset: 70_000, limit: 10 }]]);
  });

  test.each([
    '',
    '?result=x',
    `?result=${result}&stream=both`,
    `?result=${result}&limit=3`,
    `?result=${result}&offset=-1`,
  ])('is not given for what is no question: %s', async (query) => {
    const response = await makeApp().call(`/v1/runs/${runId}/output${query}`);
    expect((await problemOf(response)).code).toBe('request.invalid');
  });

  test('as a whole is bytes with a digest, or lies elsewhere', async () => {
    const bytes = await makeApp({ openOutputContent: async () => makeContent('\u0000é\n') }).call(
      `/v1/runs/${runId}/output/content?result=${result}`,
    );
    expect(bytes.headers.get('repr-digest')).toMatch(/^sha-256=:[A-Za-z0-9+/]{43}=:$/);
    expect(bytes.headers.get('drover-complete')).toBe('true');
    expect(bytes.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await bytes.text()).toBe('\u0000é\n');
    const elsewhere = await makeApp({
      openOutputContent: async () =>
        makeContent('', { address: 'https://blobs.example/k?s=1', complete: false, sha256: null }),
    }).call(`/v1/runs/${runId}/output/content?result=${result}&stream=stderr`);
    expect([elsewhere.status, elsewhere.headers.get('location')]).toEqual([307, 'https://blobs.example/k?s=1']);
    expect(elsewhere.headers.get('cache-control')).toBe('no-store');
    expect(elsewhere.headers.get('drover-complete')).toBe('false');
    expect(elsewhere.headers.has('repr-digest')).toBe(false);
  });

  test('is searched', async () => {
    const { call, asked } = makeApp();
    const response = await call(`/v1/runs/${runId}/output/matches?pattern=a%2Bb&ignoreCase=true&in=stderr&node=i-1`);
    expect(await response.json()).toEqual({ items: [makeMatch()] });
    expect(asked).toEqual([
      ['searchOutput', runId, { pattern: 'a+b', ignoreCase: true, in: 'stderr', node: 'i-1', limit: 100 }],
    ]);
    expect((await problemOf(await call(`/v1/runs/${runId}/output/matches`))).code).toBe('request.invalid');
  });
});

describe('starting a run', () => {
  test('answers 202 with the run and where it is', async () => {
    const { call, asked } = makeApp();
    const response = await call(
      '/v1/runs',
      post({ job: { any: 'thing' }, params: { a: 1 } }, { 'Idempotency-Key': 'k1' }),
    );
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe(`/v1/runs/${runId}`);
    expect(response.headers.has('idempotency-replayed')).toBe(false);
    expect(await response.json()).toEqual(makeRunView());
    expect(asked[0]).toEqual([
      'submitRun',
      { request: { job: { any: 'thing' }, params: { a: 1 }, only: {} }, actor: 'ada', idempotencyKey: 'k1' },
    ]);
  });

  test('marks the answer to a known key', async () => {
    const { call } = makeApp({ submitRun: async () => ({ runId, created: false }) });
    const response = await call('/v1/runs', post({ job: {} }, { 'Idempotency-Key': 'k1' }));
    expect(response.status).toBe(202);
    expect(response.headers.get('idempotency-replayed')).toBe('true');
  });

  test('passes no key when none is given', async () => {
    const { call, asked } = makeApp();
    await call('/v1/runs', post({ job: {} }));
    expect(asked[0]?.[1]).not.toHaveProperty('idempotencyKey');
  });

  test.each([
    ['', 400],
    ['k'.repeat(255), 202],
    ['k'.repeat(256), 400],
  ])('takes a key of 1 to 255 characters (%#)', async (key, status) => {
    const { call } = makeApp();
    expect((await call('/v1/runs', post({ job: {} }, { 'Idempotency-Key': key }))).status).toBe(status);
  });

  test('names each wrong place of the body with a pointer, and what was meant', async () => {
    const { call, asked } = makeApp();
    const response = await call('/v1/runs', post({ job: {}, param: {}, only: { nodes: ['a b'] } }));
    const problem = await problemOf(response);
    expect(response.status).toBe(400);
    expect(problem.code).toBe('request.invalid');
    expect(problem.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pointer: '/only/nodes/0', detail: expect.stringContaining('not a node id') }),
        { pointer: '/param', detail: "unknown key 'param'", suggestion: "Did you mean 'params'?" },
      ]),
    );
    expect(asked).toEqual([]);
  });

  test('says that a body is not JSON, and where it stops being it', async () => {
    const { call } = makeApp();
    const problem = await problemOf(await call('/v1/runs', { method: 'POST', body: '{"job": ' }));
    expect(problem).toMatchObject({
      status: 400,
      code: 'request.invalid',
      detail: expect.stringMatching(/^The body is not JSON: .+/),
    });
  });

  test.each([
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"x"'],
  ])('refuses a body that is %s', async (_, body) => {
    const { call } = makeApp();
    expect((await problemOf(await call('/v1/runs', { method: 'POST', body }))).code).toBe('request.invalid');
  });
});

describe('reading', () => {
  test.each([
    ['/v1/runs', { items: [makeRunView()] }],
    [`/v1/runs/${runId}`, makeRunView()],
    [`/v1/runs/${runId}/nodes`, { items: [makeNodeRow()] }],
    [`/v1/runs/${runId}/map`, makeRunMap()],
    [`/v1/runs/${runId}/results`, { items: [makeResult()] }],
    ['/v1/nodes', { items: [makeNode()], readAt: fixedReadAt }],
    ['/v1/version', { name: 'drover', version: '1.2.3' }],
    ['/healthz', { status: 'ok' }],
  ])('%s answers what the service says', async (path, expected) => {
    const { call } = makeApp();
    const response = await call(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(expected);
  });

  test('a map takes an attempt, and what its caller has', async () => {
    const { call, asked } = makeApp();
    await call(`/v1/runs/${runId}/map?attempt=2&known=abc`);
    expect(asked).toEqual([['viewRunMap', runId, { attempt: 2, known: 'abc' }]]);
    expect((await problemOf(await call(`/v1/runs/${runId}/map?attempt=0`))).code).toBe('request.invalid');
  });

  test('lists take cursor, limit and filters', async () => {
    const { call, asked } = makeApp();
    await call(
      `/v1/runs/${runId}/results?cursor=abc&limit=7&status=failed,lost&phase=restart&node=i-1&operation=start`,
    );
    const filters = {
      cursor: 'abc',
      limit: 7,
      status: ['failed', 'lost'],
      phase: 'restart',
      node: 'i-1',
      operation: 'start',
    };
    expect(asked).toEqual([['listResults', runId, filters]]);
  });

  test.each([
    ['limit=0', '/limit'],
    ['limit=1001', '/limit'],
    ['limit=x', '/limit'],
    ['status=failed,broken', '/status/1'],
    ['statsu=failed', '/statsu'],
  ])('refuses the query %s', async (query, pointer) => {
    const { call, asked } = makeApp();
    const problem = await problemOf(await call(`/v1/runs/${runId}/nodes?${query}`));
    expect(problem).toMatchObject({ status: 400, code: 'request.invalid', errors: [{ pointer }] });
    expect(asked).toEqual([]);
  });

  test('answers 304 when the run did not change', async () => {
    const { call } = makeApp();
    const etag = (await call(`/v1/runs/${runId}`)).headers.get('etag');
    expect(etag).toBeTruthy();
    const again = await call(`/v1/runs/${runId}`, { headers: { 'If-None-Match': etag ?? '' } });
    expect(again.status).toBe(304);
  });

  test('an id that can be no run id is a run that does not exist', async () => {
    const { call, asked } = makeApp();
    expect(await problemOf(await call('/v1/runs/nonsense'))).toMatchObject({ status: 404, code: 'run.not-found' });
    expect(asked).toEqual([]);
  });
});

describe('control', () => {
  test.each(['abort', 'pause', 'resume'])('%s passes the reason and answers 202 with the run', async (verb) => {
    const { call, asked } = makeApp();
    const response = await call(`/v1/runs/${runId}/${verb}`, post({ reason: 'too slow' }));
    expect(response.status).toBe(202);
    expect(await response.json()).toEqual(makeRunView());
    expect(asked).toEqual([
      [`${verb}Run`, runId, { reason: 'too slow' }, 'ada'],
      ['viewRun', runId],
    ]);
  });

  test('needs no body', async () => {
    const { call, asked } = makeApp();
    expect((await call(`/v1/runs/${runId}/pause`, { method: 'POST' })).status).toBe(202);
    expect(asked[0]).toEqual(['pauseRun', runId, {}, 'ada']);
  });

  test('continue passes mode and narrowing', async () => {
    const { call, asked } = makeApp();
    const response = await call(`/v1/runs/${runId}/continue`, post({ mode: 'force', only: { phases: ['restart'] } }));
    expect(response.status).toBe(202);
    expect(asked[0]).toEqual(['continueRun', runId, { mode: 'force', only: { phases: ['restart'] } }, 'ada']);
  });

  test('plan answers 200 with the plan', async () => {
    const { call, asked } = makeApp();
    const response = await call('/v1/plan', post({ job: { a: 1 } }));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(makePlan());
    expect(asked).toEqual([['planPreview', { job: { a: 1 }, params: {}, only: {} }, {}]]);
  });
});

describe('locks and budgets', () => {
  test('are listed, taken away, made and removed', async () => {
    const { call, asked } = makeApp();
    expect(await (await call('/v1/locks')).json()).toEqual({ items: [] });
    expect((await call('/v1/locks/break', post({ name: 'turn/k', reason: 'stuck' }))).status).toBe(200);
    expect(await (await call('/v1/budgets')).json()).toMatchObject({ items: [{ name: 'shop', limit: 2 }] });
    const put = await call('/v1/budgets/shop%2Dcn', { ...post({ where: 'true', max: '20%' }), method: 'PUT' });
    expect(await put.json()).toMatchObject({ name: 'shop' });
    expect((await call('/v1/budgets/shop', { method: 'DELETE' })).status).toBe(200);
    expect(asked).toEqual([
      ['listLocks'],
      ['breakLock', { name: 'turn/k', reason: 'stuck' }, 'ada'],
      ['listBudgets'],
      ['putBudget', 'shop-cn', { where: 'true', max: '20%' }, 'ada'],
      ['removeBudget', 'shop', 'ada'],
    ]);
  });

  test('costs of a month, and what is no month', async () => {
    const { call, asked } = makeApp();
    expect(await (await call('/v1/costs?month=2026-11&job=roll-shop')).json()).toEqual(makeCosts());
    expect(asked).toEqual([['listCosts', { month: '2026-11', job: 'roll-shop' }]]);
    expect((await call('/v1/costs?month=2026-13')).status).toBe(400);
  });

  test.each([
    ['POST', '/v1/locks/break', {}, '/name'],
    ['PUT', '/v1/budgets/b', { where: 'true', max: '120%' }, '/max'],
    ['PUT', '/v1/budgets/b', { where: 'true', max: 1, limit: 2 }, '/limit'],
  ])('%s %s with %j is answered with the place of what is wrong', async (method, path, body, pointer) => {
    const { call, asked } = makeApp();
    const answer = await call(path, { ...post(body), method });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'request.invalid', errors: [{ pointer }] });
    expect(asked).toEqual([]);
  });
});

describe('who may ask', () => {
  test.each([
    ['no token', {}],
    ['another token', { Authorization: 'Bearer wrong' }],
    ['another scheme', { Authorization: `Basic ${token}` }],
    ['an empty token', { Authorization: 'Bearer ' }],
  ])('%s is answered 401', async (_, headers) => {
    const { app, asked } = makeApp();
    const response = await app.request('/v1/runs', { headers });
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'auth.required' });
    expect(asked).toEqual([]);
  });

  test.each(['/healthz', '/v1/openapi.json'])('%s asks no token', async (path) => {
    const { app } = makeApp();
    expect((await app.request(path)).status).toBe(200);
  });

  test('an unknown route below /v1 is not told to strangers', async () => {
    const { app } = makeApp();
    expect((await app.request('/v1/unknown')).status).toBe(401);
  });
});

describe('errors', () => {
  test('an unknown route is answered 404', async () => {
    const { call } = makeApp();
    for (const path of ['/v1/unknown', '/unknown', '/v1/runs/'])
      expect(await problemOf(await call(path))).toMatchObject({ status: 404, code: 'route.not-found' });
  });

  test('a wrong method is answered 405 with the right ones', async () => {
    const { call } = makeApp();
    const response = await call('/v1/runs', { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, POST');
    expect(await problemOf(response)).toMatchObject({ status: 405, code: 'request.invalid' });
    expect((await call(`/v1/runs/${runId}/abort`)).headers.get('allow')).toBe('POST');
  });

  test('a coded error keeps its status, places and hint', async () => {
    const { call, lines } = makeApp({
      submitRun: async () => {
        throw new AppError('job.invalid', 'The job has 2 problems', {
          hint: 'Correct them.',
          places: [
            { message: 'bad', path: '/spec/groups/0', line: 3, column: 5, file: 'a.yaml', suggestion: 'good' },
            { message: 'worse', path: 'spec.groups[1].name' },
          ],
        });
      },
    });
    const problem = await problemOf(await call('/v1/runs', post({ job: {} })));
    expect(problem).toEqual({
      type: '/errors/job.invalid',
      title: 'Job invalid',
      status: 422,
      detail: 'The job has 2 problems',
      code: 'job.invalid',
      hint: 'Correct them.',
      requestId: 'request-1',
      errors: [
        { detail: 'bad', pointer: '/spec/groups/0', line: 3, column: 5, file: 'a.yaml', suggestion: 'good' },
        { detail: 'worse', pointer: '/spec/groups/1/name' },
      ],
    });
    expect(lines).toEqual([]);
  });

  test('a defect is logged once with the request id, and nothing of it is told', async () => {
    const { call, lines } = makeApp({
      viewRun: async () => {
        throw new TypeError('secret detail of db-7');
      },
    });
    const response = await call(`/v1/runs/${runId}`, { headers: { 'X-Request-Id': 'req-42' } });
    expect(response.headers.get('x-request-id')).toBe('req-42');
    const text = await response.clone().text();
    expect(text).not.toContain('secret');
    expect(await problemOf(response)).toMatchObject({ status: 500, code: 'internal.bug', requestId: 'req-42' });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      level: 'error',
      event: 'api.failed',
      fields: { requestId: 'req-42', message: 'secret detail of db-7', stack: expect.stringContaining('TypeError') },
    });
  });

  test('throttling says when to try again', async () => {
    const { call, lines } = makeApp({
      listNodes: async () => {
        throw new AppError('agent.throttled', 'SSM is busy', { retryAfterMs: 1500 });
      },
    });
    const response = await call('/v1/nodes');
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('2');
    expect(lines).toMatchObject([
      { level: 'warn', event: 'api.dependency-failed', fields: { code: 'agent.throttled' } },
    ]);
  });

  test('a body that is too large is refused, with and without a length', async () => {
    const { call, asked } = makeApp();
    const big = 'x'.repeat(maxRequestBytes + 1);
    const known = await call('/v1/plan', {
      method: 'POST',
      body: big,
      headers: { 'Content-Length': String(big.length) },
    });
    expect(await problemOf(known)).toMatchObject({ status: 413, code: 'request.too-large' });
    const streamed = await call('/v1/plan', {
      method: 'POST',
      body: new Blob([big]).stream(),
      duplex: 'half',
    } as RequestInit);
    expect(await problemOf(streamed)).toMatchObject({ status: 413, code: 'request.too-large' });
    expect(asked).toEqual([]);
  });

  test('every answer has a request id; a malformed one is replaced', async () => {
    const { call } = makeApp();
    expect((await call('/healthz')).headers.get('x-request-id')).toBe('request-1');
    expect((await call('/v1/unknown')).headers.get('x-request-id')).toBe('request-2');
    const malformed = await call('/healthz', { headers: { 'X-Request-Id': 'a b' } });
    expect(malformed.headers.get('x-request-id')).toBe('request-3');
    const kept = await call('/healthz', { headers: { 'X-Request-Id': 'trace:1.2_3-4' } });
    expect(kept.headers.get('x-request-id')).toBe('trace:1.2_3-4');
  });
});
