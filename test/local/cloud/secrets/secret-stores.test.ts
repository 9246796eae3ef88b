import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, test } from 'vitest';
import { fillSecrets } from '#local/cloud/ecs/template.ts';
import { AWS_REGION, aws, fleetOf, refusal, ssmClient, startCloud } from '../harness.ts';

const stored: Readonly<Record<string, string>> = {
  'ssm:/shop/token': 's3cret',
  'secretsmanager:shop/db': '{"a":"b"}',
  'oos-secret:token': "it's {{ACS::InstanceId}} $x",
};
const secretOf = (reference: string) => stored[reference];

describe('the stores of secrets', () => {
  test('give SecureStrings away, decrypted only when asked', async () => {
    const cloud = await startCloud({ fleet: fleetOf(aws('one')), secretOf });
    const client = ssmClient(cloud.ssmEndpoint);
    const get = (Name: string, WithDecryption?: boolean) =>
      client.send(new GetParameterCommand({ Name, ...(WithDecryption === undefined ? {} : { WithDecryption }) }));
    expect((await get('/shop/token', true)).Parameter).toMatchObject({
      Type: 'SecureString',
      Value: 's3cret',
      Version: 1,
    });
    expect((await get('/shop/token')).Parameter?.Value).not.toContain('s3cret');
    expect(await refusal(get('/shop/none', true))).toBe('ParameterNotFound');
  });

  test('give secrets of Secrets Manager away', async () => {
    const cloud = await startCloud({ fleet: fleetOf(aws('one')), secretOf });
    const client = new SecretsManagerClient({
      endpoint: cloud.secretsManagerEndpoint,
      region: AWS_REGION,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const get = (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId }));
    expect(await get('shop/db')).toMatchObject({ SecretString: '{"a":"b"}' });
    expect(await refusal(get('none'))).toBe('ResourceNotFoundException');
    client.destroy();
  });

  test('have nothing unless they are told', async () => {
    const cloud = await startCloud({ fleet: fleetOf(aws('one')) });
    const get = ssmClient(cloud.ssmEndpoint).send(new GetParameterCommand({ Name: '/shop/token' }));
    expect(await refusal(get)).toBe('ParameterNotFound');
  });
});

describe('fillSecrets', () => {
  test('puts values in as they are', () => {
    expect(fillSecrets('a {{oos-secret:token}} {{ oos-secret: token }} b', secretOf)).toBe(
      "a it's {{ACS::InstanceId}} $x it's {{ACS::InstanceId}} $x b",
    );
    expect(fillSecrets('nothing {{x}}', secretOf)).toBe('nothing {{x}}');
  });

  test.each([['{{oos-secret:none}}'], ['{{oos:token}}'], ['{{oos-secret:token}} {{oos-secret:none}}']])(
    'cannot fill %s',
    (text) => {
      expect(fillSecrets(text, secretOf)).toBeUndefined();
    },
  );
});
