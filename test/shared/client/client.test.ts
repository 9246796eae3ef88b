import { describe, expect, test } from 'vitest';
import { allPages } from '#shared/client/all-pages.ts';
import { createClient } from '#shared/client/client.ts';
import { AppError } from '#shared/errors/app-error.ts';
import {
  makeApp,
  makeBudget,
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
  otherRunId,
  runId,
  token,
} from '#test/functions/api/hand-made-services.ts';
import { fixedReadAt } from '#test/kit/fixed-inventory.ts';

const connect = (...args: Parameters<typeof makeApp>) => {
  const { app, asked } = makeApp(...args);
  const viaApp: typeof fetch = async (input, init) =>
    app.request(input instanceof Request ? input : String(input), init);
  return { client: createClient({ baseUrl: 'http://drover.test/', fetch: viaApp, token }), asked };
};
const answering = (status: number, body: string, headers: Record<string, string> = {}) =>
  createClient({ baseUrl: 'http://drover.test', fetch: async () => new Response(body, { status, headers }) });
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

describe('the client', () => {
  test('reads back what the services answer', async () => {
    const { client } = connect();
    expect(await client.submitRun({ job: {} })).toEqual({ run: makeRunView(), replayed: false });
    expect(await client.planPreview({ job: {} })).toEqual(makePlan());
    expect(await client.continueRun(runId)).toEqual(makeRunView());
    expect(await client.abortRun(runId)).toEqual(makeRunView());
    expect(await client.pauseRun(runId)).toEqual(makeRunView());
    expect(await client.resumeRun(runId)).toEqual(makeRunView());
    expect(await client.viewRun(runId)).toEqual(makeRunView());
    expect(await client.listNodeRows(runId)).toEqual({ items: [makeNodeRow()] });
    expect(await client.viewRunMap(runId, { attempt: 1 })).toEqual(makeRunMap());
    expect(await client.listResults(runId)).toEqual({ items: [makeResult()] });
    expect(await client.listNodes()).toEqual({ items: [makeNode()], readAt: fixedReadAt });
    expect(await client.readOutput(runId, { result: makeResult().resultId, stream: 'stdout' })).toEqual(
      makeOutputPage(),
    );
    expect(await client.searchOutput(runId, { pattern: 'ok' })).toEqual({ items: [makeMatch()] });
    expect(await client.listCosts({ month: '2026-11' })).toEqual(makeCosts());
    expect(await client.listLocks()).toEqual({ items: [] });
    expect(await client.breakLock({ name: 'turn/k' })).toEqual({ items: [{ runId: otherRunId, attempt: 1 }] });
    expect(await client.listBudgets()).toEqual({ items: [makeBudget()] });
    expect(await client.putBudget('shop', { where: 'true', max: 3 })).toEqual(makeBudget());
    expect(await client.removeBudget('shop')).toEqual(makeBudget());
    expect((await client.listRuns()).items[0]?.runId).toBe(runId);
    expect(await client.version()).toEqual({ name: 'drover', version: '1.2.3' });
  });

  test('downloads output as it comes, from wherever it lies', async () => {
    const place = { result: makeResult().resultId, stream: 'stderr' } as const;
    const download = async (client: ReturnType<typeof createClient>) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await client.downloadOutput(runId, place)) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    };
    const { client, asked } = connect({ openOutputContent: async () => makeContent('all of it') });
    expect(await download(client)).toBe('all of it');
    expect(await download(answering(200, ''))).toBe('');
    expect(asked).toEqual([]);
    const { client: missing } = connect({
      openOutputContent: async () => {
        throw new AppError('output.not-found', 'gone');
      },
    });
    expect(await codeOf(download(missing))).toBe('output.not-found');
    expect(await codeOf(download(answering(403, '<Error/>')))).toBe('auth.forbidden');
  });

  test('says that a download broke off', async () => {
    const broken = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.error(new Error('reset')),
    });
    const client = createClient({ baseUrl: 'http://drover.test', fetch: async () => new Response(broken) });
    const read = async () => {
      for await (const _ of await client.downloadOutput(runId, { result: makeResult().resultId, stream: 'stdout' }));
    };
    expect(await codeOf(read())).toBe('service.unreachable');
  });

  test('sends bodies, keys, filters and cursors as the services take them', async () => {
    const { client, asked } = connect();
    await client.submitRun({ job: { a: 1 }, params: { v: '1' }, only: { groups: ['g'] } }, 'key-1');
    await client.continueRun(runId, { mode: 'force' });
    await client.abortRun(runId, { reason: 'because' });
    await client.listResults(runId, { status: ['failed', 'lost'], limit: 5, cursor: 'c/&=', operation: 'op' });
    await client.listNodes({ where: 'node.tags.a == "b&c"' });
    await client.breakLock({ name: 'turn/a b/ü', runId, reason: 'stuck' });
    await client.putBudget('a.b', { where: 'true', max: '5%', description: 'd' });
    await client.removeBudget('a.b');
    expect(asked.filter(([name]) => name !== 'viewRun')).toEqual([
      [
        'submitRun',
        {
          request: { job: { a: 1 }, params: { v: '1' }, only: { groups: ['g'] } },
          actor: 'ada',
          idempotencyKey: 'key-1',
        },
      ],
      ['continueRun', runId, { mode: 'force', only: {} }, 'ada'],
      ['abortRun', runId, { reason: 'because' }, 'ada'],
      ['listResults', runId, { status: ['failed', 'lost'], limit: 5, cursor: 'c/&=', operation: 'op' }],
      ['listNodes', { limit: 100, where: 'node.tags.a == "b&c"' }],
      ['breakLock', { name: 'turn/a b/ü', runId, reason: 'stuck' }, 'ada'],
      ['putBudget', 'a.b', { where: 'true', max: '5%', description: 'd' }, 'ada'],
      ['removeBudget', 'a.b', 'ada'],
    ]);
  });

  test('tells a replayed start', async () => {
    const { client } = connect({ submitRun: async () => ({ runId: otherRunId, created: false }) });
    expect((await client.submitRun({ job: {} }, 'k')).replayed).toBe(true);
  });

  test('an error of the server is thrown as it was', async () => {
    const places = [{ message: 'unknown key', path: '/spec/x', line: 3, column: 4, file: 'f.yaml', suggestion: 'y' }];
    const thrown = new AppError('job.invalid', 'The job is bad', { hint: 'Better it.', places });
    const { client } = connect({
      submitRun: async () => {
        throw thrown;
      },
    });
    const error = await client.submitRun({ job: {} }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'job.invalid', message: 'The job is bad', hint: 'Better it.', places });
  });

  test('throttling keeps how long to wait', async () => {
    const { client } = connect({
      listNodes: async () => {
        throw new AppError('agent.throttled', 'busy', { retryAfterMs: 3000 });
      },
    });
    expect(await client.listNodes().catch((error: unknown) => error)).toMatchObject({ retryAfterMs: 3000 });
  });

  test('a server that is not there is service.unreachable, with the cause in the message', async () => {
    const client = createClient({ baseUrl: 'http://127.0.0.1:1', fetch });
    const error = await client.version().catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'service.unreachable',
      message: expect.stringContaining('http://127.0.0.1:1'),
    });
  });

  test.each([
    [200, 'no json', 'service.protocol'],
    [200, '{"name":"other"}', 'service.protocol'],
    [502, '<html>bad gateway</html>', 'service.protocol'],
    [503, '<html>busy</html>', 'service.unreachable'],
    [401, '{"message":"Unauthorized"}', 'auth.required'],
    [403, '{"message":"Forbidden"}', 'auth.forbidden'],
    [404, '', 'route.not-found'],
  ])('an answer %i %j of something else is %s', async (status, body, code) => {
    expect(await codeOf(answering(status, body).version())).toBe(code);
  });

  test('fields that it does not know are ignored, however deep', async () => {
    const view = { ...makeRunView(), fresh: 1 };
    const strictInside = { ...view, attempts: view.attempts.map((attempt) => ({ ...attempt, fresh: { a: 1 } })) };
    expect(await answering(200, JSON.stringify(strictInside)).viewRun(runId)).toEqual(makeRunView());
    const node = { ...makeNode(), rack: 'r1' };
    expect(await answering(200, JSON.stringify({ items: [node], readAt: fixedReadAt, next: 'x' })).listNodes()).toEqual(
      {
        items: [makeNode()],
        readAt: fixedReadAt,
      },
    );
  });

  test('a path below which the API lives is kept', async () => {
    const seen: string[] = [];
    const client = createClient({
      baseUrl: 'https://host/stage/',
      fetch: async (input) => {
        seen.push(String(input));
        return Response.json({ name: 'drover', version: '1' });
      },
    });
    await client.version();
    expect(seen).toEqual(['https://host/stage/v1/version']);
  });
});

describe('all pages', () => {
  test('gives every item once, and fetches a page only when it is needed', async () => {
    const asked: (string | undefined)[] = [];
    const pages = allPages(async ({ cursor }) => {
      asked.push(cursor);
      return cursor === undefined ? { items: [1, 2], cursor: 'b' } : { items: [3] };
    });
    expect((await pages.next()).value).toBe(1);
    expect(asked).toEqual([undefined]);
    const rest: number[] = [];
    for await (const item of pages) rest.push(item);
    expect(rest).toEqual([2, 3]);
    expect(asked).toEqual([undefined, 'b']);
  });
});
