import { describe, expect, test } from 'vitest';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { classifyAliyun } from '#functions/adapters/aliyun/aliyun-failures.ts';
import { messageOf } from '#shared/errors/app-error.ts';
import { answeringServer, type CannedAnswer, rejectionOf } from '#test/functions/adapters/agent/answering-server.ts';

const rejection = (address: string) => {
  const clientFor = aliyunClients({
    endpoint: address,
    protocol: 'http',
    credentials: fixedCredentials({ accessKeyId: 'local', accessKeySecret: 'local' }),
  });
  return rejectionOf(clientFor({ region: 'cn-hangzhou' }).describeInvocations({ commandName: 'top-secret' }));
};

const failureOf = async (address: string) => classifyAliyun(await rejection(address));

const answer = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): CannedAnswer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ RequestId: 'r-1', Code: code, Message: 'no' }),
});

describe('failures of the Alibaba Cloud client', () => {
  test.each<[string, CannedAnswer, string, string]>([
    ['throttling of a user', answer(400, 'Throttling.User'), 'throttled', 'Throttling.User'],
    ['throttling with another status', answer(503, 'Throttling.Api'), 'throttled', 'Throttling.Api'],
    ['an unknown instance', answer(404, 'InvalidInstance.NotFound'), 'refused', 'InvalidInstance.NotFound'],
    ['the daily quota', answer(403, 'Invocation.ExceedQuota'), 'quota', 'Invocation.ExceedQuota'],
    ['the same call under way', answer(403, 'IdempotentProcessing'), 'unavailable', 'IdempotentProcessing'],
    ['a token used otherwise', answer(403, 'IdempotentParameterMismatch'), 'refused', 'IdempotentParameterMismatch'],
    ['a fault of the server', answer(500, 'InternalError.Dispatch'), 'unavailable', 'InternalError.Dispatch'],
    ['a broken connection', 'reset', 'unavailable', 'ECONNRESET'],
    ['an error without a body', { status: 431, body: '' }, 'unavailable', 'SyntaxError'],
    ['an answer that is a web page', { status: 200, body: '<html>' }, 'unavailable', 'SyntaxError'],
    ['an answer of another shape', { status: 200, body: '{"Invocations":[]}' }, 'unavailable', 'ZodError'],
  ])('%s', async (_, canned, kind, code) => {
    const { address } = await answeringServer(canned);
    await expect(failureOf(address)).resolves.toMatchObject({ kind, code });
  });

  test('the time that the service asks for is in milliseconds already', async () => {
    const { address } = await answeringServer(answer(400, 'Throttling', { 'x-acs-retry-after': '1500' }));
    await expect(failureOf(address)).resolves.toMatchObject({ retryAfterMs: 1_500 });
  });

  test('a lost connection does not tell what was sent', async () => {
    const { address } = await answeringServer('reset');
    const error = await rejection(address);
    expect(messageOf(error)).toContain('ECONNRESET');
    expect(messageOf(error)).not.toContain('top-secret');
  });

  test.each([new TypeError('x is not a function'), 'text', undefined])('%s is no failure of the cloud', (error) => {
    expect(classifyAliyun(error)).toBeUndefined();
  });
});
