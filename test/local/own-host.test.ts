import fc from 'fast-check';
import { expect, it } from 'vitest';
import { onlyOwnHost } from '#local/own-host.ts';
import { problemSchema } from '#shared/contract/problem.ts';

const answering = (port: number) =>
  onlyOwnHost(
    () => new Response('in'),
    () => port,
  );
const ask = async (host: string | undefined, port = 4711): Promise<number> => {
  const headers = host === undefined ? {} : { host };
  return (await answering(port)(new Request('http://127.0.0.1/v1/runs', { headers }))).status;
};

it('takes the names that mean this machine alone, with the port of the server', async () => {
  for (const host of ['127.0.0.1:4711', 'localhost:4711', 'LOCALHOST:4711']) expect(await ask(host)).toBe(200);
  for (const host of ['127.0.0.1', 'localhost', 'localhost:80', 'localhost:47110', '127.0.0.1:4711.evil.example'])
    expect(await ask(host), host).toBe(421);
  for (const host of ['evil.example', 'evil.example:4711', 'localhost.evil.example:4711', '[::1]:4711', ''])
    expect(await ask(host), host).toBe(421);
  expect(await ask(undefined)).toBe(421);
});

it('knows that browsers leave out the port 80', async () => {
  expect([await ask('localhost', 80), await ask('127.0.0.1:80', 80), await ask('evil.example', 80)]).toEqual([
    ...[200, 200, 421],
  ]);
});

it('says its address to whoever took another', async () => {
  const answer = await answering(4711)(new Request('http://127.0.0.1/', { headers: { host: 'evil.example' } }));
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(problemSchema.parse(await answer.json())).toMatchObject({
    code: 'request.misdirected',
    hint: expect.stringContaining('http://127.0.0.1:4711'),
  });
});

it('lets nobody in by a name of his own', () =>
  fc.assert(
    fc.asyncProperty(fc.domain(), fc.integer({ min: 1, max: 65_535 }), async (domain, port) => {
      expect(await ask(`${domain}:${port}`, port)).toBe(421);
    }),
  ));
