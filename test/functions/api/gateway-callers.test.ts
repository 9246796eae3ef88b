import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { ApiEnv } from '#functions/api/api-env.ts';
import { authenticate } from '#functions/api/authenticate.ts';
import { createGatewayCallers } from '#functions/api/gateway-callers.ts';
import { problemAnswers } from '#functions/api/problems.ts';
import { silentLog } from '#test/kit/system.ts';

const signedBy = (userArn: string) => ({ event: { requestContext: { authorizer: { iam: { userArn } } } } });

/** An app that says who calls, when it is told to go on. */
const open = (goOn: Promise<void> = Promise.resolve()) => {
  let tokens = 0;
  const callers = createGatewayCallers(() => `token-${++tokens}`);
  const app = new Hono<ApiEnv>()
    .use(authenticate(callers.authorize))
    .all('*', async (c) => {
      await goOn;
      return c.text(`${c.get('actor')} ${await c.req.text()}`);
    })
    .onError(problemAnswers(silentLog));
  return { callers, mounted: callers.mount(app) };
};

describe('callers that the gateway let in', () => {
  it('are known to the app by their ARN; method and body stay', async () => {
    const { mounted } = open();
    const answer = await mounted.request('/v1/runs', { method: 'POST', body: 'hello' }, signedBy('arn:alice'));
    expect([answer.status, await answer.text()]).toEqual([200, 'arn:alice hello']);
  });

  it('are known by their subject when a token says who they are', async () => {
    const { mounted } = open();
    const claims = { sub: 'arn:alice', aud: 'drover', iss: 'https://issuer.example' };
    const answer = await mounted.request('/', {}, { event: { requestContext: { authorizer: { jwt: { claims } } } } });
    expect(await answer.text()).toBe('oidc:arn:alice ');
  });

  it('are not mixed up when several ask at once', async () => {
    let release = () => {};
    const { mounted } = open(new Promise((resolve) => (release = resolve)));
    const answers = ['arn:alice', 'arn:bob'].map((arn) => mounted.request('/', {}, signedBy(arn)));
    release();
    expect(await Promise.all(answers.map(async (answer) => (await answer).text()))).toEqual(['arn:alice ', 'arn:bob ']);
  });

  it('are nobody when the gateway did not say who they are, whatever they send', async () => {
    const { mounted } = open();
    for (const authorization of ['Bearer token-1', 'Bearer token-2', 'AWS4-HMAC-SHA256 Credential=x']) {
      const answer = await mounted.request('/', { headers: { authorization } }, { event: { requestContext: {} } });
      expect(answer.status, authorization).toBe(401);
    }
  });

  it('lose their token with the answer', async () => {
    const { callers, mounted } = open();
    await mounted.request('/', {}, signedBy('arn:alice'));
    expect(callers.authorize('token-1')).toBeUndefined();
  });
});
