import { describe, expect, test } from 'vitest';
import { keepCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import { ramRole } from '#functions/adapters/aliyun/ram-role.ts';
import type { AliyunCredentials } from '#functions/adapters/aliyun/rpc-transport.ts';
import {
  answeringServer,
  type CannedAnswer,
  rejectionOf,
  type SeenRequest,
} from '#test/functions/adapters/agent/answering-server.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const json = { 'content-type': 'application/json' };
const none: CannedAnswer = { status: 200, headers: json, body: '{"Invocation":{}}' };
const refusal = (status: number, code: string): CannedAnswer => ({
  ...{ status, headers: json },
  body: JSON.stringify({ RequestId: 'r-1', Code: code, Message: 'no' }),
});

const keyOf = ({ headers }: SeenRequest) => /Credential=([^,]+),/.exec(headers.authorization ?? '')?.[1];

/** Access keys `key-1`, `key-2` …, a new one each time that they are read. */
const changingKeys = () => {
  const clock = { ms: now, now: () => clock.ms };
  let read = 0;
  const credentials = keepCredentials<AliyunCredentials>(async () => {
    read += 1;
    return { credentials: { accessKeyId: `key-${read}`, accessKeySecret: 's' }, goodUntilMs: Number.POSITIVE_INFINITY };
  }, clock);
  return { credentials, clock, read: () => read };
};

describe('an access key that was exchanged', () => {
  test.each([
    [404, 'InvalidAccessKeyId.NotFound'],
    [400, 'InvalidAccessKeyId.Inactive'],
    [400, 'InvalidSecurityToken.Expired'],
    [400, 'SignatureDoesNotMatch'],
  ])('is read again when the cloud says %i %s, and the call is made once more', async (status, code) => {
    const { address, seen } = await answeringServer(refusal(status, code), none);
    const { credentials } = changingKeys();
    const clientFor = aliyunClients({ credentials, endpoint: address, protocol: 'http' });
    await clientFor({ region: 'cn-hangzhou' }).stopInvocation({ invokeId: 't-1', instanceId: ['i-1'] });
    await clientFor({ region: 'cn-beijing' }).stopInvocation({ invokeId: 't-2', instanceId: ['i-1'] });
    expect(seen.map(keyOf)).toEqual(['key-1', 'key-2', 'key-2']);
    // The same call: what it says is signed anew, not changed.
    expect(seen[1]?.url).toBe(seen[0]?.url);
  });

  test('that is still refused after that is an error', async () => {
    const { address, seen } = await answeringServer(refusal(404, 'InvalidAccessKeyId.NotFound'));
    const { credentials, read } = changingKeys();
    const calls = aliyunClients({ credentials, endpoint: address, protocol: 'http' })({ region: 'cn-hangzhou' });
    expect(await rejectionOf(calls.describeInvocations({}))).toMatchObject({ code: 'InvalidAccessKeyId.NotFound' });
    expect([seen.length, read()]).toEqual([2, 2]);
  });

  test.each(['Forbidden.RAM', 'InvalidInstance.NotFound', 'Throttling.User'])(
    'is not the reason for %s: nothing is read or called again',
    async (code) => {
      const { address, seen } = await answeringServer(refusal(403, code), none);
      const { credentials, read } = changingKeys();
      const calls = aliyunClients({ credentials, endpoint: address, protocol: 'http' })({ region: 'cn-hangzhou' });
      expect(await rejectionOf(calls.describeInvocations({}))).toMatchObject({ code });
      expect([seen.length, read()]).toEqual([1, 1]);
    },
  );
});

describe('a RAM role', () => {
  const account = '1234567890123456';
  const roleArn = `acs:ram::${account}:role/Drover`;
  const session = (number: number, ends: string): CannedAnswer => ({
    ...{ status: 200, headers: json },
    body: JSON.stringify({
      RequestId: 'r',
      Credentials: {
        ...{ AccessKeyId: `STS.${number}`, AccessKeySecret: 's', SecurityToken: `token-${number}`, Expiration: ends },
      },
    }),
  });

  const open = async (sts: readonly [CannedAnswer, ...CannedAnswer[]], ecs: readonly CannedAnswer[] = [none]) => {
    const [stsServer, ecsServer] = [await answeringServer(...sts), await answeringServer(...ecs)];
    const { credentials, clock, read } = changingKeys();
    const role = ramRole({
      ...{ roleArn, externalId: 'x-1', sessionName: 'drover-test', credentials, clock, region: 'cn-hangzhou' },
      ...{ endpoint: stsServer.address, protocol: 'http' },
    });
    const clientFor = aliyunClients({
      ...{ credentials, accounts: { [account]: role }, endpoint: ecsServer.address, protocol: 'http' },
    });
    const stop = () =>
      clientFor({ account, region: 'cn-hangzhou' }).stopInvocation({ invokeId: 't-1', instanceId: ['i-1'] });
    return { stop, clock, read, assumed: stsServer.seen, called: ecsServer.seen };
  };

  test('is assumed once while its session lasts, and again before it ends', async () => {
    const { stop, clock, assumed, called } = await open([
      session(1, '2026-03-01T11:00:00Z'),
      session(2, '2026-03-01T12:00:00Z'),
    ]);
    await Promise.all([stop(), stop()]);
    clock.ms = now + 49 * 60_000;
    await stop();
    clock.ms = now + 50 * 60_000;
    await stop();
    expect(called.map(keyOf)).toEqual(['STS.1', 'STS.1', 'STS.1', 'STS.2']);
    expect(called.map(({ headers }) => headers['x-acs-security-token'])).toEqual([
      ...['token-1', 'token-1', 'token-1', 'token-2'],
    ]);
    expect(assumed).toHaveLength(2);
    expect(assumed[0]?.headers).toMatchObject({ 'x-acs-action': 'AssumeRole', 'x-acs-version': '2015-04-01' });
    expect(assumed.map(keyOf)).toEqual(['key-1', 'key-1']);
    expect(Object.fromEntries(new URLSearchParams(assumed[0]?.url.split('?')[1]))).toEqual({
      ...{ RoleArn: roleArn, RoleSessionName: 'drover-test', DurationSeconds: '3600', ExternalId: 'x-1' },
    });
  });

  test('is assumed with a new access key when that was exchanged', async () => {
    const { stop, assumed } = await open([
      refusal(404, 'InvalidAccessKeyId.NotFound'),
      session(1, '2026-03-01T11:00:00Z'),
    ]);
    await stop();
    expect(assumed.map(keyOf)).toEqual(['key-1', 'key-2']);
  });

  test('is assumed again when the cloud no longer takes its session', async () => {
    const sessions = [session(1, '2026-03-01T11:00:00Z'), session(2, '2026-03-01T11:00:00Z')] as const;
    const { stop, called, read } = await open(sessions, [refusal(400, 'InvalidSecurityToken.Expired'), none]);
    await stop();
    expect(called.map(keyOf)).toEqual(['STS.1', 'STS.2']);
    expect(read()).toBe(1);
  });

  test.each<[string, CannedAnswer, string]>([
    ['refused', refusal(403, 'NoPermission'), 'agent.refused'],
    ['answered without credentials', { status: 200, headers: json, body: '{}' }, 'agent.unavailable'],
    ['not answered', 'reset', 'agent.unavailable'],
  ])('that is %s is a coded error with its ARN, and nothing is called', async (_, answer, code) => {
    const { stop, called } = await open([answer]);
    expect(await rejectionOf(stop())).toMatchObject({ code, message: expect.stringContaining(roleArn) });
    expect(called).toEqual([]);
  });
});
