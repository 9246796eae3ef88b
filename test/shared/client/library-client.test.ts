import { describe, expect, test } from 'vitest';
import { createClient } from '#shared/client/client.ts';
import { makeApp, makeCommandView, makeJobView, token } from '#test/functions/api/hand-made-services.ts';

const connect = () => {
  const { app, asked } = makeApp();
  const viaApp: typeof fetch = async (input, init) =>
    app.request(input instanceof Request ? input : String(input), init);
  return { client: createClient({ baseUrl: 'http://drover.test', fetch: viaApp, token }), asked };
};

describe('the client of the library', () => {
  test('reads back what the services answer, with its tag', async () => {
    const { client } = connect();
    expect(await client.viewCommand('ops/restart')).toEqual({ view: makeCommandView(), etag: '"3"' });
    expect(await client.putCommand('ops/restart', { command: {} })).toEqual({
      view: { ...makeCommandView(), created: true },
      etag: '"3"',
    });
    expect((await client.listCommands()).items[0]?.name).toBe('ops/restart');
    expect((await client.listCommandChanges('ops/restart')).items[0]?.comment).toBe('first');
    expect(await client.removeCommand('ops/restart')).toMatchObject({ changes: 4 });
    expect(await client.viewJob('roll-shop')).toEqual({ view: makeJobView(), etag: '"2"' });
    expect((await client.applyJob('roll-shop', { job: {} })).view.created).toBe(true);
    expect((await client.listJobs()).items[0]?.revision).toBe(2);
    expect((await client.listJobChanges('roll-shop')).items).toHaveLength(2);
    expect(await client.removeJob('roll-shop')).toMatchObject({ changes: 3 });
  });

  test('sends names, queries and conditions as the services take them', async () => {
    const { client, asked } = connect();
    await client.viewCommand('a/b c', { version: 'abcdef' });
    await client.putCommand('a/b', { command: { x: 1 }, comment: 'why' }, { ifMatch: '"1"' });
    await client.removeJob('日本 / x', { comment: 'a&b' }, { ifNoneMatch: '*' });
    await client.listCommands({ prefix: 'a/', removed: true, limit: 3 });
    expect(asked).toEqual([
      ['viewCommand', 'a/b c', { version: 'abcdef' }],
      ['putCommand', 'a/b', { command: { x: 1 }, comment: 'why' }, { actor: 'ada', ifMatch: '"1"' }],
      ['removeJob', '日本 / x', { comment: 'a&b' }, { actor: 'ada', ifNoneMatch: '*' }],
      ['listCommands', { prefix: 'a/', removed: true, limit: 3 }],
    ]);
  });
});
