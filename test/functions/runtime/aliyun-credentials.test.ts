import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { readAliyunCredentials } from '#functions/runtime/aliyun-credentials.ts';
import {
  clientOf,
  startWireServer,
  type WireAnswer,
  type WireServer,
} from '#test/functions/adapters/aws/wire-server.ts';

let server: WireServer;
let client: SSMClient;

const open = async (answer: WireAnswer): Promise<SSMClient> => {
  server = await startWireServer(() => answer);
  client = new SSMClient({ ...clientOf(server), maxAttempts: 1 });
  return client;
};
const parameter = (text: string): WireAnswer => ({
  status: 200,
  body: JSON.stringify({ Parameter: { Name: '/p', Value: text } }),
});

afterEach(async () => {
  client.destroy();
  await server.stop();
});

describe('the credentials for Alibaba Cloud', () => {
  it('are read decrypted from the parameter', async () => {
    const credentials = { accessKeyId: 'id', accessKeySecret: 'top secret' };
    expect(await readAliyunCredentials(await open(parameter(JSON.stringify(credentials))), '/p')).toEqual(credentials);
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ Name: '/p', WithDecryption: true });
  });

  it.each([
    'top secret',
    '{"accessKeyId":"top secret"}',
    '{"accessKeyId":"a","accessKeySecret":"b","extra":"top secret"}',
  ])('are refused when the parameter holds something else, which is not shown: %#', async (text) => {
    const error = await readAliyunCredentials(await open(parameter(text)), '/p').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'config.invalid', message: expect.stringContaining('/p') });
    expect(error).not.toHaveProperty('cause');
    expect(JSON.stringify(error) + String(error)).not.toContain('top secret');
  });

  it('are missing when there is no such parameter, or no name of one', async () => {
    const opened = await open({ status: 400, body: '{"__type":"ParameterNotFound"}' });
    await expect(readAliyunCredentials(opened, '/p')).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(readAliyunCredentials(opened, undefined)).rejects.toMatchObject({
      code: 'config.invalid',
      message: 'DROVER_ALIYUN_PARAMETER is not set',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('are to be asked for again when the service is in trouble', async () => {
    await expect(
      readAliyunCredentials(await open({ status: 500, body: '{"__type":"InternalServerError"}' }), '/p'),
    ).rejects.toMatchObject({ code: 'agent.unavailable' });
  });
});
