import { checkVariable } from '#functions/adapters/secrets/env-secrets.ts';
import { checkNames, createSecretChecks } from '#functions/adapters/secrets/secret-checks.ts';
import type { Secrets } from '#shared/ports/secrets.ts';
import { readSecretsEnv } from './env.ts';

/** What the deployed stack can say of secrets beforehand, without the right to read any. */
export const openSecretChecks = (): Pick<Secrets, 'check'> => {
  const { envPrefix, ssmPrefixes, managerPrefixes } = readSecretsEnv();
  return createSecretChecks({
    env: checkVariable(envPrefix),
    ssm: checkNames(ssmPrefixes),
    secretsmanager: checkNames(managerPrefixes),
    'oos-secret': async () => [],
  });
};
