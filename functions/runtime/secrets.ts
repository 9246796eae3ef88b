import { SSMClient } from '@aws-sdk/client-ssm';
import { ownClientConfig } from '#functions/adapters/aws/own-client-config.ts';
import { createAesSealer } from '#functions/adapters/secrets/aes-sealer.ts';
import { agentSecrets } from '#functions/adapters/secrets/agent-secrets.ts';
import { envSecrets } from '#functions/adapters/secrets/env-secrets.ts';
import { keptSecrets } from '#functions/adapters/secrets/kept-secrets.ts';
import { createSecrets, type SecretSource } from '#functions/adapters/secrets/secret-source.ts';
import { ssmSecrets } from '#functions/adapters/secrets/ssm-secrets.ts';
import type { Sealer, Secrets } from '#shared/ports/secrets.ts';
import { readSecretsEnv } from './env.ts';
import { systemClock } from './process.ts';

/** A source that is made when it is first asked. */
const late = (make: () => Promise<SecretSource>): SecretSource => {
  let made: Promise<SecretSource> | undefined;
  const source = () => {
    made ??= make();
    return made;
  };
  return {
    fetch: async (reference) => (await source()).fetch(reference),
    check: async (reference) => (await source()).check(reference),
  };
};

/** Encrypts with this machine's chance. */
export const openSealer = (): Sealer => createAesSealer();

/** The secrets that the deployed stack can read. Functions whose runs have none load no client. */
export const openSecrets = (): Secrets => {
  const { environment, envPrefix, ssmPrefixes, managerPrefixes } = readSecretsEnv();
  const manager = async () => {
    const [{ SecretsManagerClient }, { managerSecrets }] = await Promise.all([
      import('@aws-sdk/client-secrets-manager'),
      import('#functions/adapters/secrets/manager-secrets.ts'),
    ]);
    return managerSecrets({ client: new SecretsManagerClient(ownClientConfig), prefixes: managerPrefixes });
  };
  return createSecrets({
    env: envSecrets({ environment, prefix: envPrefix }),
    ssm: keptSecrets(ssmSecrets({ client: new SSMClient(ownClientConfig), prefixes: ssmPrefixes }), systemClock),
    secretsmanager: keptSecrets(late(manager), systemClock),
    'oos-secret': agentSecrets,
  });
};
