import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, it } from 'vitest';
import { managerSecrets } from '#functions/adapters/secrets/manager-secrets.ts';
import { createSecrets } from '#functions/adapters/secrets/secret-source.ts';
import { ssmSecrets } from '#functions/adapters/secrets/ssm-secrets.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { readReference } from '#shared/secrets/reference.ts';
import { clientOf, startWireServer, type WireAnswer, type WireRequest, type WireServer } from '../aws/wire-server.ts';

let server: WireServer;
afterEach(() => server.stop());

/** Both stores behind one endpoint that answers as told. */
const open = async (answer: (request: WireRequest, before: number) => WireAnswer): Promise<Secrets> => {
  server = await startWireServer(answer);
  const config = { ...clientOf(server), maxAttempts: 2 };
  return createSecrets({
    ssm: ssmSecrets({ client: new SSMClient(config), prefixes: ['/shop/', 'flat-'] }),
    secretsmanager: managerSecrets({ client: new SecretsManagerClient(config), prefixes: ['shop/'] }),
  });
};

const json = (value: object, status = 200): WireAnswer => ({
  status,
  body: JSON.stringify(value),
  headers: { 'content-type': 'application/x-amz-json-1.1' },
});
const fault = (type: string, message = ''): WireAnswer => json({ __type: type, message }, 400);
const reference = (text: string) => {
  const reading = readReference(text);
  if (!('reference' in reading)) throw new Error(text);
  return reading.reference;
};
const failure = async (secrets: Secrets, text: string) =>
  secrets.fetch(reference(text)).then(
    () => undefined,
    (error: unknown) => error,
  );

describe('ssm: references', () => {
  it('are SecureString parameters, decrypted', async () => {
    const secrets = await open(() => json({ Parameter: { Type: 'SecureString', Value: 's3cret' } }));
    expect(await secrets.fetch(reference('ssm:/shop/token'))).toBe('s3cret');
    const [request] = server.requests;
    expect(request?.target).toBe('AmazonSSM.GetParameter');
    expect(JSON.parse(String(request?.body))).toEqual({ Name: '/shop/token', WithDecryption: true });
  });

  it('are refused when they are kept in clear text', async () => {
    const secrets = await open(() => json({ Parameter: { Type: 'String', Value: 's3cret' } }));
    const error = await failure(secrets, 'ssm:flat-token');
    expect(error).toMatchObject({ code: 'secret.invalid' });
    expect(JSON.stringify([error, String(error)])).not.toContain('s3cret');
  });

  it.each([
    [fault('ParameterNotFound'), 'secret.not-found'],
    [fault('AccessDeniedException', 'not authorized'), 'secret.forbidden'],
    [fault('InvalidKeyId', 'no right to the key'), 'secret.forbidden'],
    [fault('ThrottlingException', 'Rate exceeded'), 'secret.unavailable'],
    [fault('ValidationException', 'bad name'), 'secret.invalid'],
    [{ status: 500, body: '{}' } as const, 'secret.unavailable'],
    ['drop' as const, 'secret.unavailable'],
  ])('fail with a code of their own: %j', async (answer, code) => {
    const secrets = await open(() => answer);
    expect(await failure(secrets, 'ssm:/shop/token')).toMatchObject({ code });
  });

  it('are held to the names that jobs may use, also beforehand, and then nothing is asked', async () => {
    const secrets = await open(() => json({}));
    expect(await failure(secrets, 'ssm:/drover/aliyun')).toMatchObject({
      code: 'secret.forbidden',
      hint: expect.stringContaining('/shop/'),
    });
    await expect(secrets.check(reference('ssm:/shopping'))).rejects.toMatchObject({ code: 'secret.forbidden' });
    expect(await secrets.check(reference('ssm:/shop/token'))).toEqual([]);
    expect(server.requests).toEqual([]);
  });
});

describe('secretsmanager: references', () => {
  it('are whole values, or one key of a JSON object', async () => {
    const secrets = await open(() => json({ SecretString: '{"user":"anna","password":"p4ss","pin":1234}' }));
    expect(await secrets.fetch(reference('secretsmanager:shop/db'))).toBe(
      '{"user":"anna","password":"p4ss","pin":1234}',
    );
    expect(await secrets.fetch(reference('secretsmanager:shop/db#password'))).toBe('p4ss');
    expect(await secrets.fetch(reference('secretsmanager:shop/db#pin'))).toBe('1234');
  });

  it.each([
    ['a key that is not there', '{"user":"anna"}', 'secret.not-found'],
    ['a key of what every object has', '{"user":"anna"}', 'secret.not-found', 'secretsmanager:shop/db#toString'],
    ['text that is no JSON', 'user: anna', 'secret.invalid'],
    ['JSON that is no object', '"anna"', 'secret.invalid'],
  ])('say so, and show nothing of the value: %s', async (_, value, code, name = 'secretsmanager:shop/db#password') => {
    const secrets = await open(() => json({ SecretString: value }));
    const error = await failure(secrets, name);
    expect(error).toMatchObject({ code });
    const said = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(said).not.toMatch(/anna|"user"/);
  });

  it.each([
    [fault('ResourceNotFoundException', "can't find the specified secret"), 'secret.not-found'],
    [fault('InvalidRequestException', 'You tried it on a secret that is marked for deletion.'), 'secret.not-found'],
    [fault('AccessDeniedException', 'not authorized'), 'secret.forbidden'],
    [fault('DecryptionFailure', 'no'), 'secret.forbidden'],
    [json({ SecretBinary: 'AAAA' }), 'secret.invalid'],
    [json({ SecretString: '' }), 'secret.invalid'],
    [json({ SecretString: 'a\0b' }), 'secret.invalid'],
    [json({ SecretString: 'x'.repeat(65_537) }), 'secret.invalid'],
  ])('fail with a code of their own: %.80j', async (answer, code) => {
    const secrets = await open(() => answer);
    expect(await failure(secrets, 'secretsmanager:shop/db')).toMatchObject({ code });
  });

  it('by ARN are held to the same names', async () => {
    const secrets = await open(() => json({ SecretString: 'v' }));
    const arn = (name: string) => `secretsmanager:arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}`;
    expect(await secrets.fetch(reference(arn('shop/db-AbCdEf')))).toBe('v');
    expect(await failure(secrets, arn('other-AbCdEf'))).toMatchObject({ code: 'secret.forbidden' });
  });
});

describe('other references', () => {
  it('are refused with what there is', async () => {
    const secrets = await open(() => json({}));
    expect(await failure(secrets, 'file:/etc/token')).toMatchObject({
      code: 'secret.unsupported',
      hint: 'It reads ssm:, secretsmanager:.',
    });
    await expect(secrets.check(reference('local:a'))).rejects.toMatchObject({ code: 'secret.unsupported' });
  });
});
