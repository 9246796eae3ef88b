import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { AppError } from '#shared/errors/app-error.ts';
import { formatReference } from '#shared/secrets/reference.ts';
import { requireAllowed } from './allowed-names.ts';
import { secretError } from './aws-secret-error.ts';
import type { SecretSource } from './secret-source.ts';

/** What `ssm:` references may read. */
export interface SsmSecretsOptions {
  readonly client: SSMClient;
  /** Names begin with one of them. */
  readonly prefixes: readonly string[];
}

/** SecureString parameters of SSM Parameter Store. */
export const ssmSecrets = ({ client, prefixes }: SsmSecretsOptions): SecretSource => ({
  fetch: async (reference) => {
    requireAllowed(reference, prefixes);
    const command = new GetParameterCommand({ Name: reference.name, WithDecryption: true });
    const { Parameter } = await client.send(command).catch((error: unknown) => {
      throw secretError(error, reference);
    });
    if (Parameter?.Type === 'SecureString' && Parameter.Value !== undefined) return Parameter.Value;
    throw new AppError(
      'secret.invalid',
      `${formatReference(reference)} is a ${Parameter?.Type ?? 'parameter'}, kept in clear text`,
      {
        hint: 'Store it as a SecureString; whoever saw it in clear text may know it, so change it too.',
      },
    );
  },
  check: async (reference) => {
    requireAllowed(reference, prefixes);
    return [];
  },
});
