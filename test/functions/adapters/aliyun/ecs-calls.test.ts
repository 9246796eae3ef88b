import * as ecs from '@alicloud/ecs20140526';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { describe, expect, test } from 'vitest';
import { fixedCredentials } from '#functions/adapters/agent/kept-credentials.ts';
import { aliyunClients } from '#functions/adapters/aliyun/aliyun-clients.ts';
import type { EcsCalls } from '#functions/adapters/aliyun/ecs-calls.ts';
import { answeringServer, type SeenRequest } from '#test/functions/adapters/agent/answering-server.ts';

/** The package is CommonJS: Node.js wraps its exports once more than its types say. */
const WholeClient: typeof ecs.default = Reflect.get(ecs.default, 'default') ?? ecs.default;

const credentials = { accessKeyId: 'key', accessKeySecret: 'secret', securityToken: 'token' };

/** Times, nonces and signatures differ from call to call. */
const comparable = ({ url, method, headers, body }: SeenRequest) => {
  const { authorization, 'x-acs-date': date, 'x-acs-signature-nonce': nonce, ...rest } = headers;
  return { url, method, body, rest, signed: [authorization, date, nonce].map((one) => one !== undefined) };
};

const ids = ['i-1', 'i-2'];
const awkward = `a b+c/d=é~!'()*`;
const regionId = 'cn-hangzhou';

const calls: readonly [string, (ours: EcsCalls) => Promise<unknown>, (whole: ecs.default) => Promise<unknown>][] = [
  [
    'RunCommand',
    (ours) =>
      ours.runCommand({
        type: 'RunShellScript',
        commandContent: awkward,
        contentEncoding: 'Base64',
        instanceId: ids,
        timeout: 90,
        name: awkward,
        clientToken: 't',
        terminationMode: 'ProcessTree',
        keepCommand: false,
        enableParameter: true,
      }),
    (whole) =>
      whole.runCommand(
        new ecs.RunCommandRequest({
          regionId,
          type: 'RunShellScript',
          commandContent: awkward,
          contentEncoding: 'Base64',
          instanceId: ids,
          timeout: 90,
          name: awkward,
          clientToken: 't',
          terminationMode: 'ProcessTree',
          keepCommand: false,
          enableParameter: true,
        }),
      ),
  ],
  [
    'SendFile',
    (ours) =>
      ours.sendFile({
        name: awkward,
        targetDir: '/srv',
        content: awkward,
        contentType: 'Base64',
        instanceId: ids,
        fileMode: '0600',
        overwrite: false,
        timeout: 60,
        clientToken: 't',
      }),
    (whole) =>
      whole.sendFile(
        new ecs.SendFileRequest({
          regionId,
          name: awkward,
          targetDir: '/srv',
          content: awkward,
          contentType: 'Base64',
          instanceId: ids,
          fileMode: '0600',
          overwrite: false,
          timeout: 60,
          clientToken: 't',
        }),
      ),
  ],
  [
    'StopInvocation',
    (ours) => ours.stopInvocation({ invokeId: 't-1', instanceId: ids }),
    (whole) => whole.stopInvocation(new ecs.StopInvocationRequest({ regionId, invokeId: 't-1', instanceId: ids })),
  ],
  [
    'DescribeInvocations',
    (ours) => ours.describeInvocations({ commandName: awkward, maxResults: 50, nextToken: 'n' }),
    (whole) =>
      whole.describeInvocations(
        new ecs.DescribeInvocationsRequest({ regionId, commandName: awkward, maxResults: 50, nextToken: 'n' }),
      ),
  ],
  [
    'DescribeInvocationResults',
    (ours) => ours.describeInvocationResults({ invokeId: 't-1', contentEncoding: 'Base64', maxResults: 50 }),
    (whole) =>
      whole.describeInvocationResults(
        new ecs.DescribeInvocationResultsRequest({
          regionId,
          invokeId: 't-1',
          contentEncoding: 'Base64',
          maxResults: 50,
        }),
      ),
  ],
  [
    'DescribeSendFileResults',
    (ours) => ours.describeSendFileResults({ invokeId: 'f-1', maxResults: 50 }),
    (whole) =>
      whole.describeSendFileResults(
        new ecs.DescribeSendFileResultsRequest({ regionId, invokeId: 'f-1', maxResults: 50 }),
      ),
  ],
  [
    'DescribeInstances',
    (ours) => ours.describeInstances({ instanceIds: JSON.stringify(ids), maxResults: 100 }),
    (whole) =>
      whole.describeInstances(
        new ecs.DescribeInstancesRequest({ regionId, instanceIds: JSON.stringify(ids), maxResults: 100 }),
      ),
  ],
  [
    'DescribeCloudAssistantStatus',
    (ours) => ours.describeCloudAssistantStatus({ instanceId: ids, maxResults: 50 }),
    (whole) =>
      whole.describeCloudAssistantStatus(
        new ecs.DescribeCloudAssistantStatusRequest({ regionId, instanceId: ids, maxResults: 50 }),
      ),
  ],
];

describe('calls of ECS', () => {
  test.each(calls)('%s is byte for byte what the whole client sends', async (action, ours, whole) => {
    const body = JSON.stringify({ InvokeId: 't-1', Invocation: {} });
    const { address, seen } = await answeringServer({ status: 200, body });
    const place = { endpoint: address, protocol: 'http' } as const;
    await ours(aliyunClients({ ...place, credentials: fixedCredentials(credentials) })({ region: regionId }));
    await whole(new WholeClient(new $OpenApiUtil.Config({ ...place, ...credentials, regionId })));
    const [mine, theirs] = seen.map(comparable);
    expect(mine).toEqual(theirs);
    expect(seen[0]?.headers).toMatchObject({ 'x-acs-action': action, 'x-acs-security-token': 'token' });
  });

  test('go to the endpoint of the region when none is given', () => {
    const clientFor = aliyunClients({ credentials: fixedCredentials(credentials) });
    expect(clientFor({ region: 'cn-beijing' })).not.toBe(clientFor({ region: 'cn-hangzhou' }));
  });
});
