import { SendCommandCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { ssmClients } from '#functions/adapters/ssm/ssm-clients.ts';
import { classifyAws } from '#functions/adapters/ssm/ssm-failures.ts';
import { answeringServer, type CannedAnswer, rejectionOf } from '#test/functions/adapters/agent/answering-server.ts';

const failureOf = async (address: string) => {
  const clientFor = ssmClients({
    endpoint: `http://${address}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const call = clientFor({ region: 'eu-west-1' }).send(new SendCommandCommand({ DocumentName: 'AWS-RunShellScript' }));
  return classifyAws(await rejectionOf(call));
};

const answer = (status: number, type: string, headers: Readonly<Record<string, string>> = {}): CannedAnswer => ({
  status,
  headers: { 'content-type': 'application/x-amz-json-1.1', ...headers },
  body: JSON.stringify({ __type: type }),
});

describe('failures of the SSM client', () => {
  test.each<[string, CannedAnswer, string, string]>([
    ['throttling', answer(400, 'ThrottlingException'), 'throttled', 'ThrottlingException'],
    ['throttling with a namespace', answer(400, 'com.amazon#ThrottlingException'), 'throttled', 'ThrottlingException'],
    ['a refusal without a message', answer(400, 'InvalidInstanceId'), 'refused', 'InvalidInstanceId'],
    ['a denied call', answer(403, 'AccessDeniedException'), 'refused', 'AccessDeniedException'],
    ['a fault of the server', answer(500, 'InternalServerError'), 'unavailable', 'InternalServerError'],
    ['a broken connection', 'reset', 'unavailable', 'ECONNRESET'],
  ])('%s', async (_, canned, kind, code) => {
    const { address } = await answeringServer(canned);
    await expect(failureOf(address)).resolves.toMatchObject({ kind, code });
  });

  test.each<[number, string, string]>([
    [429, '', 'throttled'],
    [503, '<html>busy</html>', 'unavailable'],
    [200, '<html>welcome</html>', 'unavailable'],
  ])('an answer of status %i with the body %j is %s', async (status, body, kind) => {
    const { address } = await answeringServer({ status, body });
    await expect(failureOf(address)).resolves.toMatchObject({ kind });
  });

  test('the time that the service asks for is in milliseconds', async () => {
    const { address } = await answeringServer(answer(400, 'ThrottlingException', { 'retry-after': '2' }));
    await expect(failureOf(address)).resolves.toMatchObject({ retryAfterMs: 2_000 });
  });

  test('the client makes one try of its own', async () => {
    const { address, seen } = await answeringServer(answer(500, 'InternalServerError'));
    await failureOf(address);
    expect(seen).toHaveLength(1);
  });

  test('a port where nobody listens is unavailable', async () => {
    await expect(failureOf('127.0.0.1:1')).resolves.toMatchObject({ kind: 'unavailable', code: 'ECONNREFUSED' });
  });

  test.each([new TypeError('x is not a function'), 'text', undefined])('%s is no failure of the cloud', (error) => {
    expect(classifyAws(error)).toBeUndefined();
  });
});
