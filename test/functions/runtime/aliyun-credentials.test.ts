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

/** Reads by the parameter of the open server, or by a secret with this text. */
const readersOf = (ssm: SSMClient, secretText?: string) => ({ ssm, readSecret: async () => secretText });

const credentials = { accessKeyId: 'id', accessKeySecret: 'top secret' };

describe('the credentials for Alibaba Cloud', () => {
  it('are read decrypted from the parameter', async () => {
    const readers = readersOf(await open(parameter(JSON.stringify(credentials))));
    expect(await readAliyunCredentials(readers, { parameter: '/p' })).toEqual(credentials);
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ Name: '/p', WithDecryption: true });
  });

  it('are read from the secret where one is named', async () => {
    const readers = readersOf(await open(parameter('{}')), JSON.stringify({ ...credentials, securityToken: 't' }));
    expect(await readAliyunCredentials(readers, { secret: 'drover/aliyun' })).toEqual({
      ...credentials,
      securityToken: 't',
    });
    expect(server.requests).toEqual([]);
  });

  it.each([
    'top secret',
    '{"accessKeyId":"top secret"}',
    '{"accessKeyId":"a","accessKeySecret":"b","extra":"top secret"}',
  ])('are refused when something else is there, which is not shown: %#', async (text) => {
    const readers = readersOf(await open(parameter(text)), text);
    for (const place of [{ parameter: '/p' }, { secret: '/p' }]) {
      const error = await readAliyunCredentials(readers, place).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'config.invalid', message: expect.stringContaining('/p') });
      expect(error).not.toHaveProperty('cause');
      expect(JSON.stringify(error) + String(error)).not.toContain('top secret');
    }
  });

  it('are missing when there is no such parameter, a binary secret, or no name of either', async () => {
    const readers = readersOf(await open({ status: 400, body: '{"__type":"ParameterNotFound"}' }));
    for (const place of [{ parameter: '/p' }, { secret: '/s' }])
      await expect(readAliyunCredentials(readers, place)).rejects.toMatchObject({ code: 'config.invalid' });
    await expect(readAliyunCredentials(readers, {})).rejects.toMatchObject({
      code: 'config.invalid',
      message: 'Neither DROVER_ALIYUN_SECRET nor DROVER_ALIYUN_PARAMETER is set',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('are to be asked for again when the service is in trouble', async () => {
    const readers = readersOf(await open({ status: 500, body: '{"__type":"InternalServerError"}' }));
    await expect(readAliyunCredentials(readers, { parameter: '/p' })).rejects.toMatchObject({
      code: 'agent.unavailable',
    });
  });
});
