import { describe, expect, test } from 'vitest';
import { problemSchema } from '#shared/contract/problem.ts';
import { AppError } from '#shared/errors/app-error.ts';
import { makeApp, makeCommandView, makeJobView } from './hand-made-services.ts';

const send = (method: string, body?: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method,
  headers: { 'Content-Type': 'application/json', ...headers },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
});

describe('names in paths', () => {
  test.each([
    ['/v1/commands/ops%2Frestart', 'ops/restart'],
    // A gateway may have undone the escapes.
    ['/v1/commands/ops/restart', 'ops/restart'],
    ['/v1/commands/a.b-c_d', 'a.b-c_d'],
  ])('%s', async (path, name) => {
    const { call, asked } = makeApp();
    const response = await call(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(makeCommandView());
    expect(asked).toEqual([['viewCommand', name, { version: 'latest' }]]);
  });

  test.each([['roll / shop (2)'], ['日本/配信'], ['100'], ['a/command-changes/b']])('of jobs: %s', async (name) => {
    for (const path of [encodeURIComponent(name), encodeURI(name)]) {
      const { call, asked } = makeApp();
      expect((await call(`/v1/jobs/${path}?revision=2`)).status).toBe(200);
      expect(asked).toEqual([['viewJob', name, { revision: 2 }]]);
    }
  });

  test('are not empty', async () => {
    const { call } = makeApp();
    expect((await call('/v1/commands/')).status).toBe(404);
  });
});

describe('changing the library', () => {
  test('passes document, comment, who asks and the conditions, and answers with the tag', async () => {
    const { call, asked } = makeApp();
    const headers = { 'If-Match': '"3"', 'If-None-Match': '*' };
    const put = await call('/v1/commands/ops%2Frestart', send('PUT', { command: { a: 1 }, comment: 'why' }, headers));
    expect([put.status, put.headers.get('etag')]).toEqual([200, '"3"']);
    expect(await put.json()).toEqual({ ...makeCommandView(), created: true });
    const applied = await call('/v1/jobs/roll-shop', send('PUT', { job: {} }));
    expect([applied.status, applied.headers.get('etag')]).toEqual([200, '"2"']);
    expect(asked).toEqual([
      [
        'putCommand',
        'ops/restart',
        { command: { a: 1 }, comment: 'why' },
        { actor: 'ada', ifMatch: '"3"', ifNoneMatch: '*' },
      ],
      ['applyJob', 'roll-shop', { job: {} }, { actor: 'ada' }],
    ]);
  });

  test('removes, with a comment', async () => {
    const { call, asked } = makeApp();
    const response = await call(
      '/v1/jobs/roll-shop?comment=old%20one',
      send('DELETE', undefined, { 'If-Match': '"2"' }),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ name: 'roll-shop', changes: 3 });
    await call('/v1/commands/ops%2Frestart', send('DELETE'));
    expect(asked).toEqual([
      ['removeJob', 'roll-shop', { comment: 'old one' }, { actor: 'ada', ifMatch: '"2"' }],
      ['removeCommand', 'ops/restart', {}, { actor: 'ada' }],
    ]);
  });

  test('answers 412 with what is there when a condition does not hold', async () => {
    const { call } = makeApp({
      applyJob: async () => {
        throw new AppError('precondition.failed', 'Job is at "4"');
      },
    });
    const response = await call('/v1/jobs/roll-shop', send('PUT', { job: {} }, { 'If-Match': '"3"' }));
    expect(response.status).toBe(412);
    expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'precondition.failed', status: 412 });
  });

  test.each([
    ['/v1/commands/a', { command: {}, coment: 'x' }, '/coment'],
    ['/v1/jobs/a', { job: {}, comment: 'x'.repeat(1025) }, '/comment'],
  ])('refuses a body with mistakes (%s)', async (path, body, pointer) => {
    const { call, asked } = makeApp();
    const response = await call(path, send('PUT', body));
    expect(response.status).toBe(400);
    expect(problemSchema.parse(await response.json()).errors?.[0]).toMatchObject({ pointer });
    expect(asked).toEqual([]);
  });

  test('knows the methods of its paths', async () => {
    const { call } = makeApp();
    const response = await call('/v1/commands/ops/restart', { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, PUT, DELETE']);
    expect((await call('/v1/job-changes/a', send('DELETE'))).headers.get('allow')).toBe('GET');
  });
});

describe('reading the library', () => {
  test('answers 304 while the tag holds', async () => {
    const { call } = makeApp();
    const response = await call('/v1/jobs/roll-shop');
    expect([response.headers.get('etag'), await response.json()]).toEqual(['"2"', makeJobView()]);
    expect((await call('/v1/jobs/roll-shop', { headers: { 'If-None-Match': '"2"' } })).status).toBe(304);
    expect((await call('/v1/jobs/roll-shop', { headers: { 'If-None-Match': '"1"' } })).status).toBe(200);
  });

  test('takes prefix, removed ones, version and pages', async () => {
    const { call, asked } = makeApp();
    await call('/v1/commands?prefix=ops%2F&removed=true&limit=5&cursor=abc');
    await call('/v1/jobs');
    await call('/v1/commands/a?version=0123456789');
    await call('/v1/command-changes/ops/restart?limit=2');
    await call('/v1/job-changes/roll%20shop');
    expect(asked).toEqual([
      ['listCommands', { prefix: 'ops/', removed: true, limit: 5, cursor: 'abc' }],
      ['listJobs', { removed: false, limit: 100 }],
      ['viewCommand', 'a', { version: '0123456789' }],
      ['listCommandChanges', 'ops/restart', { limit: 2 }],
      ['listJobChanges', 'roll shop', { limit: 100 }],
    ]);
  });

  test('asks for a token', async () => {
    const { app, asked } = makeApp();
    expect((await app.request('/v1/jobs/a')).status).toBe(401);
    expect((await app.request('/v1/commands/a', send('PUT', {}))).status).toBe(401);
    expect(asked).toEqual([]);
  });
});
