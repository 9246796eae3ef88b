import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AppError } from '#shared/errors/app-error.ts';
import { formatReference, type SecretReference } from '#shared/secrets/reference.ts';
import { requireAllowed } from './allowed-names.ts';
import { secretError } from './aws-secret-error.ts';
import type { SecretSource } from './secret-source.ts';

/** What `secretsmanager:` references may read. */
export interface ManagerSecretsOptions {
  readonly client: SecretsManagerClient;
  /** Names begin with one of them. */
  readonly prefixes: readonly string[];
}

/** Nothing of the text may reach a message or a cause: it is a secret, and JSON.parse quotes what it cannot read. */
const parseObject = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const partOf = (text: string, key: string, reference: SecretReference): string => {
  const object = parseObject(text);
  if (object === undefined)
    throw new AppError(
      'secret.invalid',
      `The value of ${formatReference(reference)} is no JSON object, so it has no keys`,
      {
        hint: 'Leave out the # and the key to use the whole value.',
      },
    );
  const part: unknown = Object.hasOwn(object, key) ? Reflect.get(object, key) : undefined;
  if (part === undefined || part === null)
    throw new AppError('secret.not-found', `The value of ${formatReference(reference)} has no such key`, {
      hint: 'Look its keys up in Secrets Manager; they are not shown here, being a part of the value.',
    });
  return typeof part === 'string' ? part : JSON.stringify(part);
};

/** Secrets of AWS Secrets Manager, whole or one key of a JSON object. */
export const managerSecrets = ({ client, prefixes }: ManagerSecretsOptions): SecretSource => ({
  fetch: async (reference) => {
    requireAllowed(reference, prefixes);
    const command = new GetSecretValueCommand({ SecretId: reference.name });
    const { SecretString } = await client.send(command).catch((error: unknown) => {
      throw secretError(error, reference);
    });
    if (SecretString === undefined)
      throw new AppError('secret.invalid', `${formatReference(reference)} is binary`, {
        hint: 'Store a text: base64 of it, which the script decodes.',
      });
    return reference.jsonKey === undefined ? SecretString : partOf(SecretString, reference.jsonKey, reference);
  },
  check: async (reference) => {
    requireAllowed(reference, prefixes);
    return [];
  },
});
